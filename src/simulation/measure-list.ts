/** What is measured of one programme's list, by itself and beside the list of another decision. */
import { keptWith } from '../kernel/kept-with.ts'
import { householdOutcomes } from './household-outcomes.ts'
import { measureProgramme } from './measure-programme.ts'
import type { ListMeasured, MeasuredList, MeasuringBasis } from './measure-tasks.ts'
import { nearCutOff } from './near-cut-offs.ts'
import { type Tabulation, tabulate, type Totals, totalsOf } from './tabulate.ts'
import { monthlyTransfers } from './transfers.ts'
import { NOBODY_JUDGED, unitStates } from './unit-states.ts'

/** `months`: of the programme's period. */
export function measureList({ householdOf, measured }: MeasuringBasis, one: MeasuredList, months: number): ListMeasured {
  const { list } = one
  if (!measured) return { nearCutOff: nearCutOff(list), welfare: null }
  const judged = { states: unitStates(one), householdOf: list.unit === 'person' ? householdOf : null }
  const transfers = monthlyTransfers(judged, months, measured)
  const measures = measureProgramme(list.programme, { outcomes: householdOutcomes(judged), transfers }, measured)
  return { nearCutOff: nearCutOff(list), welfare: { measures, transfers } }
}

/** Of a programme that one side does not have, all are ineligible there. */
export function tabulateLists(basis: MeasuringBasis, before: MeasuredList | null, after: MeasuredList | null): Tabulation {
  const states = { before: before ? unitStates(before) : NOBODY_JUDGED, after: after ? unitStates(after) : NOBODY_JUDGED }
  const unit = (after ?? before)?.list.unit ?? 'household'
  const counted = { householdOf: unit === 'person' ? basis.householdOf : null, persons: basis.persons, keys: basis.keys }
  return tabulate({ ...states, ...counted }, basis.breakdowns, totalsFor(basis)(unit))
}

/** Kept with the basis, by unit. */
const totalsFor = keptWith(({ breakdowns, householdOf, persons, keys }: MeasuringBasis) => {
  const made = new Map<MeasuredList['list']['unit'], readonly Totals[]>()
  return (unit: MeasuredList['list']['unit']): readonly Totals[] => {
    const found = made.get(unit) ?? totalsOf({ householdOf: unit === 'person' ? householdOf : null, persons, keys }, breakdowns)
    made.set(unit, found)
    return found
  }
})
