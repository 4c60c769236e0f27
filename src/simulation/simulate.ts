/** One simulation over a nation in memory: the baseline's decision, each scenario's, and what differs between them. */
import { type Bundle, programmeOf } from '../programmes/bundle.ts'
import { thousandths } from '../targeting/lists/list-cells.ts'
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

/** By programme of either; one that a side does not have makes nobody eligible there. Both sides judge the same units for the same period. */
export function compareDecisions(before: Decision, after: Decision, population: Population): ProgrammeOutcome[] {
  const gone = before.bundle.programmes.filter(({ id }) => !programmeOf(after.bundle, id))
  return [...after.bundle.programmes, ...gone].map(({ id, programme }): ProgrammeOutcome => {
    const [was, is] = [listOf(before, id), listOf(after, id)]
    const states = { before: was?.states ?? nobodyIn(is?.states), after: is?.states ?? nobodyIn(was?.states) }
    const householdOf = programme.source.unit === 'person' ? after.nation.householdOf : null
    const transitions = tabulated(population, [was?.list, is?.list], () =>
      tabulate(
        { ...states, householdOf, persons: after.nation.persons, keys: population.keys },
        population.breakdowns,
        totalsFor(population, after, householdOf),
      ),
    )
    return {
      programme: id,
      unit: programme.source.unit,
      period: programme.source.targeting.period,
      before: was?.totals ?? NO_LIST,
      after: is?.totals ?? NO_LIST,
      transitions,
    }
  })
}

/** Null where the versions do not have the programme. */
function listOf(decision: Decision, id: string) {
  const place = decision.bundle.programmes.findIndex((one) => one.id === id)
  const list = decision.lists[place]
  return list ? { list, states: statesOf(decision, place), totals: listTotals(decision.bundle, list) } : null
}

/** Of a programme that there is not: all are ineligible. */
function nobodyIn(other: UnitStates | undefined): UnitStates {
  const units = other?.state.length ?? 0
  return { state: new Uint8Array(units), outcome: new Uint8Array(units), benefit: new Float64Array(units) }
}

const NO_LIST: ListTotals = { selected: 0, spent: 0, budget: null, places: null, stoppedByBudget: false }

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
