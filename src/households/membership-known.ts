/** Whether anybody's household is known on a day: membership is known from the first load on. */
import type { Queryable } from '../db/queryable.ts'

/** `day`: YYYY-MM-DD. */
export async function isMembershipKnown(db: Queryable, day: string): Promise<boolean> {
  const { rowCount } = await db.query('select from household_member where valid_from <= $1::date limit 1', [day])
  return rowCount === 1
}
