/** Permission of every route, API keys, rate limit and security headers. */
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import type { Principal } from '../access/principal.ts'
import { isPermission } from '../access/permissions.ts'
import type { Permission } from '../access/permissions.ts'
import { problem } from '../kernel/problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route says who may use it; the service does not start while one does not. */
    permission?: Permission | 'public'
  }
  interface FastifyRequest {
    principal: Principal | null
  }
}

export interface SecuritySettings {
  /** 0 means no limit. */
  readonly rateLimitPerMinute: number
  /** Finds the holder of a key, null for an unknown or revoked one. */
  readonly principalOf: (key: string) => Promise<Principal | null>
}

export async function registerSecurity(app: FastifyInstance, settings: SecuritySettings): Promise<void> {
  app.decorateRequest('principal', null)
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => void routes.push(route))
  app.addHook('onReady', async () => assertPermissions(routes))
  await app.register(helmet, { contentSecurityPolicy: false, hsts: false, crossOriginEmbedderPolicy: false })
  app.addHook('onRequest', async (request) => authorise(request, settings))
  if (settings.rateLimitPerMinute > 0) {
    await app.register(rateLimit, {
      max: settings.rateLimitPerMinute,
      timeWindow: 60_000,
      hook: 'preParsing', // after authorisation, so that a key and not an address is counted
      keyGenerator: (request) => request.principal?.id ?? request.ip,
      errorResponseBuilder: (_request, { ttl }) => problem('too-many-requests', { retryAfterSeconds: Math.ceil(ttl / 1000) }),
    })
  }
}

/** The holder of the request's key; only after authorisation on a route that is not public. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw problem('key-missing')
  return request.principal
}

/** Whether the holder may see where sheltered persons live. */
export const mayReadAddresses = (request: FastifyRequest): boolean => principalOf(request).permissions.has('sheltered:read-addresses')

async function authorise(request: FastifyRequest, settings: SecuritySettings): Promise<void> {
  if (request.is404) return
  const permission = request.routeOptions.config.permission
  if (permission === 'public') return
  const key = /^Bearer ([A-Za-z0-9_-]{20,200})$/.exec(request.headers.authorization ?? '')?.[1]
  if (key === undefined) throw problem('key-missing', { pointer: 'Authorization', expected: 'Bearer <key>' })
  const principal = await settings.principalOf(key)
  if (!principal) throw problem('key-unknown', { pointer: 'Authorization' })
  if (!isPermission(permission) || !principal.permissions.has(permission)) {
    throw problem('permission-missing', { expected: String(permission) })
  }
  request.principal = principal
}

/** INVARIANT: no route without a declared permission; a forgotten declaration stops the start, not a request. */
function assertPermissions(routes: readonly RouteOptions[]): void {
  const bare = routes.filter(({ config }) => config?.permission !== 'public' && !isPermission(config?.permission))
  if (bare.length > 0) {
    throw new Error(`routes without a permission: ${bare.map(({ method, url }) => `${String(method)} ${url}`).join(', ')}`)
  }
}
