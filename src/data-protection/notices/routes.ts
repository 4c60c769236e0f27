/** Notices that are due to adult members, for those who deliver them: read, taken for a time, delivered or returned. */
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { newId } from '../../kernel/new-id.ts'
import { problem } from '../../kernel/problem.ts'
import type { Words } from '../../language/fact-space.ts'
import { programmeOf } from '../../programmes/bundle.ts'
import type { Versions } from '../../programmes/versions-in-force.ts'
import { numbersOf } from '../../warehouse/identity-vault.ts'
import { deliver, giveBack, type Notice, takeNotices, waitingNotices } from './notice-store.ts'
import { noticeText } from './notice-words.ts'
import {
  DeliveredBody,
  type NoticeAnswer,
  NoticeParams,
  NoticesAnswer,
  NoticesQuery,
  ReturnedBody,
  TakeBody,
  TakenAnswer,
} from './schema.ts'

export interface NoticeDeps {
  readonly database: Database
  readonly versions: Pick<Versions, 'byHash'>
}

const tags = ['data protection']
const config = { permission: 'notices:deliver', purpose: 'telling adult members what is done with their data' } as const
const PAGE = 100
const HOLD_SECONDS = 900
const BODY_BYTES = 4_096

export function registerNoticeRoutes(app: Server, deps: NoticeDeps): void {
  registerGiving(app, deps)
  registerSettling(app, deps)
}

function registerGiving(app: Server, deps: NoticeDeps): void {
  const { database } = deps
  const due = {
    tags,
    summary: 'Notices that are due, the oldest first, with their receivers’ numbers',
    description:
      'To every adult member: once that data are processed, whenever a determination is stored or a re-evaluation comes to something else, and when a published list of households newly selects the household. A list of persons tells the person that it newly selects; of a child, the head of the household, or its other adults where the head is none. Where no adult lives, a child that heads the household is told. Nobody is told when a later list no longer selects them: a notice of it that still waits is withdrawn. Of each kind and programme one waits per person and speaks of the latest. Whoever delivers takes them instead.',
    querystring: NoticesQuery,
    response: { 200: NoticesAnswer },
  }
  app.get('/v1/notices', { config, schema: due }, async (request) => {
    const { after = null, limit = PAGE } = request.query
    const found = await waitingNotices(database.pool, { after, limit })
    await recordGiven(database.pool, request, 'notices.read', found)
    return { notices: await shown(deps, found), next: found.length === limit ? (found.at(-1)?.id ?? null) : null }
  })
  const take = {
    tags,
    summary: 'Take notices to deliver them: nobody else is given them meanwhile',
    description:
      'Those that have been free longest. Say of each that it was delivered, or return it; whichever is neither by `heldUntil` is given to the next who asks, so that none is lost with a deliverer that breaks down.',
    body: TakeBody,
    response: { 200: TakenAnswer },
  }
  app.post('/v1/notices/take', { config, schema: take, bodyLimit: BODY_BYTES }, async (request) => {
    const { limit = PAGE, seconds = HOLD_SECONDS } = request.body
    const taken = newId()
    const found = await database.transaction(async ({ client }) => {
      const notices = await takeNotices(client, { as: taken, by: principalOf(request).id, limit, forSeconds: seconds })
      await recordGiven(client, request, 'notices.taken', notices)
      return notices
    })
    return { taken, notices: await shown(deps, found) }
  })
}

