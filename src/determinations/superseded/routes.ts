/** What was decided under versions that no longer hold, listed for review. */
import Type from 'typebox'
import { recordEvent } from '../../audit/audit-event.ts'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { isoOfDay } from '../../kernel/date.ts'
import { problem } from '../../kernel/problem.ts'
import { programmeOf } from '../../programmes/bundle.ts'
import { currentDay } from '../as-of.ts'
import type { DeterminationDeps } from '../determine-household.ts'
import type { Viewing } from '../eyes/eyes.ts'
import { visibleProgrammes } from '../eyes/visible-programmes.ts'
import { readSuperseded } from './read-superseded.ts'

const closed = { additionalProperties: false } as const
const Rule = Type.Object({ id: Type.String(), version: Type.Integer(), hash: Type.String() })
const Answer = Type.Object({
  asOf: Type.String({ format: 'date' }),
  ruleInForce: Rule,
  determinations: Type.Array(
    Type.Object({
      id: Type.String({ format: 'uuid' }),
      createdAt: Type.String({ format: 'date-time' }),
      applicationId: Type.Union([Type.String(), Type.Null()]),
      householdRef: Type.Integer(),
      personRef: Type.Union([Type.Integer(), Type.Null()]),
      outcome: Type.String(),
      rule: Rule,
    }),
  ),
})
const Params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) }, closed)
const Query = Type.Object(
  {
    after: Type.Optional(Type.String({ format: 'uuid', description: 'the last id of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  closed,
)
const SHOWN = 50

export function registerSupersededRoute(app: Server, { database, versions, timeZone, rights }: DeterminationDeps & Viewing): void {
  const schema = {
    tags: ['determinations'],
    summary: 'Determinations that stand under versions no longer in force, for review',
    description: 'Of a programme of your organisation, or one whose status it may list.',
    params: Params,
    querystring: Query,
    response: { 200: Answer },
  }
  const config = { permission: 'determinations:read', purpose: 'reviewing what was decided under a superseded rule' } as const
  app.get('/v1/programmes/:id/superseded-determinations', { config, schema }, async (request) => {
    const day = await currentDay(database.pool, timeZone)
    const bundle = await versions.inForce(day)
    const compiled = programmeOf(bundle, request.params.id)
    if (!compiled) throw problem('version-not-found')
    const { sees } = visibleProgrammes(bundle, await rights(principalOf(request).entity), 'listed')
    if (!sees(compiled.id)) throw problem('facts-not-granted', { pointer: 'params/id' })
    const { after = null, limit = SHOWN } = request.query
    const determinations = await readSuperseded(database.pool, compiled, { after, limit })
    const objects = [`programme:${compiled.id}`, ...determinations.map(({ id }) => `determination:${id}`)]
    await recordEvent(database.pool, audited(request, { action: 'determinations.superseded-listed', outcome: 'read', objects }))
    const { id, version, hash } = compiled.ruleRef
    return { asOf: isoOfDay(day), ruleInForce: { id, version, hash }, determinations }
  })
}
