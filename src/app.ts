/** The service as one Fastify instance: everything but listening, so that tests can inject requests. */
import type { FastifyInstance } from 'fastify'
import type { DestinationStream } from 'pino'
import { keyFinder } from './access/key-store.ts'
import type { Config } from './config.ts'
import type { Database } from './db/database.ts'
import { registerErrorPage } from './http/error-page.ts'
import { registerHealth } from './http/health.ts'
import { createMetrics, registerMetrics } from './http/metrics.ts'
import { registerOpenapi } from './http/openapi.ts'
import { registerSecurity } from './http/security.ts'
import { createServer } from './http/server.ts'
import type { Server } from './http/server.ts'

export interface AppDeps {
  readonly database: Database
  readonly config: Pick<Config, 'logLevel' | 'requestTimeoutMs' | 'bodyLimitBytes' | 'rateLimitPerMinute' | 'trustedProxies'>
  readonly version: string
  readonly logTo?: DestinationStream
}

export async function buildApp({ database, config, version, logTo }: AppDeps): Promise<Server> {
  const app = createServer({ ...config, ...(logTo ? { logTo } : {}) })
  const plain = app as unknown as FastifyInstance
  const metrics = createMetrics(database)
  await registerSecurity(plain, { rateLimitPerMinute: config.rateLimitPerMinute, principalOf: keyFinder(database.pool) })
  await registerOpenapi(plain, version)
  registerMetrics(plain, metrics)
  registerErrorPage(plain)
  registerHealth(app, database)
  return app
}
