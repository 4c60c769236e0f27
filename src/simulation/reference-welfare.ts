/** The welfare against which a simulation's errors are measured: the true one of a synthetic population, which says nothing about a real country. */
import type { Queryable } from '../db/queryable.ts'

export interface ReferenceWelfare {
  readonly kind: 'synthetic'
  /** Thousandths of the currency per person and month, by household row; NaN unknown. */
  readonly welfare: Float64Array
}

const ROWS_AT_ONCE = 200_000

/** Null where the database holds no synthetic truth. Pages go on behind their last reference, so each is put in order by its own words, not by the plan's. */
export async function syntheticWelfare(db: Queryable, householdRefs: Float64Array): Promise<ReferenceWelfare | null> {
  const rowOf = new Map<number, number>()
  householdRefs.forEach((reference, row) => rowOf.set(reference, row))
  const welfare = new Float64Array(householdRefs.length).fill(NaN)
  let found = 0
  let after = 0
  for (;;) {
    const { rows } = await db.query<{ refs: number[]; amounts: number[] }>({
      name: 'synthetic-welfare',
      text: `select array_agg(household_ref::float8 order by household_ref) as refs,
          array_agg((expenditure_per_capita * 1000)::float8 order by household_ref) as amounts from (
        select household_ref, expenditure_per_capita from synthetic.true_welfare where household_ref > $1 order by household_ref limit $2) part`,
      values: [after, ROWS_AT_ONCE],
    })
    const { refs, amounts } = rows[0] ?? {}
    if (!refs || !amounts || refs.length === 0) break
    refs.forEach((reference, index) => {
      const row = rowOf.get(reference)
      if (row === undefined) return
      welfare[row] = amounts[index] as number
      found++
    })
    after = refs.at(-1) as number
  }
  return found === 0 ? null : { kind: 'synthetic', welfare }
}
