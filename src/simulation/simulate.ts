/** One simulation over a nation in memory: the baseline's decision, each scenario's, and what differs between them. */
import { scoredFormulas } from '../determinations/bulk/bulk-bundle.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { thousandths } from '../targeting/lists/list-lines.ts'
import type { ProgrammeList } from '../targeting/run/select.ts'
import type { Decision } from './decide.ts'
import type { LabelledBreakdown } from './groups.ts'
import { tabulate, type Tabulation } from './tabulate.ts'
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
export function compareDecisions(before: Decision, after: Decision, { breakdowns, keys }: Population): ProgrammeOutcome[] {
  return after.bundle.programmes.map(({ id, programme }, place): ProgrammeOutcome => {
    const other = before.bundle.programmes.findIndex((one) => one.id === id)
    const now = statesOf(after, place)
    const was = before === after ? now : statesOf(before, other)
    const byPerson = programme.source.unit === 'person'
    const transitions = tabulate(
      {
        before: was,
        after: now,
        householdOf: byPerson ? after.nation.householdOf : null,
        persons: after.nation.persons,
        keys,
      },
      breakdowns,
    )
    return {
      programme: id,
      unit: programme.source.unit,
      period: programme.source.targeting.period,
      before: totalsOf(before.bundle, before.lists[other] as ProgrammeList),
      after: totalsOf(after.bundle, after.lists[place] as ProgrammeList),
      transitions,
    }
  })
}

const kept = new WeakMap<ProgrammeList, UnitStates>()

/** Remembered for a list, since every scenario is compared with the baseline's. */
function statesOf(decision: Decision, place: number): UnitStates {
  const list = decision.lists[place] as ProgrammeList
  const found = kept.get(list) ?? inThousandths(unitStates(decision.nation.programmes[place] as Decision['columns'][number], list), list)
  kept.set(list, found)
  return found
}

function inThousandths({ state, benefit }: UnitStates, { benefitScale }: ProgrammeList): UnitStates {
  return { state, benefit: benefitScale === 3 ? benefit : benefit.map((amount) => thousandths(amount, benefitScale)) }
}

function totalsOf(bundle: Bundle, { programme, allocation: { totals }, benefitScale }: ProgrammeList): ListTotals {
  const targeting = bundle.programmes.find(({ id }) => id === programme)?.programme.source.targeting
  return {
    selected: totals.selected,
    spent: thousandths(totals.spent, benefitScale),
    budget: targeting?.budget === undefined ? null : Math.round(targeting.budget * 1000),
    places: totals.places,
    stoppedByBudget: totals.stoppedByBudget,
  }
}

/** Places of formulas that both decisions rank by, under the same id. */
export const formulasOfBoth = (before: Bundle, after: Bundle): { readonly id: string; readonly before: number; readonly after: number }[] =>
  scoredFormulas(after).flatMap(({ ref }, place) => {
    const other = scoredFormulas(before).findIndex((one) => one.ref.id === ref.id)
    return other < 0 ? [] : [{ id: ref.id, before: other, after: place }]
  })
