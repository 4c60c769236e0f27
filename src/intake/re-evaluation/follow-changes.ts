/** The job that follows changes: membership, the households concerned, and each of them determined again, one transaction each. */
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { currentDay } from '../../determinations/as-of.ts'
import { isoOfDay } from '../../kernel/date.ts'
import { householdsOf, membershipMovedSince } from '../../households/affected-households.ts'
import { CIVIL_REGISTRIES } from '../../households/civil-registries.ts'
import { followLoad } from '../../households/follow-load.ts'
import { refreshMembership } from '../../households/membership.ts'
import { enqueue } from '../../jobs/queue.ts'
import { Problem } from '../../kernel/problem.ts'
import { changedPersons, forgetChanged } from '../../warehouse/changes/change-store.ts'
import { forgetLoad, type LoadToFollow, nextLoadToFollow, pagesOfLoad } from '../../warehouse/loads/loads-to-follow.ts'
import { type ReEvaluationDeps, reEvaluate } from './re-evaluate.ts'
import { determinedBefore, finish, membershipFollowedTo, noteFollowed, putOff, queueHouseholds, takeDue } from './re-evaluation-store.ts'

export const FOLLOW_CHANGES_TASK = 'follow-changes'

/** INVARIANT: call it in the transaction of the changes. However many wait, there is one job. */
export const enqueueFollowing = (transaction: Queryable): Promise<void> =>
  enqueue(transaction, { task: FOLLOW_CHANGES_TASK, queue: null, key: FOLLOW_CHANGES_TASK })

/** Persons whose households are found in one step. */
const PERSONS_AT_ONCE = 5_000
/** Of a load, which may concern everybody. */
const LOADED_AT_ONCE = 20_000
const ATTEMPTS_MAX = 5
const FIRST_WAIT_SECONDS = 10

type FindDeps = Pick<ReEvaluationDeps, 'database' | 'timeZone' | 'householdsServed'>

/**
 * Finds the households of changed persons, and those whose membership moved since the last look, and queues those that were determined
 * before or are served; resolves to how many persons there were. A crash anywhere leaves what was not queued to the next look.
 */
export async function queueAffected(deps: FindDeps, limit = PERSONS_AT_ONCE): Promise<number> {
  const { database, timeZone } = deps
  const { pool } = database
  const persons = await changedPersons(pool, limit)
  const civil = persons.filter((person) => person.civil).map(({ personRef }) => personRef)
  if (civil.length > 0) await refreshMembership(database, { asOf: isoOfDay(await currentDay(pool, timeZone)), persons: civil })
  const after = await membershipFollowedTo(pool)
  const moved = await membershipMovedSince(pool, after)
  if (persons.length === 0 && moved.upTo === after) return 0
  const all = [...new Set([...persons.map(({ personRef }) => personRef), ...moved.persons])]
  const known = new Set<number>()
  for (let from = 0; from < all.length; from += PERSONS_AT_ONCE)
    for (const one of await knownOf(deps, await householdsOf(pool, all.slice(from, from + PERSONS_AT_ONCE)))) known.add(one)
  for (const one of await knownOf(deps, moved.households)) known.add(one)
  await database.transaction(async ({ client }) => {
    await queueHouseholds(client, [...known])
    await forgetChanged(client, persons)
    await noteFollowed(client, moved.upTo)
  })
  return all.length
}

/** The same for loads that nobody has followed, one after another; what stops one stops no other, and it is tried again at the next look. */
export async function queueAffectedByLoads(deps: FindDeps, signal: AbortSignal, log: FollowLog): Promise<number> {
  const { database } = deps
  let persons = 0
  let load = await nextLoadToFollow(database.pool, 0)
  for (; load !== null && !signal.aborted; load = await nextLoadToFollow(database.pool, load.seq)) {
    const { seq, registry } = load
    try {
      persons += await queueAffectedByLoad(deps, load, signal)
    } catch (err) {
      log.warn({ registry, seq, err }, 'a load could not be followed')
    }
  }
  return persons
}

async function queueAffectedByLoad(deps: FindDeps, load: LoadToFollow, signal: AbortSignal): Promise<number> {
  const { database } = deps
  if (load.membershipDue && CIVIL_REGISTRIES.has(load.registry)) await followLoad(database, load)
  let persons = 0
  for await (const page of pagesOfLoad(database, load, LOADED_AT_ONCE)) {
    const known = await knownOf(deps, await householdsOf(database.pool, page))
    await database.transaction(async ({ client }) => queueHouseholds(client, known))
    persons += page.length
    // What is left is read from the beginning by whoever follows next.
    if (signal.aborted) return persons
  }
  await forgetLoad(database.pool, load.seq)
  return persons
}

/** Of these households those that were determined before or are served. */
async function knownOf({ database: { pool }, householdsServed }: FindDeps, householdRefs: readonly number[]): Promise<number[]> {
  if (householdRefs.length === 0) return []
  return [...new Set([...(await determinedBefore(pool, householdRefs)), ...(await householdsServed(pool, householdRefs))])]
}

export interface FollowLog {
  readonly warn: (fields: object, message: string) => void
}

/** Until nothing is due. Changes are looked for between any two households, so that a long queue holds none of them up. */
export async function followChanges(
  deps: ReEvaluationDeps,
  {
    signal,
    log,
    householdsMax = Number.POSITIVE_INFINITY,
  }: { readonly signal: AbortSignal; readonly log: FollowLog; readonly householdsMax?: number },
): Promise<{ readonly persons: number; readonly households: number }> {
  let persons = 0
  let households = 0
  for (;;) {
    for (let found = 1; found > 0 && !signal.aborted; persons += found) {
      const ofLoads = await queueAffectedByLoads(deps, signal, log)
      // Membership that a load moved is looked at after it.
      found = (await queueAffected(deps)) + ofLoads
    }
    if (signal.aborted || households >= householdsMax) return { persons, households }
    const did = await nextHousehold(deps, log)
    if (!did) return { persons, households }
    households++
  }
}

async function nextHousehold(deps: ReEvaluationDeps, log: FollowLog): Promise<boolean> {
  const { database } = deps
  let held: { readonly householdRef: number } | null = null
  try {
    return await database.transaction(async ({ client }) => {
      held = await takeDue(client)
      if (held === null) return false
      await reEvaluate(deps, client, held.householdRef)
      await finish(client, held.householdRef)
      return true
    })
  } catch (error) {
    if (held === null) throw error
    await failed(database, held as { readonly householdRef: number }, error, log)
    return true
  }
}

/** What stopped one household stops no other. */
async function failed(
  { pool }: Database,
  { householdRef }: { readonly householdRef: number },
  error: unknown,
  log: FollowLog,
): Promise<void> {
  const problem = error instanceof Problem ? error.code : 'internal-error'
  await putOff(pool, householdRef, { problem, attemptsMax: ATTEMPTS_MAX, firstSeconds: FIRST_WAIT_SECONDS })
  log.warn(
    error instanceof Problem ? { householdRef, code: problem } : { householdRef, err: error },
    'a household could not be determined again',
  )
}
