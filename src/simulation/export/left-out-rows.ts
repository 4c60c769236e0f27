/** Whom measures leave out, as rows. */
import type { ToldResult } from '../result.ts'
import { type ResultRow, row } from './result-row.ts'

type LeftOut = ToldResult['baseline']['leftOut']

/** `unitOf`: what a programme judges. None of results from before it was counted. */
export function* leftOutRows(
  leftOut: LeftOut,
  { scenario, reference }: Pick<ResultRow, 'scenario' | 'reference'>,
  unitOf: (programme: string) => string,
): Generator<ResultRow> {
  if (!leftOut) return
  const { welfare, programmes, formulas } = leftOut
  const about = { scenario, reference }
  if (welfare) {
    yield row('leftOut', { ...about, measure: 'welfare.households', value: welfare.households, unit: 'households' }, 'suppressed')
    yield row('leftOut', { ...about, measure: 'welfare.persons', value: welfare.persons, unit: 'persons' }, 'suppressed')
  }
  for (const { programme, ...counts } of programmes) {
    yield row(
      'leftOut',
      { scenario, programme, measure: 'withoutScore', value: counts.withoutScore, unit: unitOf(programme) },
      'suppressed',
    )
    if (welfare)
      yield row(
        'leftOut',
        { ...about, programme, measure: 'withoutWelfare', value: counts.withoutWelfare, unit: 'households' },
        'suppressed',
      )
  }
  for (const { formula, withoutScore } of formulas)
    yield row('leftOut', { scenario, formula, measure: 'withoutScore', value: withoutScore, unit: 'households' }, 'suppressed')
}
