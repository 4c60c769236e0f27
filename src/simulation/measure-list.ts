/** What is measured of one programme's list, by itself and beside the list of another decision. */
import { keptWith } from '../kernel/kept-with.ts'
import { measureProgramme } from './measure-programme.ts'
import type { ListMeasured, MeasuredList, MeasuringBasis } from './measure-tasks.ts'
import { nearCutOff } from './near-cut-offs.ts'
import { type Tabulation, tabulate, type Totals, totalsOf } from './tabulate.ts'
import { monthlyTransfers } from './transfers.ts'
import { type UnitStates, unitStatesInThousandths } from './unit-states.ts'

/** `months`: of the programme's period. */
export function measureList({ householdOf, measured }: MeasuringBasis, one: MeasuredList, months: number): ListMeasured {
  const { list } = one
  if (!measured) return { nearCutOff: nearCutOff(list), welfare: null }
  const states = unitStatesInThousandths(one)
  const transfers = monthlyTransfers(list, states, { months, householdOf, measured })
  return {
    nearCutOff: nearCutOff(list),
    welfare: { measures: measureProgramme(list, { states, transfers, householdOf }, measured), transfers },
  }
}

/** Of a programme that one side does not have, all are ineligible there. */
export function tabulateLists(basis: MeasuringBasis, before: MeasuredList | null, after: MeasuredList | null): Tabulation {
  const [was, is] = [before && unitStatesInThousandths(before), after && unitStatesInThousandths(after)]
  const states = { before: was ?? nobodyIn(is), after: is ?? nobodyIn(was) }
  const unit = (after ?? before)?.list.unit ?? 'household'
  const counted = { householdOf: unit === 'person' ? basis.householdOf : null, persons: basis.persons, keys: basis.keys }
  return tabulate({ ...states, ...counted }, basis.breakdowns, totalsFor(basis)(unit))
}

function nobodyIn(other: UnitStates | null): UnitStates {
  const units = other?.state.length ?? 0
  return { state: new Uint8Array(units), outcome: new Uint8Array(units), benefit: new Float64Array(units) }
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
