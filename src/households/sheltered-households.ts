/** Households in which somebody is sheltered: where they live is kept from others, whoever of them asks. */
import type { Queryable } from '../db/queryable.ts'

/** For a statement of the service's own: whether the household of this column has such a member. */
export const hasShelteredMember = (householdRef: string): string =>
  `EXISTS (SELECT FROM sheltered_household hs WHERE hs.household_ref = ${householdRef})`

/** Those of the given households. */
export async function shelteredHouseholds(db: Queryable, householdRefs: readonly number[]): Promise<ReadonlySet<number>> {
  if (householdRefs.length === 0) return new Set()
  const { rows } = await db.query<{ household: number }>({
    name: 'sheltered-households',
    text: 'SELECT DISTINCT household_ref AS household FROM sheltered_household WHERE household_ref = ANY ($1::bigint[])',
    values: [householdRefs],
  })
  return new Set(rows.map(({ household }) => household))
}