function registerSettling(app: Server, { database }: NoticeDeps): void {
  const delivered = {
    tags,
    summary: 'Say that a notice was delivered',
    description:
      'Refused when a later determination, or a selection after a gap, took its place meanwhile: then that one is to be told; when the notice was given back; and while another deliverer has it.',
    params: NoticeParams,
    body: DeliveredBody,
    response: { 204: Type.Null() },
  }
  app.post('/v1/notices/:notice/delivered', { config, schema: delivered, bodyLimit: BODY_BYTES }, async (request, reply) => {
    const { notice } = request.params
    const { snapshotId = null, taken = null, channel } = request.body
    await database.transaction(async ({ client }) => {
      const found = await deliver(client, notice, { snapshotId, as: taken, channel, by: principalOf(request).id })
      if (found === 'gone') throw problem('notice-not-found')
      if (found === 'taken') throw problem('notice-taken')
      await recordSettled(client, request, 'notice.delivered', found, channel)
    })
    return reply.code(204).send(null)
  })
  const returned = {
    tags,
    summary: 'Return a notice that was taken and could not be delivered',
    description: 'It is given again after `retryAfterSeconds`; a selection that a later list does not hold any more is withdrawn instead.',
    params: NoticeParams,
    body: ReturnedBody,
    response: { 204: Type.Null() },
  }
  app.post('/v1/notices/:notice/returned', { config, schema: returned, bodyLimit: BODY_BYTES }, async (request, reply) => {
    const { taken, retryAfterSeconds = 0 } = request.body
    await database.transaction(async ({ client }) => {
      const found = await giveBack(client, request.params.notice, { as: taken, afterSeconds: retryAfterSeconds })
      if (!found) throw problem('notice-not-found')
      await recordSettled(
        client,
        request,
        'notice.returned',
        found,
        found.isWithdrawn ? 'withdrawn: not selected any more' : `again after ${retryAfterSeconds} s`,
      )
    })
    return reply.code(204).send(null)
  })
}

async function recordGiven(
  db: Queryable,
  request: FastifyRequest,
  action: 'notices.read' | 'notices.taken',
  notices: readonly Notice[],
): Promise<void> {
  const objects = [...new Set(notices.map(({ personRef }) => `person:${personRef}`))]
  await recordEvent(db, audited(request, { action, outcome: `${notices.length} read`, read: ['identity'], objects }))
}

async function recordSettled(
  client: Queryable,
  request: FastifyRequest,
  action: 'notice.delivered' | 'notice.returned',
  { id, personRef, householdRef, snapshotId, runId }: Notice,
  outcome: string,
): Promise<void> {
  const objects = [`notice:${id}`, snapshotId === null ? `run:${runId}` : `snapshot:${snapshotId}`]
  await recordEvent(client, audited(request, { action, personRef, householdRef, outcome, objects }))
}

/** With receivers' numbers, and the words of now. */
async function shown({ database, versions }: NoticeDeps, notices: readonly Notice[]): Promise<NoticeAnswer[]> {
  const numbers = await numbersOf(database.pool, [...new Set(notices.map(({ personRef }) => personRef))])
  const names = await programmeNames(database.pool, versions, notices)
  return notices.map(({ personRef, aroseAt, heldUntil, ...notice }) => ({
    ...notice,
    nationalId: numbers.get(personRef) ?? null,
    aroseAt: aroseAt.toISOString(),
    heldUntil: heldUntil?.toISOString() ?? null,
    text: noticeText(notice.kind, names.get(`${notice.runId} ${notice.programme}`) ?? null),
  }))
}

/** As the run's versions have them, by run and programme. */
async function programmeNames(
  db: Queryable,
  versions: NoticeDeps['versions'],
  notices: readonly Notice[],
): Promise<ReadonlyMap<string, Words>> {
  const names = new Map<string, Words>()
  const runs = [...new Set(notices.flatMap(({ runId, programme }) => (runId !== null && programme !== null ? [runId] : [])))]
  if (runs.length === 0) return names
  const { rows } = await db.query<{ id: string; hash: string }>('select id, version_set as hash from run where id = any ($1::uuid[])', [
    runs,
  ])
  for (const { id, hash } of rows) {
    const bundle = await versions.byHash(hash)
    for (const { runId, programme } of notices)
      if (runId === id && programme !== null) {
        const known = programmeOf(bundle, programme)?.programme.source.names
        names.set(`${id} ${programme}`, known ?? { en: programme, ar: programme })
      }
  }
  return names
}
