/** What a re-evaluation or a run would take away, for a person to decide. */
import type { FastifyRequest } from 'fastify'
import { recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import { currentDay } from '../../determinations/as-of.ts'
import type { Viewing } from '../../determinations/eyes/eyes.ts'
import { visibleProgrammes } from '../../determinations/eyes/visible-programmes.ts'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { problem } from '../../kernel/problem.ts'
import { programmesBegun } from '../../programmes/programmes-begun.ts'
import type { Versions } from '../../programmes/versions-in-force.ts'
import { openStandingQuestions, settle } from './re-evaluation-store.ts'
import { StandingAnswer, StandingDecision, StandingParams, StandingQuery, StandingSettled, standingWords } from './schema.ts'

const tags = ['re-evaluation']
const PAGE = 100

interface StandingDeps extends Viewing {
  readonly database: Database
  readonly versions: Versions
  readonly timeZone: string
}

export function registerStandingRoutes(app: Server, deps: StandingDeps): void {
  const { database } = deps
  const listed = {
    tags,
    summary: 'Outcomes and places that changed data or a run would take away: until a person decides, the earlier one stands',
    description: 'Of the programmes of your organisation, and of those whose status it may list.',
    querystring: StandingQuery,
    response: { 200: StandingAnswer },
  }
  const read = { permission: 'standing:read', purpose: 'deciding what stands after registry data changed' } as const
  app.get('/v1/standing-questions', { config: read, schema: listed }, async (request) => {
    const { programme = null, after = null, limit = PAGE } = request.query
    const found = await openStandingQuestions(database.pool, { programme, among: await programmesTold(deps, request), after, limit })
    const objects = found.map(({ id }) => `standing-question:${id}`)
    await recordEvent(database.pool, audited(request, { action: 'standing-questions.read', outcome: `${found.length} read`, objects }))
    const side = (id: string | null, outcome: string | null) => (id === null || outcome === null ? null : { determination: id, outcome })
    return {
      questions: found.map(({ earlierId, laterId, earlierOutcome, laterOutcome, runId, runAsOf, openedAt, ...one }) => ({
        ...one,
        words: standingWords[one.kind],
        earlier: side(earlierId, earlierOutcome),
        later: side(laterId, laterOutcome),
        run: runId === null || runAsOf === null ? null : { id: runId, asOf: runAsOf },
        openedAt: openedAt.toISOString(),
      })),
      next: found.length === limit ? (found.at(-1)?.id ?? null) : null,
    }
  })
  const settled = {
    tags,
    summary: 'Decide what stands',
    description:
      'Only a user who signed in, of the programme’s own entity; of others with standing:decide-any. No adverse decision without a named person. ' +
      'Payment is the programme’s own: it reports what it does of it.',
    params: StandingParams,
    body: StandingDecision,
    response: { 200: StandingSettled },
  }
  const decide = { permission: 'standing:decide', purpose: 'deciding what stands after registry data changed' } as const
  app.post('/v1/standing-questions/:id/settle', { config: decide, schema: settled, bodyLimit: 16_384 }, async (request) => {
    const { id: by, kind } = principalOf(request)
    if (kind !== 'user') throw problem('person-required')
    const { id } = request.params
    const { decision, reason } = request.body
    const among = await programmesDecided(deps, request)
    await database.transaction(async ({ client }) => {
      const householdRef = await settle(client, id, { decision, reason, by, among })
      if (householdRef === null) throw problem('standing-question-not-found')
      await recordEvent(
        client,
        audited(request, { action: 'standing-question.settled', householdRef, outcome: decision, objects: [`standing-question:${id}`] }),
      )
    })
    return { id, decision }
  })
}

/** Programmes whose outcomes the asker's organisation may list; null for all. */
async function programmesTold(deps: StandingDeps, request: FastifyRequest): Promise<string[] | null> {
  const { bundle, begun } = await programmesOf(deps)
  const { sees, withheld } = visibleProgrammes(bundle, await deps.rights(principalOf(request).entity), 'listed', begun)
  return withheld.length === 0 ? null : [...begun.keys()].filter(sees)
}

/** Programmes whose questions the asker may settle; null for all. To be granted another's outcomes is not to decide them. */
async function programmesDecided(deps: StandingDeps, request: FastifyRequest): Promise<string[] | null> {
  const { entity, permissions } = principalOf(request)
  if (permissions.has('standing:decide-any')) return null
  const { begun } = await programmesOf(deps)
  return [...begun].flatMap(([id, { agency }]) => (agency === entity ? [id] : []))
}

/** Those in force, and those that left force: what waited for a decision then waits still. */
async function programmesOf({ database: { pool }, versions, timeZone }: StandingDeps) {
  const day = await currentDay(pool, timeZone)
  const bundle = await versions.inForce(day)
  return { bundle, begun: await programmesBegun(pool, day, bundle) }
}
