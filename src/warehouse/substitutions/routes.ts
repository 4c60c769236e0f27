/** Substitutions of numbers: done and undone, each an audit event; numbers come in bodies only. */
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Queryable } from '../../db/queryable.ts'
import { recordEvent } from '../../audit/audit-event.ts'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { substitute, type Substituted, type SubstitutionDeps, undoSubstitution } from './substitute.ts'

const tags = ['registries']
const MAX_BODY_BYTES = 2_048
const closed = { additionalProperties: false } as const
const Number10 = Type.String({ pattern: '^[0-9]{10}$' })
const config = {
  permission: 'substitutions:write',
  purpose: 'one person under one number, as the civil status department substitutes them',
} as const

const SubstitutionAnswer = Type.Object({
  id: Type.Union([Type.String({ format: 'uuid' }), Type.Null()], { description: 'null when there were no two persons to merge' }),
  moved: Type.Integer({ minimum: 0, description: 'rows that speak of the current person now' }),
  setAside: Type.Integer({ minimum: 0, description: 'rows that the current person had too; they come back when it is undone' }),
})
const answer = ({ id, moved, setAside }: Substituted): Type.Static<typeof SubstitutionAnswer> => ({ id, moved, setAside })

export interface SubstitutionRouteDeps extends SubstitutionDeps {
  /** In the transaction of a substitution: queues whoever determines again. */
  readonly onChanged: (transaction: Queryable) => Promise<void>
  /** What follows for membership at once; after it is committed. */
  readonly onSubstituted: (persons: readonly number[]) => Promise<void>
}

const personsOf = ({ oldRef, currentRef }: Substituted): number[] => (oldRef === null ? [] : [oldRef, currentRef])

export function registerSubstitutionRoutes(app: Server, deps: SubstitutionRouteDeps): void {
  // It is done: what fails now is done by the worker, who was told in the same transaction.
  const followed = (request: FastifyRequest, done: Substituted): Promise<void> =>
    deps.onSubstituted(personsOf(done)).catch((err: unknown) => request.log.warn({ err }, 'membership is left to the worker'))
  const body = Type.Object({ number: Number10, currentNumber: Number10, reason: Type.String({ minLength: 1, maxLength: 500 }) }, closed)
  const schema = {
    tags,
    summary: 'Say that a number was replaced by another: both mean one person',
    description:
      'If both were known as different persons, everything current of the old one moves: rows of registries, residence, applications, open questions, enrolments. Their households are determined again. Snapshots and determinations are history and stay.',
    body,
    response: { 201: SubstitutionAnswer },
  }
  app.post('/v1/substitutions', { config, schema, bodyLimit: MAX_BODY_BYTES }, async (request, reply) => {
    const { id: actor, entity } = principalOf(request)
    const done = await substitute(deps, {
      ...request.body,
      actor,
      entity,
      onDone: async (client, { id, currentRef }) => {
        if (id !== null) await deps.onChanged(client)
        const event = {
          action: 'substitution.made',
          outcome: id === null ? 'superseded' : 'merged',
          personRef: currentRef,
          objects: id === null ? [] : [`substitution:${id}`],
        }
        await recordEvent(client, audited(request, event))
      },
    })
    await followed(request, done)
    return reply.code(201).send(answer(done))
  })
  const undo = {
    tags,
    summary: 'Undo a substitution that merged two persons',
    description:
      'Rows that came since, under either number, stay with the current person. Refused while a later substitution builds on it.',
    params: Type.Object({ substitution: Type.String({ format: 'uuid' }) }, closed),
    response: { 200: SubstitutionAnswer },
  }
  app.post('/v1/substitutions/:substitution/undo', { config, schema: undo }, async (request) => {
    const { substitution } = request.params
    const done = await undoSubstitution(deps, substitution, principalOf(request).id, async (client, { currentRef }) => {
      await deps.onChanged(client)
      const event = {
        action: 'substitution.undone',
        outcome: 'undone',
        personRef: currentRef,
        objects: [`substitution:${substitution}`],
      }
      await recordEvent(client, audited(request, event))
    })
    await followed(request, done)
    return answer(done)
  })
}
