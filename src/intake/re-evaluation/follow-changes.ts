/** The job that follows changes: membership, the households concerned, and each of them determined again, one transaction each. */
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { currentDay } from '../../determinations/as-of.ts'
import { affectedHouseholds } from '../../households/affected-households.ts'
import { enqueue } from '../../jobs/queue.ts'
import { Problem } from '../../kernel/problem.ts'
import { changedPersons, forgetChanged } from '../../warehouse/changes/change-store.ts'
import { type ReEvaluationDeps, reEvaluate } from './re-evaluate.ts'
import { determinedBefore, finish, putOff, queueHouseholds, takeDue } from './re-evaluation-store.ts'

export const FOLLOW_CHANGES_TASK = 'follow-changes'

/** INVARIANT: call it in the transaction of the changes. However many wait, there is one job. */
export const enqueueFollowing = (transaction: Queryable): Promise<void> =>
  enqueue(transaction, { task: FOLLOW_CHANGES_TASK, queue: null, key: FOLLOW_CHANGES_TASK })

/** Persons whose households are found in one step. */
const PERSONS_AT_ONCE = 5_000
const ATTEMPTS_MAX = 5
const FIRST_WAIT_SECONDS = 10

/** Finds the households of changed persons and queues those that were determined before or are served; resolves to how many persons there were. */
export async function queueAffected(
  deps: Pick<ReEvaluationDeps, 'database' | 'timeZone' | 'householdsServed'>,
  limit = PERSONS_AT_ONCE,
): Promise<number> {
  const { database, timeZone, householdsServed } = deps
  const persons = await changedPersons(database.pool, limit)
  if (persons.length === 0) return 0
  const asOf = await currentDay(database.pool, timeZone)
  const affected = await affectedHouseholds(database, { persons, asOf })
  const known = new Set([...(await determinedBefore(database.pool, affected)), ...(await householdsServed(database.pool, affected))])
  await database.transaction(async ({ client }) => {
    await queueHouseholds(client, [...known])
    await forgetChanged(client, persons)
  })
  return persons.length
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
    for (let found = 1; found > 0 && !signal.aborted; persons += found) found = await queueAffected(deps)
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
