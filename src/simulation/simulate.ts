/** One simulation over a nation in memory: the baseline's decision, each scenario's, and what differs between them. */
import type { Bundle } from '../programmes/bundle.ts'
import { thousandths } from '../targeting/lists/list-lines.ts'
import type { ProgrammeList } from '../targeting/run/select.ts'
import type { Decision } from './decide.ts'
import type { LabelledBreakdown } from './groups.ts'
import { tabulate, type Tabulation, type Totals, totalsOf } from './tabulate.ts'
import { unitStates, type UnitStates } from './unit-states.ts'

/** Amounts are thousandths of the currency for the targeting period of the programme. */
export interface ProgrammeOutcome {
  readonly programme: string
  readonly unit: 'household' | 'person'
  readonly period: string
  readonly before: ListTotals
  readonly after: ListTotals
  readonly transitions: Tabulation
}

export interface ListTotals {
  readonly selected: number
  readonly spent: number
  readonly budget: number | null
  readonly places: number | null
  readonly stoppedByBudget: boolean
}

export interface Population {
  readonly breakdowns: readonly LabelledBreakdown[]
  /** Record key by household row of the population. */
  readonly keys: Uint32Array
}

/** By programme: both have the same ones, by the same unit and for the same period. */
export function compareDecisions(before: Decision, after: Decision, population: Population): ProgrammeOutcome[] {
  return after.bundle.programmes.map(({ id, programme }, place): ProgrammeOutcome => {
    const other = before.bundle.programmes.findIndex((one) => one.id === id)
    const now = statesOf(after, place)
    const was = before === after ? now : statesOf(before, other)
    const lists = [before.lists[other], after.lists[place]] as const
    const householdOf = programme.source.unit === 'person' ? after.nation.householdOf : null
    const transitions = tabulated(population, lists, () =>
      tabulate(
        { before: was, after: now, householdOf, persons: after.nation.persons, keys: population.keys },
        population.breakdowns,
        totalsFor(population, after, householdOf),
      ),
    )
    return {
      programme: id,
      unit: programme.source.unit,
      period: programme.source.targeting.period,
      before: listTotals(before.bundle, before.lists[other] as ProgrammeList),
      after: listTotals(after.bundle, after.lists[place] as ProgrammeList),
      transitions,
    }
  })
}

const totals = new WeakMap<Population, Map<'household' | 'person', readonly Totals[]>>()

function totalsFor(population: Population, { nation: { persons } }: Decision, householdOf: Uint32Array | null): readonly Totals[] {
  const unit = householdOf ? 'person' : 'household'
  const units = totals.get(population) ?? new Map<'household' | 'person', readonly Totals[]>()
  totals.set(population, units)
  const found = units.get(unit) ?? totalsOf({ householdOf, persons, keys: population.keys }, population.breakdowns)
  units.set(unit, found)
  return found
}

const known = new WeakMap<Population, WeakMap<ProgrammeList, Tabulation>>()

/** Lists that a scenario shares with its baseline are counted once. */
function tabulated(
  population: Population,
  [before, after]: readonly [ProgrammeList | undefined, ProgrammeList | undefined],
  count: () => Tabulation,
): Tabulation {
  if (before === undefined || before !== after) return count()
  const lists = known.get(population) ?? new WeakMap<ProgrammeList, Tabulation>()
  known.set(population, lists)
  const found = lists.get(before) ?? count()
  lists.set(before, found)
  return found
}

const kept = new WeakMap<ProgrammeList, UnitStates>()

/** Remembered for a list, since every scenario is compared with the baseline's. */
export function statesOf(decision: Decision, place: number): UnitStates {
  const list = decision.lists[place] as ProgrammeList
  const found = kept.get(list) ?? inThousandths(unitStates(decision.nation.programmes[place] as Decision['columns'][number], list), list)
  kept.set(list, found)
  return found
}

function inThousandths(states: UnitStates, { benefitScale, household, person }: ProgrammeList): UnitStates {
  const { benefit } = states
  // Only units of the list are paid; the column is the states' own.
  if (benefitScale !== 3) for (const row of person ?? household) benefit[row] = thousandths(benefit[row] as number, benefitScale)
  return states
}

function listTotals(bundle: Bundle, { programme, allocation: { totals }, benefitScale }: ProgrammeList): ListTotals {
  const targeting = bundle.programmes.find(({ id }) => id === programme)?.programme.source.targeting
  return {
    selected: totals.selected,
    spent: thousandths(totals.spent, benefitScale),
    budget: targeting?.budget === undefined ? null : Math.round(targeting.budget * 1000),
    places: totals.places,
    stoppedByBudget: totals.stoppedByBudget,
  }
}
