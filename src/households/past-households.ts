/** The households that somebody belonged to, each with the days. */
import type { Queryable } from '../db/queryable.ts'

export interface Belonging {
  readonly householdRef: number
  /** Half-open, as YYYY-MM-DD; null: until now. */
  readonly from: string
  readonly to: string | null
}

export async function householdsOfPersons(db: Queryable, personRefs: readonly number[]): Promise<Belonging[]> {
  const { rows } = await db.query<Belonging>(
    'SELECT DISTINCT household_ref AS "householdRef", valid_from AS "from", valid_to AS "to" FROM household_member WHERE person_ref = ANY ($1::bigint[])',
    [personRefs],
  )
  return rows
}
