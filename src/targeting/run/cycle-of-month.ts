/** The word of the tie-break is one for a month: the first run of it that puts lists in force fixes it, so that nobody picks winners by picking words. */
import type { Queryable } from '../../db/queryable.ts'
import { problem } from '../../kernel/problem.ts'

/** Of an ISO day: the word that its month's lists in force are settled by, or null before anybody asked for one; runs that failed or were cancelled fix none. */
export async function cycleOfMonth(db: Queryable, day: string): Promise<string | null> {
  const { rows } = await db.query<{ cycle: string }>(
    `select cycle from run
     where date_trunc('month', as_of) = date_trunc('month', $1::date) and status in ('queued', 'running', 'completed')
       and coalesce(request::jsonb -> 'governorates', '[]') = '[]' and request::jsonb ->> 'registeredBy' is null
     order by created_at, id limit 1`,
    [day],
  )
  return rows[0]?.cycle ?? null
}

/** In the transaction that stores or begins again a run which is to put lists in force: whoever asks at the same time waits, and finds the word fixed. */
export async function refuseOtherWord(
  transaction: Queryable,
  { asOf, cycle }: { readonly asOf: string; readonly cycle: string },
): Promise<void> {
  await transaction.query("select pg_advisory_xact_lock(hashtext('cycle of a month'))")
  const fixed = await cycleOfMonth(transaction, asOf)
  if (fixed !== null && fixed !== cycle)
    throw problem('run-cycle-fixed', { pointer: '/cycle', expected: fixed, detail: asOf.slice(0, 'YYYY-MM'.length) })
}
