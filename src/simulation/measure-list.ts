/** What is measured of one programme's list, by itself and beside the list of another decision. */
import { keptWith } from '../kernel/kept-with.ts'
import { householdOutcomes } from './household-outcomes.ts'
import { measureProgramme } from './measure-programme.ts'
import type { ListMeasured, MeasuredList, MeasureTask, MeasuringBasis } from './measure-tasks.ts'
import { type Tabulation, tabulate, type Totals, totalsOf } from './tabulate.ts'
import { monthlyTransfers } from './transfers.ts'
import type { UndeterminedUnits } from './undetermined-units.ts'
import { listedStates, NOBODY_JUDGED, type UnitStates, unitStates } from './unit-states.ts'

/** `months`: of the programme's period. Null where there is no reference welfare. */
export function measureList(
  { householdOf, measured }: MeasuringBasis,
  list: MeasuredList['list'],
  { months, undetermined }: { readonly months: number; readonly undetermined: UndeterminedUnits },
): ListMeasured | null {
  if (!measured) return null
  const listed = { states: listedStates(list), householdOf: list.unit === 'person' ? householdOf : null }
  const transfers = monthlyTransfers(listed, months, measured)
  const measures = measureProgramme(
    list.programme,
    { outcomes: householdOutcomes(listed, undetermined.households), undetermined, transfers },
    measured,
  )
  return { measures, transfers }
}

/** Of a programme that one side does not have, all are ineligible there. `undetermined`: of both sides, where both judge by the same truths. */
export function tabulateLists(
  basis: MeasuringBasis,
  { before, after, undetermined }: Pick<MeasureTask & { readonly kind: 'transitions' }, 'before' | 'after' | 'undetermined'>,
): Tabulation {
  const statesOf = (one: MeasuredList | null): UnitStates =>
    !one ? NOBODY_JUDGED : undetermined ? listedStates(one.list) : unitStates(one)
  const states = { before: statesOf(before), after: statesOf(after), undetermined }
  const unit = (after ?? before)?.list.unit ?? 'household'
  const counted = { householdOf: unit === 'person' ? basis.householdOf : null, persons: basis.persons, keys: basis.keys }
  return tabulate({ ...states, ...counted }, basis.breakdowns, wholeTotals(basis)(unit))
}

/** All of a population, and by breakdown, whatever becomes of them; kept with the basis, by unit. */
export const wholeTotals = keptWith(({ breakdowns, householdOf, persons, keys }: MeasuringBasis) => {
  const made = new Map<MeasuredList['list']['unit'], readonly Totals[]>()
  return (unit: MeasuredList['list']['unit']): readonly Totals[] => {
    const found = made.get(unit) ?? totalsOf({ householdOf: unit === 'person' ? householdOf : null, persons, keys }, breakdowns)
    made.set(unit, found)
    return found
  }
})
