/** What persons ask about their data: received, answered by whoever is responsible, each step an audit event. */
import { recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { dayNumber, isoOfDay } from '../../kernel/date.ts'
import { problem } from '../../kernel/problem.ts'
import { personOf } from '../../warehouse/identity-vault.ts'
import { refuseNumbers } from '../free-text.ts'
import { OPERATOR } from '../operator.ts'
import { addRequest, listRequests, NEXT, readRequest, type SubjectRequest, takeStep } from './request-store.ts'
import { kindWords, statusWords } from './request-words.ts'
import { RequestAnswer, RequestBody, RequestParams, RequestQuery, RequestsAnswer, StepBody } from './schema.ts'
import { type KnownProcessing, type KnownRegistry, subjectOf } from './subject-of.ts'

export interface SubjectRequestDeps {
  readonly database: Database
  readonly registries: () => Promise<readonly KnownRegistry[]>
  readonly records: () => Promise<readonly KnownProcessing[]>
  /** Of the calendar: deadlines run. */
  readonly today: () => number
  /** Days in which a request is to be answered. */
  readonly answerDays: number
}

const tags = ['data protection']
const PAGE = 50
const BODY_BYTES = 32_768
const purpose = 'answering what persons ask about their data'

export function registerSubjectRequestRoutes(app: Server, deps: SubjectRequestDeps): void {
  registerReceiving(app, deps)
  registerReading(app, deps)
  registerAnswering(app, deps)
}

function registerReceiving(app: Server, { database, registries, records, today, answerDays }: SubjectRequestDeps): void {
  const schema = {
    tags,
    summary: 'Receive an objection or a request for correction of a person',
    description:
      'By National ID. A correction goes to the custodian of the column and changes nothing by itself; an objection to the controller of the processing.',
    body: RequestBody,
    response: { 201: RequestAnswer },
  }
  const config = { permission: 'subject-requests:write', purpose } as const
  app.post('/v1/subject-requests', { config, schema, bodyLimit: BODY_BYTES }, async (request, reply) => {
    const { nationalId, kind, statement, claimed } = request.body
    refuseNumbers({ statement, ...(claimed === undefined ? {} : { claimed }) })
    const subject = subjectOf(request.body, await registries(), await records())
    const personRef = await personOf(database.pool, nationalId)
    if (personRef === null) {
      await recordEvent(
        database.pool,
        audited(request, { action: 'subject-request.received', outcome: 'person-not-found', read: ['identity'] }),
      )
      throw problem('person-not-found', { pointer: '/nationalId' })
    }
    const { id: receivedBy, entity } = principalOf(request)
    const now = today()
    const dueOn = isoOfDay(now + answerDays)
    const stored = await database.transaction(async ({ client }) => {
      const id = await addRequest(client, { ...subject, kind, personRef, statement, receivedBy, entity, dueOn })
      await recordEvent(
        client,
        audited(request, { action: 'subject-request.received', personRef, outcome: kind, objects: [`subject-request:${id}`] }),
      )
      return (await readRequest(client, id, null)) as SubjectRequest
    })
    return reply.code(201).send(requestAnswer(stored, now))
  })
}

function registerReading(app: Server, { database, today }: SubjectRequestDeps): void {
  const config = { permission: 'subject-requests:read', purpose } as const
  const listed = {
    tags,
    summary: 'Requests of persons, the oldest first',
    description: 'Those that the asking entity received or has to answer; the operator sees all.',
    querystring: RequestQuery,
    response: { 200: RequestsAnswer },
  }
  app.get('/v1/subject-requests', { config, schema: listed }, async (request) => {
    const { status = null, overdue = false, after = null, limit = PAGE } = request.query
    const now = today()
    const dueBefore = overdue ? isoOfDay(now) : null
    const found = await listRequests(database.pool, { entity: ownOrAll(principalOf(request).entity), status, dueBefore, after, limit })
    const objects = found.flatMap(({ id, personRef }) => [`subject-request:${id}`, `person:${personRef}`])
    await recordEvent(database.pool, audited(request, { action: 'subject-requests.read', outcome: `${found.length} read`, objects }))
    return { requests: found.map((one) => requestAnswer(one, now)), next: found.length === limit ? (found.at(-1)?.id ?? null) : null }
  })
  const one = { tags, summary: 'A request with its steps', params: RequestParams, response: { 200: RequestAnswer } }
  app.get('/v1/subject-requests/:request', { config, schema: one }, async (request) => {
    const found = await readRequest(database.pool, request.params.request, ownOrAll(principalOf(request).entity))
    if (!found) throw problem('subject-request-not-found')
    const { id, personRef } = found
    await recordEvent(
      database.pool,
      audited(request, { action: 'subject-requests.read', personRef, outcome: 'read', objects: [`subject-request:${id}`] }),
    )
    return requestAnswer(found, today())
  })
}

function registerAnswering(app: Server, { database, today }: SubjectRequestDeps): void {
  const schema = {
    tags,
    summary: 'Answer a request: accept, refuse, say that it was carried out, or that the person withdrew it',
    description:
      'Only the responsible entity, and only a user who signed in: no adverse decision without a named person. The entity that received it may record its withdrawal. ' +
      'What is accepted of a correction reaches the registry by the custodian’s own next delivery.',
    params: RequestParams,
    body: StepBody,
    response: { 200: RequestAnswer },
  }
  const config = { permission: 'subject-requests:answer', purpose } as const
  app.post('/v1/subject-requests/:request/steps', { config, schema, bodyLimit: BODY_BYTES }, async (request) => {
    const { status, reason } = request.body
    refuseNumbers({ reason })
    const { id: takenBy, entity, kind } = principalOf(request)
    const answered = await database.transaction(async ({ client }) => {
      const found = await readRequest(client, request.params.request, ownOrAll(entity))
      if (!found) throw problem('subject-request-not-found')
      const { id, personRef } = found
      const isHis = entity === found.responsible || (status === 'withdrawn' && entity === found.entity)
      if (!isHis) throw problem('subject-request-not-yours', { expected: found.responsible })
      if (kind !== 'user' && status !== 'withdrawn') throw problem('person-required')
      if (!NEXT[found.status].includes(status) || !(await takeStep(client, id, found.status, { status, takenBy, entity, reason })))
        throw problem('subject-request-answered', { expected: NEXT[found.status].join(', ') || 'nothing: it is closed' })
      const objects = [`subject-request:${id}`]
      await recordEvent(client, audited(request, { action: 'subject-request.answered', personRef, outcome: status, objects }))
      return (await readRequest(client, id, null)) as SubjectRequest
    })
    return requestAnswer(answered, today())
  })
}

/** Null for the operator, who sees all. */
const ownOrAll = (entity: string): string | null => (entity === OPERATOR ? null : entity)

const OPEN = new Set(['received', 'accepted'])

function requestAnswer({ receivedAt, steps, ...request }: SubjectRequest, today: number) {
  return {
    ...request,
    kindWords: kindWords[request.kind],
    statusWords: statusWords[request.status],
    receivedAt: receivedAt.toISOString(),
    overdue: OPEN.has(request.status) && (dayNumber(request.dueOn) as number) < today,
    steps: [...steps],
  }
}
