/** What is told of whom measures leave out. */
import type { Static } from 'typebox'
import { disclosedCount } from './disclose.ts'
import type { LeftOut } from './left-out.ts'
import type { LeftOutAnswer } from './left-out-schema.ts'

type Told = Static<typeof LeftOutAnswer>

/** Null of a result from before it was counted; `few`: programmes that select so few that nothing is told of whom. */
export function toldLeftOut(leftOut: LeftOut | undefined, few: ReadonlySet<string>, exact: boolean): Told | null {
  if (!leftOut) return null
  const count = (units: number): number | null => (exact ? units : disclosedCount(units))
  const { welfare, programmes, formulas } = leftOut
  return {
    welfare: welfare && { households: count(welfare.households), persons: welfare.households === 0 ? 0 : personsOf(welfare, exact) },
    programmes: programmes.map(({ programme, withoutScore, withoutWelfare }) => ({
      programme,
      withoutScore: count(withoutScore),
      withoutWelfare: withoutWelfare === null || (!exact && few.has(programme)) ? null : count(withoutWelfare),
    })),
    formulas: formulas.map(({ formula, withoutScore }) => ({ formula, withoutScore: count(withoutScore) })),
  }
}

/** Of fewer than ten households the persons are not told either. */
function personsOf({ households, persons }: NonNullable<LeftOut['welfare']>, exact: boolean): number | null {
  if (exact) return persons
  return disclosedCount(households) === null ? null : disclosedCount(persons)
}
