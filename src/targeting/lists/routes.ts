/** Handing lists over: comparison with another run's, freezing and signing. */
import type Type from 'typebox'
import { OPERATOR } from '../../access/operator.ts'
import type { Principal } from '../../access/principal.ts'
import { recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import type { Viewing } from '../../determinations/eyes/eyes.ts'
import { audited } from '../../http/audited.ts'
import { mayReadAddresses, principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { problem } from '../../kernel/problem.ts'
import { programmeOf } from '../../programmes/bundle.ts'
import type { Versions } from '../../programmes/versions-in-force.ts'
import type { PlaceInList } from './compare-lists.ts'
import { listComparisons } from './list-comparisons.ts'
import { readComparisonCursor, writeComparisonCursor } from './comparison-cursor.ts'
import { freezeList } from './freeze-list.ts'
import { ComparisonAnswer, ComparisonQuery, FrozenAnswer } from './hand-over-schema.ts'
import { type ListHeader, listOfRun } from './list-store.ts'
import { openFields, refuseUntold, unitRefs } from './open-fields.ts'
import { RunListParams } from './schema.ts'
import { versionsOfList } from './versions-of-list.ts'
import { signingKey } from '../../audit/signing-key.ts'
import { money, points } from './unit-answer.ts'

export interface HandOverDeps extends Viewing {
  readonly database: Database
  readonly versions: Versions
  /** Folder in which the signing key is kept. */
  readonly dataDirectory: string
}

const tags = ['targeting']
const PAGE = 50

export function registerHandOverRoutes(app: Server, deps: HandOverDeps): void {
  registerComparison(app, deps)
  registerFreeze(app, deps)
}

function registerComparison(app: Server, { database, versions, rights }: HandOverDeps): void {
  const { pool } = database
  const comparisons = listComparisons(database)
  const schema = {
    tags,
    summary: "A programme's list of one run against another run's",
    description: 'Units of this list by their position, then those that left by the position they had.',
    params: RunListParams,
    querystring: ComparisonQuery,
    response: { 200: ComparisonAnswer },
  }
  const config = { permission: 'ranked-lists:read', purpose: 'checking what changed between two lists before hand-over' } as const
  app.get('/v1/runs/:run/programmes/:programme/comparison', { config, schema }, async (request) => {
    const { run, programme } = request.params
    const { with: other, change, limit = PAGE, cursor } = request.query
    const [here, there] = await Promise.all([listOfRun(pool, run, programme), listOfRun(pool, other, programme)])
    if (!here) throw problem('ranked-list-not-found', { pointer: 'params/run' })
    if (!there) throw problem('ranked-list-not-found', { pointer: 'querystring/with' })
    if (here.unit !== there.unit) throw problem('lists-not-comparable', { pointer: 'querystring/with', expected: here.unit })
    const viewer = await rights(principalOf(request).entity)
    const open = await Promise.all([here, there].map((list) => openFields(versions, list, viewer)))
    // Whoever entered, left or moved is told by who they are and what became of them.
    open.forEach((one) => refuseUntold(one, [...unitRefs(here), 'status', 'reason']))
    const told = (['score', 'benefit'] as const).filter((field) => open.every(({ fields }) => fields.has(field)))
    const compared = { here: here.number, there: there.number, change }
    const place = cursor === undefined ? ({ among: 'here', after: 0 } as const) : readComparisonCursor(cursor, compared)
    if (!place) throw problem('cursor-unknown', { pointer: 'querystring/cursor' })
    const comparison = await comparisons.of(here, there)
    // Between two places a unit that enters or leaves tells in which of them it lives.
    const withoutSheltered = (here.ofGovernorates || there.ofGovernorates) && !mayReadAddresses(request)
    const { units, next } = await comparisons.page(comparison, change, place, limit, withoutSheltered)
    const countsTold = async () => (withoutSheltered ? comparisons.countsWithoutSheltered(comparison) : comparison.counts)
    const counts = cursor === undefined ? await countsTold() : null
    const objects = [here, there].map(({ rootHash }) => `list:${programme}:${rootHash}`)
    await recordEvent(pool, audited(request, { action: 'ranked-list.compared', outcome: `${units.length} units`, objects }))
    return {
      programme,
      unit: here.unit,
      here: comparedList(here),
      there: comparedList(there),
      counts,
      changes: units.map((unit) => ({ ...unit, here: placeAnswer(unit.here, told), there: placeAnswer(unit.there, told) })),
      next: next && writeComparisonCursor(compared, next),
    } as Type.Static<typeof ComparisonAnswer>
  })
}

const comparedList = ({ runId, asOf, rootHash, eligible }: ListHeader) => ({ run: runId, asOf, rootHash, eligible })

/** Scores and benefits are null where the organisation may not be told of them. */
const placeAnswer = (place: PlaceInList | null, told: readonly ('score' | 'benefit')[]) =>
  place && {
    ...place,
    score: told.includes('score') ? points(place.score) : null,
    benefit: told.includes('benefit') ? money(place.benefit) : null,
  }

function registerFreeze(app: Server, { database, dataDirectory, versions }: HandOverDeps): void {
  const schema = {
    tags,
    summary: 'Freeze and sign a list for hand-over',
    description:
      'Without a body, by the programme’s own agency or the operator of the registry. A list is frozen once: asked again, the first signature is answered (200 instead of 201).',
    params: RunListParams,
    response: { 200: FrozenAnswer, 201: FrozenAnswer },
  }
  const config = { permission: 'ranked-lists:freeze', purpose: "handing a programme's ranked list to its agency" } as const
  app.post('/v1/runs/:run/programmes/:programme/ranked-list/freeze', { config, schema, bodyLimit: 1_024 }, async (request, reply) => {
    const list = await listOfRun(database.pool, request.params.run, request.params.programme)
    if (!list) throw problem('ranked-list-not-found')
    await refuseOthersList(versions, list, principalOf(request))
    const key = await signingKey(dataDirectory)
    const frozen = await database.transaction(async ({ client }) => {
      const done = await freezeList(client, list, key, { at: new Date(), by: principalOf(request).id })
      const outcome = done.already ? 'frozen before' : 'frozen'
      const objects = [`list:${list.programme}:${list.rootHash}`]
      await recordEvent(client, audited(request, { action: 'ranked-list.frozen', outcome, objects }))
      return done
    })
    const { frozenAt, frozenBy, signed, signature } = frozen
    reply.code(frozen.already ? 200 : 201)
    const { runId: run, programme, rootHash } = list
    const algorithm = 'Ed25519' as const
    return { run, programme, rootHash, frozenAt, frozenBy, signed, signature, algorithm, keyId: key.keyId, publicKey: key.publicKey }
  })
}

/** A frozen list is frozen for good, and its snapshot with it: that is its agency's to say, or the operator's. Without the list's versions nobody knows whose it is. */
async function refuseOthersList(versions: Versions, { versionSet, programme }: ListHeader, { entity }: Principal): Promise<void> {
  if (entity === OPERATOR) return
  const bundle = await versionsOfList(versions, versionSet)
  if ((bundle && programmeOf(bundle, programme))?.programme.source.agency !== entity) throw problem('ranked-list-not-yours')
}
