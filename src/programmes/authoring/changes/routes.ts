/** Change sets: submitted, reviewed, decided by somebody else, put into force; and what is in force on a day. */
import type { Database } from '../../../db/database.ts'
import { principalOf } from '../../../http/security.ts'
import type { Server } from '../../../http/server.ts'
import { isoOfDay } from '../../../kernel/date.ts'
import { problem } from '../../../kernel/problem.ts'
import { readVersions } from '../../version-store.ts'
import type { Versions } from '../../versions-in-force.ts'
import { auditOf } from '../drafts/routes.ts'
import { ObjectParams } from '../drafts/schema.ts'
import { activateChange } from './activate-change.ts'
import type { GrantsMissing } from './activate-change.ts'
import type { ApprovalPolicy } from './approval-policy.ts'
import { readChangeSet, readChangeSets } from './change-set-store.ts'
import { approveChange, commentOnChange, rejectChange, withdrawChange } from './decide-change.ts'
import { reviewChange } from './review-change.ts'
import type { ReviewProviders } from './review-change.ts'
import * as shapes from './schema.ts'
import { submitChange } from './submit-change.ts'
import { versionsOn } from './versions-on.ts'

export interface ChangeRouteDeps {
  readonly database: Database
  readonly versions: Versions
  readonly policy: ApprovalPolicy
  readonly today: () => Promise<number>
  readonly grantsMissing: GrantsMissing
  readonly providers: ReviewProviders
}

const tags = ['authoring']
const purpose = 'deciding on changes of rules and what belongs to them'
const reading = { permission: 'versions:read' } as const
const reviewing = {
  ...reading,
  purpose,
  eventless: 'texts, and protected aggregates: about nobody; what is measured anew is recorded',
} as const
const commenting = { ...reading, purpose } as const
const writing = { permission: 'versions:write', purpose } as const
const approving = { permission: 'versions:approve', purpose } as const
const activating = { permission: 'versions:activate', purpose } as const
const CHANGE_SETS_SHOWN = 50

export function registerChangeSetRoutes(app: Server, deps: ChangeRouteDeps): void {
  registerSubmission(app, deps)
  registerReads(app, deps)
  registerDecisions(app, deps)
  registerInForce(app, deps)
}

function registerSubmission(app: Server, deps: ChangeRouteDeps): void {
  const schema = {
    tags,
    summary: 'Submit drafts together as a change set',
    description:
      'Refused with every fault unless the drafts compile with all that is in force on their day and all cases come out. Only persons submit.',
    body: shapes.SubmitBody,
    response: { 201: shapes.ChangeSetAnswer },
  }
  app.post('/v1/change-sets', { config: writing, schema }, async (request, reply) => {
    const set = await submitChange(deps, principalOf(request), request.body, auditOf(request))
    return reply.code(201).header('location', `/v1/change-sets/${set.id}`).send(set)
  })
  const withdrawal = {
    tags,
    summary: 'Take my change set back before it is in force',
    params: shapes.ChangeSetParams,
    body: shapes.NothingBody,
    response: { 200: shapes.ChangeSetAnswer },
  }
  app.post('/v1/change-sets/:id/withdraw', { config: writing, schema: withdrawal }, (request) =>
    withdrawChange(deps, principalOf(request), request.params.id, auditOf(request)),
  )
}

function registerReads(app: Server, deps: ChangeRouteDeps): void {
  const { pool } = deps.database
  const list = {
    tags,
    summary: 'Change sets, the newest first',
    querystring: shapes.ChangeSetQuery,
    response: { 200: shapes.ChangeSetListAnswer },
  }
  app.get('/v1/change-sets', { config: reading, schema: list }, async (request) => {
    const { status = null, before = null, limit = CHANGE_SETS_SHOWN } = request.query
    return { changeSets: await readChangeSets(pool, { status, before, limit }) }
  })
  const one = { tags, summary: 'A change set', params: shapes.ChangeSetParams, response: { 200: shapes.ChangeSetAnswer } }
  app.get('/v1/change-sets/:id', { config: reading, schema: one }, async (request) => {
    const set = await readChangeSet(pool, request.params.id)
    if (!set) throw problem('change-set-not-found')
    return set
  })
  const review = {
    tags,
    summary: 'What a checker looks at: texts, findings, cases, difference, impact, protected facts',
    params: shapes.ChangeSetParams,
    response: { 200: shapes.ReviewAnswer },
  }
  app.get('/v1/change-sets/:id/review', { config: reviewing, schema: review }, async (request) => {
    const { id, entity, permissions } = principalOf(request)
    return reviewChange(deps, request.params.id, { id, entity, permissions, audit: auditOf(request) })
  })
  const comment = { tags, summary: 'Comment on a change set', params: shapes.ChangeSetParams, body: shapes.CommentBody }
  app.post('/v1/change-sets/:id/comments', { config: commenting, schema: comment }, async (request, reply) => {
    await commentOnChange(deps.database, principalOf(request), request.params.id, request.body.text, auditOf(request))
    return reply.code(204).send()
  })
}

function registerDecisions(app: Server, deps: ChangeRouteDeps): void {
  const shape = { tags, params: shapes.ChangeSetParams, response: { 200: shapes.ChangeSetAnswer } }
  const approval = { ...shape, summary: 'Approve a change set that somebody else submitted', body: shapes.DecisionBody }
  app.post('/v1/change-sets/:id/approve', { config: approving, schema: approval }, (request) =>
    approveChange(deps.database, principalOf(request), { changeSet: request.params.id, ...request.body }, auditOf(request)),
  )
  const rejection = { ...shape, summary: 'Reject a change set that somebody else submitted', body: shapes.RejectionBody }
  app.post('/v1/change-sets/:id/reject', { config: approving, schema: rejection }, (request) =>
    rejectChange(deps.database, principalOf(request), { changeSet: request.params.id, ...request.body }, auditOf(request)),
  )
  const activation = {
    ...shape,
    summary: 'Put an approved change set into force from its day on',
    description:
      'Checked again against what is in force then; refused while facts that its programmes use are not granted to their agencies.',
    body: shapes.NothingBody,
  }
  app.post('/v1/change-sets/:id/activate', { config: activating, schema: activation }, (request) =>
    activateChange(deps, request.params.id, auditOf(request)),
  )
}

function registerInForce(app: Server, { database, today }: ChangeRouteDeps): void {
  const schema = {
    tags: ['versions'],
    summary: 'What was, is or will be in force on a day',
    querystring: shapes.OnQuery,
    response: { 200: shapes.InForceAnswer },
  }
  app.get('/v1/versions/in-force', { config: reading, schema }, async (request) => {
    const on = request.query.on ?? isoOfDay(await today())
    return { on, ...(await versionsOn(database.pool, on)) }
  })
  const object = {
    tags: ['versions'],
    summary: 'All versions of an object, with their texts',
    params: ObjectParams,
    response: { 200: shapes.ObjectVersionsAnswer },
  }
  app.get('/v1/versions/:kind/:id', { config: reading, schema: object }, async (request) => {
    const versions = await readVersions(database.pool, request.params.kind, request.params.id)
    if (versions.length === 0) throw problem('version-not-found')
    return { versions }
  })
}
