/** One person's data as one streamed JSON: asked by National ID in the body, on record before the first byte. */
import { Readable } from 'node:stream'
import Type from 'typebox'
import { recordEvent } from '../../audit/audit-event.ts'
import { NationalId } from '../../determinations/schema.ts'
import { audited } from '../../http/audited.ts'
import { mayReadAddresses } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { limitedSlots } from '../../kernel/limited-slots.ts'
import { problem } from '../../kernel/problem.ts'
import { personOf } from '../../warehouse/identity-vault.ts'
import { type ExportDeps, exportPerson } from './export-person.ts'

/** Each holds a connection while it is written. */
const AT_ONCE = 2
const slots = limitedSlots(AT_ONCE, 'persons’ data are being exported')

export function registerPersonExportRoute(app: Server, deps: ExportDeps): void {
  const schema = {
    tags: ['data protection'],
    summary: 'Everything that is kept about one person',
    description:
      'Rows of every registry, applications and answers, determinations with the facts that the person may see, enrolments, places in lists, notices, requests, and who looked at them. ' +
      'Of other members nothing but that they are there. Hand it to the person only, once identified.',
    body: Type.Object({ nationalId: NationalId }, { additionalProperties: false }),
    response: {
      200: { description: 'The data', content: { 'application/json': { schema: Type.Object({}, { additionalProperties: true }) } } },
    },
  }
  const config = { permission: 'person-data:export', purpose: 'giving a person everything that is kept about him or her' } as const
  app.post('/v1/person-data/export', { config, schema, bodyLimit: 4_096 }, async (request, reply) => {
    const { pool } = deps.database
    const personRef = await personOf(pool, request.body.nationalId)
    const action = 'person-data.exported'
    if (personRef === null) {
      await recordEvent(pool, audited(request, { action, outcome: 'person-not-found', read: ['identity'] }))
      throw problem('person-not-found', { pointer: '/nationalId' })
    }
    const release = slots.take()
    try {
      const seesAddresses = mayReadAddresses(request)
      await recordEvent(
        pool,
        audited(request, {
          action,
          personRef,
          outcome: seesAddresses ? 'with addresses' : 'addresses as shown to others',
          read: ['everything'],
        }),
      )
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const stream = Readable.from(exportPerson(deps, { personRef, mayReadAddresses: seesAddresses, signal: gone.signal }))
      stream.once('close', release)
      return await reply
        .type('application/json; charset=utf-8')
        .header('content-disposition', 'attachment; filename="person-data.json"')
        .send(stream)
    } catch (error) {
      release()
      throw error
    }
  })
}
