/** Households in which somebody is sheltered: where they live is kept from others, whoever of them asks. */
import type { Queryable } from '../db/queryable.ts'

/** For a statement of the service's own: whether the household of this column has such a member. */
export const hasShelteredMember = (householdRef: string): string =>
  `EXISTS (SELECT FROM household_member hm JOIN warehouse.sheltered hs ON hs.person_ref = hm.person_ref WHERE hm.household_ref = ${householdRef} AND hm.valid_to IS NULL)`

/** Those of the given households. */
export async function shelteredHouseholds(db: Queryable, householdRefs: readonly number[]): Promise<ReadonlySet<number>> {
  if (householdRefs.length === 0) return new Set()
  const { rows } = await db.query<{ household: number }>({
    name: 'sheltered-households',
    text: `SELECT DISTINCT m.household_ref AS household FROM household_member m JOIN warehouse.sheltered s ON s.person_ref = m.person_ref
           WHERE m.household_ref = ANY ($1::bigint[]) AND m.valid_to IS NULL`,
    values: [householdRefs],
  })
  return new Set(rows.map(({ household }) => household))
}
