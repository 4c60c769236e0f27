/** What a route adds to an audit event: who asked, for which purpose, in which request. */
import type { FastifyRequest } from 'fastify'
import type { AuditEvent } from '../audit/audit-event.ts'
import { principalOf } from './security.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Why the route processes personal data (Law 24/2023). */
    purpose?: string
    /** Why an answer of the route may leave without an event, although the route has a purpose. */
    eventless?: string
  }
}

export function audited(request: FastifyRequest, event: Omit<AuditEvent, 'actor' | 'entity' | 'purpose' | 'requestId'>): AuditEvent {
  const { id, entity } = principalOf(request)
  return { ...event, actor: id, entity, purpose: request.routeOptions.config.purpose ?? 'none stated', requestId: request.id }
}
