/** Posting an application and reading it back. */
import Type from 'typebox'
import { recordEvent } from '../audit/audit-event.ts'
import type { DeterminationDeps } from '../determinations/determine-household.ts'
import type { Viewing } from '../determinations/eyes/eyes.ts'
import { IdParams } from '../determinations/schema.ts'
import { audited } from '../http/audited.ts'
import { idempotencyKey } from '../http/idempotency-key.ts'
import { principalOf } from '../http/security.ts'
import type { Server } from '../http/server.ts'
import { problem } from '../kernel/problem.ts'
import { readApplication } from './application-store.ts'
import { applicationSchema, intakeForm } from './form.ts'
import type { Application } from './form.ts'
import { postApplication } from './post-application.ts'
import { projectAnswer } from './project-answer.ts'
import { ApplicationAnswer } from './schema.ts'

const tags = ['applications']
const MAX_APPLICATION_BYTES = 256 * 1024

type Deps = DeterminationDeps & Viewing

export function registerIntakeRoutes(app: Server, deps: Deps): void {
  registerPost(app, deps)
  registerRead(app, deps)
  const schema = { tags, summary: 'The unified intake form, version 1, as JSON Schema with labels', response: { 200: Type.Unknown() } }
  app.get('/v1/forms/intake/1', { config: { permission: 'versions:read' }, schema }, async () => intakeForm)
}

function registerPost(app: Server, deps: Deps): void {
  const schema = {
    tags,
    summary: 'Apply once, for every programme',
    description:
      'Header `Idempotency-Key`: a UUID of your own; a retry with the same key and body gets the same answer and stores nothing. ' +
      'An application whose household cannot be found is stored too: `status` and `resolution` say why nothing was determined.',
    headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String({ description: 'a UUID, fresh for each application' })) }),
    body: Type.Unsafe<Application>(applicationSchema()),
    response: { 201: ApplicationAnswer },
  }
  const config = { permission: 'applications:write', purpose: 'unified intake and determination of potential eligibility' } as const
  app.post('/v1/applications', { config, schema, bodyLimit: MAX_APPLICATION_BYTES }, async (request, reply) => {
    const { id, answer, repeated } = await postApplication(deps, {
      application: request.body,
      bodyText: request.bodyText,
      keyId: principalOf(request).id,
      idempotencyKey: idempotencyKey(request.headers['idempotency-key']),
      audited: (event) => audited(request, event),
    })
    if (repeated) reply.header('idempotency-replayed', 'true')
    const projected = await projectAnswer(deps.database.pool, deps.versions, answer, await deps.rights(principalOf(request).entity))
    return sendText(reply.code(201).header('location', `/v1/applications/${id}`), projected)
  })
}

function registerRead(app: Server, { database, versions, rights }: Deps): void {
  const schema = { tags, summary: 'An application with the answer it was given', params: IdParams, response: { 200: ApplicationAnswer } }
  const config = { permission: 'applications:read', purpose: 'following an application up' } as const
  app.get('/v1/applications/:id', { config, schema }, async (request, reply) => {
    const stored = await readApplication(database.pool, request.params.id)
    if (!stored) throw problem('application-not-found')
    const { id, applicantRef, householdRef, answer } = stored
    const whom = { ...(applicantRef === null ? {} : { personRef: applicantRef }), ...(householdRef === null ? {} : { householdRef }) }
    const event = { action: 'application.read', ...whom, outcome: 'read', read: ['answer'], objects: [`application:${id}`] }
    await recordEvent(database.pool, audited(request, event))
    return sendText(reply, await projectAnswer(database.pool, versions, answer, await rights(principalOf(request).entity)))
  })
}

/** Text that is JSON already. */
const sendText = <
  R extends { type: (type: string) => R; serializer: (write: (payload: string) => string) => R; send: (payload: never) => R },
>(
  reply: R,
  text: string,
): R =>
  reply
    .type('application/json; charset=utf-8')
    .serializer((payload) => payload)
    .send(text as never)
