/** Determines a household again because its data changed. What would take something away is a question for a person; until then the earlier outcome stands. */
import { OPERATOR } from '../../access/operator.ts'
import { recordEvent } from '../../audit/audit-event.ts'
import type { Queryable } from '../../db/queryable.ts'
import { currentDay } from '../../determinations/as-of.ts'
import { declaredBefore, type DeterminationDeps, determineHousehold, storedHousehold } from '../../determinations/determine-household.ts'
import {
  latestSnapshot,
  prepareSnapshot,
  type PreparedSnapshot,
  storeSnapshot,
  storeSources,
} from '../../determinations/determination-store.ts'
import { membersOf } from '../../households/find-household.ts'
import { currentPersons } from '../../warehouse/substitutions/current-persons.ts'
import { ask, type NewQuestion, type Standing, standingOf, withdraw } from './re-evaluation-store.ts'

export interface ReEvaluationDeps extends DeterminationDeps {
  /** Those of these households in which a unit holds a place in a programme. */
  readonly householdsServed: (db: Queryable, householdRefs: readonly number[]) => Promise<ReadonlySet<number>>
  /** In the transaction that stored it: where subscribers are told (`RE_EVALUATED_TASK`). */
  readonly onReEvaluated: (transaction: Queryable, told: ReEvaluated) => Promise<void>
}

/** Name of the job that tells subscribers; interop performs it. */
export const RE_EVALUATED_TASK = 'tell-of-re-evaluation'

export interface ReEvaluated {
  readonly householdRef: number
  /** Null: there is nobody left to determine. */
  readonly snapshotId: string | null
  /** Programmes in which some unit's outcome is another one, or waits for a decision. */
  readonly programmes: readonly string[]
}

/** Resolves to what was done: `unchanged` when facts and versions are the same as the last time. */
export async function reEvaluate(
  deps: ReEvaluationDeps,
  transaction: Queryable,
  householdRef: number,
): Promise<'unchanged' | 'stored' | 'ended'> {
  const { database, timeZone } = deps
  const members = await membersOf(database.pool, householdRef)
  const [head] = members
  const standing = await standingNow(transaction, householdRef)
  const served = await deps.targeting.programmesServing(database.pool, {
    householdRef,
    personRefs: [...new Set([...members, ...standing].flatMap(({ personRef }) => personRef ?? []))],
  })
  if (head === undefined) return ended(deps, transaction, { householdRef, standing, served })
  const asOf = await currentDay(database.pool, timeZone)
  const declared = await declaredBefore(deps, householdRef)
  const { bundle, assembled, units, disagreements } = await determineHousehold(deps, {
    householdRef,
    asOf,
    declared,
    personRef: head.personRef,
  })
  const snapshot = prepareSnapshot(bundle, assembled, units, head.personRef)
  const last = await latestSnapshot(transaction, householdRef)
  if (last?.factsHash === snapshot.factsHash && last.versionSet === snapshot.versionSet) return 'unchanged'
  await storeSources(database.pool, assembled.sources)
  for (const stored of storeSnapshot(transaction, snapshot, null, 're-evaluation')) await stored
  const programmes = await compare(transaction, { householdRef, standing, served }, snapshot)
  // What came out as before is nothing to be told.
  if (programmes.length > 0) await deps.onStored?.(transaction, storedHousehold({ bundle, assembled }, snapshot.id))
  await recordEvent(transaction, {
    action: 'household.re-evaluated',
    actor: 'system',
    entity: OPERATOR,
    purpose: 'determining potential eligibility again after registry data changed',
    requestId: snapshot.id,
    householdRef,
    outcome: programmes.length === 0 ? 'as before' : 'differs',
    read: [`facts:${bundle.hash}`],
    objects: [`snapshot:${snapshot.id}`, ...disagreements.map((programme) => `withheld:${programme}`)],
  })
  await deps.onReEvaluated(transaction, { householdRef, snapshotId: snapshot.id, programmes })
  return 'stored'
}

/** What stands, of persons as they are now: what was determined of a number that was replaced stands for the current one. */
async function standingNow(transaction: Queryable, householdRef: number): Promise<Standing[]> {
  const standing = await standingOf(transaction, householdRef)
  const now = await currentPersons(
    transaction,
    standing.flatMap(({ personRef }) => personRef ?? []),
  )
  const units = new Map<string, Standing>()
  for (const one of standing) {
    const current = { ...one, personRef: one.personRef === null ? null : (now.get(one.personRef) ?? one.personRef) }
    const other = units.get(keyOf(current))
    // Of two records of one person the better stands, until somebody decides.
    if (!other || other.outcome !== 'eligible') units.set(keyOf(current), current)
  }
  return [...units.values()]
}

interface Before {
  readonly householdRef: number
  readonly standing: readonly Standing[]
  /** Programmes that serve the household or a member. */
  readonly served: ReadonlySet<string>
}

const keyOf = ({ programme, personRef }: Pick<Standing, 'programme' | 'personRef'>): string => `${programme}/${personRef ?? ''}`

/** Opens and withdraws questions; the programmes in which an outcome is another one. */
async function compare(transaction: Queryable, { householdRef, standing, served }: Before, { determinations }: PreparedSnapshot) {
  const stood = new Map(standing.map((one) => [keyOf(one), one]))
  const now = new Set(determinations.map(keyOf))
  const changed = new Set<string>()
  for (const { id, programme, personRef, outcome } of determinations) {
    const earlier = stood.get(keyOf({ programme, personRef }))
    const isServed = served.has(programme)
    // Who is served by a programme of households was found eligible, by a run if not by us.
    const stoodEligible = earlier ? earlier.outcome === 'eligible' : isServed && personRef === null
    if ((earlier?.outcome ?? (isServed && personRef === null ? 'eligible' : outcome)) !== outcome) changed.add(programme)
    if (stoodEligible && outcome !== 'eligible') {
      const kind = outcome === 'ineligible' ? 'adverse' : 'undetermined'
      await ask(transaction, { householdRef, programme, personRef, kind, earlierId: earlier?.id ?? null, laterId: id, served: isServed })
    } else await withdraw(transaction, { householdRef, programme, personRef, isMet: outcome === 'eligible' })
  }
  const gone = standing.filter((one) => one.outcome === 'eligible' && !now.has(keyOf(one)))
  for (const one of gone) await ask(transaction, endOf(one, { householdRef, served }))
  return [...new Set([...changed, ...gone.map(({ programme }) => programme)])].toSorted()
}

const endOf = ({ id, programme, personRef }: Standing, { householdRef, served }: Pick<Before, 'householdRef' | 'served'>): NewQuestion => ({
  householdRef,
  programme,
  personRef,
  kind: 'unit-ended',
  earlierId: id,
  laterId: null,
  served: served.has(programme),
})

/** Nobody is a member any more: what stood for the household stands until somebody decides. */
async function ended(deps: ReEvaluationDeps, transaction: Queryable, before: Before): Promise<'ended'> {
  const eligible = before.standing.filter(({ outcome }) => outcome === 'eligible')
  for (const one of eligible) await ask(transaction, endOf(one, before))
  const { householdRef } = before
  const programmes = [...new Set(eligible.map(({ programme }) => programme))].toSorted()
  if (programmes.length > 0) await deps.onReEvaluated(transaction, { householdRef, snapshotId: null, programmes })
  return 'ended'
}
