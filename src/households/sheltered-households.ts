/** Households in which somebody is sheltered: where they live is kept from others, whoever of them asks. */
import type { Queryable } from '../db/queryable.ts'

/** For a statement of the service's own: whether the household of this column has such a member. */
export const hasShelteredMember = (householdRef: string): string =>
  `EXISTS (SELECT FROM sheltered_household hs WHERE hs.household_ref = ${householdRef})`

/** Those among the given households, or of all (null). */
export async function shelteredHouseholds(db: Queryable, among: readonly number[] | null): Promise<ReadonlySet<number>> {
  if (among?.length === 0) return new Set()
  const { rows } = await db.query<{ household: number }>(
    among === null
      ? { name: 'sheltered-households-all', text: 'SELECT DISTINCT household_ref AS household FROM sheltered_household' }
      : {
          name: 'sheltered-households',
          text: 'SELECT DISTINCT household_ref AS household FROM sheltered_household WHERE household_ref = ANY ($1::bigint[])',
          values: [among],
        },
  )
  return new Set(rows.map(({ household }) => household))
}
