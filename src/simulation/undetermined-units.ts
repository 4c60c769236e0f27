/** Units of a programme that nobody can judge: they are told the same whatever becomes of the others, and so counted once for each rule. */
import type { MeasuredList, MeasuringBasis } from './measure-tasks.ts'
import { countPersons, type PersonCounts, personCounts } from './person-counts.ts'
import { KINDS, standingOf } from './standing.ts'
import { type Totals, totalsOf } from './tabulate.ts'
import { undeterminedRows } from './unit-states.ts'

export interface UndeterminedUnits {
  /** Of all, then by breakdown. */
  readonly totals: readonly Totals[]
  /** 1 by household row of the population: it has such a unit, or is one. */
  readonly households: Uint8Array
  /** Those households by their standing; null where there is no reference welfare, or no line. */
  readonly standing: PersonCounts | null
}

export function countUndetermined(
  { breakdowns, householdOf, persons, keys, measured }: MeasuringBasis,
  one: MeasuredList,
): UndeterminedUnits {
  const rows = undeterminedRows(one)
  const own = one.list.unit === 'person' ? householdOf : null
  const households = new Uint8Array(new SharedArrayBuffer(persons.length))
  for (let i = 0; i < rows.length; i++) households[own ? (own[rows[i] as number] as number) : (rows[i] as number)] = 1
  const totals = totalsOf({ householdOf: own, persons, keys, rows }, breakdowns)
  if (!measured) return { totals, households, standing: null }
  const { standing } = standingOf(measured)
  const counts = personCounts(KINDS)
  for (let household = 0; household < households.length; household++)
    if (households[household] === 1)
      countPersons(counts, standing[measured.rows[household] as number] as number, keys[household] as number, persons[household] as number)
  return { totals, households, standing: counts }
}
