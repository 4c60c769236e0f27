/** The truth behind a synthetic population. */
import type { Queryable } from '../../db/queryable.ts'

/** Households whose true welfare is known: none where people are real. */
export async function syntheticRefs(db: Queryable): Promise<ReadonlySet<number>> {
  const { rows } = await db.query<[string]>({ text: 'select household_ref from synthetic.true_welfare', rowMode: 'array' })
  return new Set(rows.map(([ref]) => Number(ref)))
}

export interface TrueWelfare {
  /** Expenditure per person in JOD a month, as the decimal that it is. */
  readonly welfare: string
  /** Among all households: 0 the poorest, 1 the richest. */
  readonly percentile: number
}

export async function trueWelfareOf(db: Queryable, refs: readonly number[]): Promise<ReadonlyMap<number, TrueWelfare>> {
  const { rows } = await db.query<{ ref: string; welfare: string; percentile: number }>(
    `select household_ref as ref, expenditure_per_capita as welfare, percentile::float8 as percentile
     from synthetic.true_welfare where household_ref = any($1::bigint[])`,
    [refs],
  )
  return new Map(rows.map(({ ref, welfare, percentile }) => [Number(ref), { welfare, percentile }]))
}
