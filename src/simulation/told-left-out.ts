/** What is told of whom measures leave out. */
import type { Static } from 'typebox'
import { disclosedCell, disclosedCount } from './disclose.ts'
import type { LeftOut, ProgrammeLeftOut, WithoutWelfare } from './left-out.ts'
import type { LeftOutAnswer } from './left-out-schema.ts'
import { NOBODY } from './tabulate.ts'
import { toldCounts } from './told-counts.ts'

type Told = Static<typeof LeftOutAnswer>

/** Null of a result from before it was counted; `few`: programmes that select so few that nothing is told of whom. */
export function toldLeftOut(leftOut: LeftOut | undefined, few: ReadonlySet<string>, exact: boolean): Told | null {
  if (!leftOut) return null
  const { welfare, programmes, formulas } = leftOut
  return {
    welfare: welfare && toldWelfare(welfare, exact),
    programmes: programmes.map((one) => toldProgramme(one, few.has(one.programme), exact)),
    formulas: formulas.map(({ formula, withoutScore, behind }) => ({
      formula,
      ...(exact ? { withoutScore } : toldCounts({ withoutScore }, behind)),
    })),
  }
}

function toldProgramme({ programme, withoutScore, withoutWelfare, behind }: ProgrammeLeftOut, isFew: boolean, exact: boolean) {
  if (exact) return { programme, withoutScore, withoutWelfare }
  const told = toldCounts({ withoutScore, withoutWelfare: withoutWelfare ?? 0 }, behind)
  return { programme, ...told, withoutWelfare: withoutWelfare === null || isFew ? null : told.withoutWelfare }
}

/** Persons follow the moved count of their households. */
function toldWelfare({ households, persons, behind }: WithoutWelfare, exact: boolean): NonNullable<Told['welfare']> {
  if (exact) return { households, persons }
  if (!behind)
    return { households: disclosedCount(households), persons: disclosedCount(households) === null ? null : disclosedCount(persons) }
  const told = disclosedCell({ ...NOBODY, units: households, persons, key: behind.households })
  return { households: told.units, persons: told.persons }
}
