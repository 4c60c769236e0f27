/** Purposes that routes declare, each with its routes: what the records of processing must name. */
import type { FastifyInstance } from 'fastify'

export type DeclaredPurposes = ReadonlyMap<string, readonly string[]>

/** Registered before the routes are; complete when the service is ready. */
export function collectPurposes(app: FastifyInstance): DeclaredPurposes {
  const found = new Map<string, string[]>()
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.purpose === undefined) return
    found.set(config.purpose, [...(found.get(config.purpose) ?? []), `${String(method)} ${url}`])
  })
  return found
}
