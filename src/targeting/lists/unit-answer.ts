/** A listed unit as it is answered: decimals as text, and only the fields that were named. */
import type Type from 'typebox'
import { formatDecimal } from '../../kernel/decimal.ts'
import { problem } from '../../kernel/problem.ts'
import { POINT_SCALE } from '../../language/formula/formula.ts'
import { didYouMean } from '../../language/nearest.ts'
import type { ListedUnit } from './list-store.ts'
import { UnitAnswer } from './schema.ts'

/** Money is kept in thousandths. */
const MONEY_SCALE = 3

export type AnsweredUnit = Type.Static<typeof UnitAnswer>
export type UnitField = keyof AnsweredUnit

export const UNIT_FIELDS = Object.keys(UnitAnswer.properties) as UnitField[]

/** The fields named in a query, in the order of the documentation; all unless some are named. */
export function fieldsNamed(text: string | undefined): readonly UnitField[] {
  if (text === undefined) return UNIT_FIELDS
  const names = text.split(',').map((name) => name.trim())
  for (const name of names)
    if (!(UNIT_FIELDS as readonly string[]).includes(name))
      throw problem('request-invalid', {
        pointer: 'querystring/fields',
        expected: UNIT_FIELDS.join(', '),
        detail: didYouMean(name, UNIT_FIELDS) ?? 'there is no such field',
      })
  return UNIT_FIELDS.filter((field) => names.includes(field))
}

export const points = (value: number | null): string | null => (value === null ? null : formatDecimal(value, POINT_SCALE))
export const moneyText = (value: number): string => formatDecimal(value, MONEY_SCALE)
export const money = (value: number | null): string | null => (value === null ? null : moneyText(value))

export function answeredUnit(unit: ListedUnit): AnsweredUnit {
  return {
    ...unit,
    score: points(unit.score),
    scoreLo: points(unit.scoreLo),
    scoreHi: points(unit.scoreHi),
    benefit: money(unit.benefit),
  } as AnsweredUnit
}

export function unitWith(unit: ListedUnit, fields: readonly UnitField[]): Partial<AnsweredUnit> {
  const answer = answeredUnit(unit)
  return Object.fromEntries(fields.map((field) => [field, answer[field]]))
}
