/** Notices that are due to adult members, for whoever delivers them, and the word that one was delivered. */
import Type from 'typebox'
import { recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import { Words } from '../../determinations/schema.ts'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { problem } from '../../kernel/problem.ts'
import { numbersOf } from '../../warehouse/identity-vault.ts'
import { CHANNELS, deliver, NOTICE_KINDS, waitingNotices } from './notice-store.ts'
import { noticeText } from './notice-words.ts'

const tags = ['data protection']
const config = { permission: 'notices:deliver', purpose: 'telling adult members what is done with their data' } as const
const closed = { additionalProperties: false } as const
const Uuid = Type.String({ format: 'uuid' })
const PAGE = 100

const NoticesQuery = Type.Object(
  {
    after: Type.Optional(Type.String({ format: 'uuid', description: '`next` of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  },
  closed,
)
const NoticesAnswer = Type.Object({
  notices: Type.Array(
    Type.Object({
      id: Uuid,
      kind: Type.Enum([...NOTICE_KINDS]),
      nationalId: Type.Union([Type.String(), Type.Null()], { description: 'of the receiver; null where the vault has none any more' }),
      householdRef: Type.Integer(),
      snapshotId: Type.String({ format: 'uuid', description: 'whose determinations it tells of; said again when it is delivered' }),
      aroseAt: Type.String({ format: 'date-time' }),
      text: Words,
    }),
  ),
  next: Type.Union([Uuid, Type.Null()]),
})
const Delivered = Type.Object({ snapshotId: Uuid, channel: Type.Enum([...CHANNELS]) }, closed)

export function registerNoticeRoutes(app: Server, { database }: { readonly database: Database }): void {
  const due = {
    tags,
    summary: 'Notices that are due, the oldest first, with their receivers’ numbers',
    description:
      'To every adult member: once that data are processed, and whenever a determination is stored or a re-evaluation comes to something else. Of each kind one waits per person and speaks of the latest.',
    querystring: NoticesQuery,
    response: { 200: NoticesAnswer },
  }
  app.get('/v1/notices', { config, schema: due }, async (request) => {
    const { after = null, limit = PAGE } = request.query
    const found = await waitingNotices(database.pool, { after, limit })
    const persons = [...new Set(found.map(({ personRef }) => personRef))]
    const numbers = await numbersOf(database.pool, persons)
    const objects = persons.map((person) => `person:${person}`)
    await recordEvent(
      database.pool,
      audited(request, { action: 'notices.read', outcome: `${found.length} read`, read: ['identity'], objects }),
    )
    return {
      notices: found.map(({ personRef, aroseAt, ...notice }) => ({
        ...notice,
        nationalId: numbers.get(personRef) ?? null,
        aroseAt: aroseAt.toISOString(),
        text: noticeText(notice.kind),
      })),
      next: found.length === limit ? (found.at(-1)?.id ?? null) : null,
    }
  })
  const delivered = {
    tags,
    summary: 'Say that a notice was delivered',
    description: 'Refused when a later determination took its place meanwhile: then that one is to be told.',
    params: Type.Object({ notice: Uuid }, closed),
    body: Delivered,
    response: { 204: Type.Null() },
  }
  app.post('/v1/notices/:notice/delivered', { config, schema: delivered, bodyLimit: 4_096 }, async (request, reply) => {
    const { notice } = request.params
    await database.transaction(async ({ client }) => {
      const found = await deliver(client, notice, { ...request.body, by: principalOf(request).id })
      if (!found) throw problem('notice-not-found')
      const { personRef, householdRef } = found
      const objects = [`notice:${notice}`, `snapshot:${found.snapshotId}`]
      await recordEvent(
        client,
        audited(request, { action: 'notice.delivered', personRef, householdRef, outcome: request.body.channel, objects }),
      )
    })
    return reply.code(204).send(null)
  })
}
