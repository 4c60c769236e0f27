/** No audit, no decision: a route that has a purpose answers nothing before an event of it is written. */
import { Stream } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { recording } from '../audit/audit-event.ts'
import { problem } from '../kernel/problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Events written for this request. */
    recorded: { events: number } | null
  }
}

export function refuseUnrecorded(app: FastifyInstance): void {
  app.decorateRequest('recorded', null)
  // After the body is read: what a parser does later is not within the context that began before it.
  app.addHook('preHandler', (request, _reply, done) => {
    request.recorded = { events: 0 }
    recording.run(request.recorded, done)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    const { purpose, eventless, permission } = request.routeOptions.config
    if (purpose === undefined || eventless !== undefined || permission === 'public' || reply.statusCode >= 400) return payload
    if (request.recorded && request.recorded.events > 0) return payload
    if (payload instanceof Stream.Readable) payload.destroy()
    for (const header of ['content-disposition', 'content-length', 'etag', 'location']) reply.removeHeader(header)
    throw problem('audit-not-recorded')
  })
}
