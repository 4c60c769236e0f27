/** One simulation over a nation in memory: the baseline's decision, each scenario's, and what differs between them. */
import { programmeOf } from '../programmes/bundle.ts'
import { thousandths } from '../targeting/lists/list-cells.ts'
import type { ProgrammeList } from '../targeting/run/select.ts'
import type { Decision } from './decide.ts'
import type { LabelledBreakdown } from './groups.ts'
import { undeterminedOf } from './known-undetermined.ts'
import type { MeasuredList, MeasuringBasis } from './measure-tasks.ts'
import type { MeasuringThreads } from './measuring-threads.ts'
import type { Tabulation } from './tabulate.ts'

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

/** What two decisions are compared in. */
export interface Comparing {
  readonly measuring: MeasuringThreads
  readonly population: Population
  readonly basis: MeasuringBasis
}

/** By programme of either; one that a side does not have makes nobody eligible there. Both sides judge the same units for the same period. */
export async function compareDecisions(comparing: Comparing, before: Decision, after: Decision): Promise<ProgrammeOutcome[]> {
  const gone = before.bundle.programmes.filter(({ id }) => !programmeOf(after.bundle, id))
  return Promise.all(
    [...after.bundle.programmes, ...gone].map(async ({ id, programme }): Promise<ProgrammeOutcome> => {
      const [was, is] = [placeIn(before, id), placeIn(after, id)]
      return {
        programme: id,
        unit: programme.source.unit,
        period: programme.source.targeting.period,
        before: listTotals(before, was),
        after: listTotals(after, is),
        transitions: await tabulated(comparing, [listOf(before, was), listOf(after, is)], [before.lists[was], after.lists[is]]),
      }
    }),
  )
}

/** -1 where the versions do not have the programme. */
const placeIn = ({ bundle }: Decision, id: string): number => bundle.programmes.findIndex((one) => one.id === id)

const known = new WeakMap<Population, WeakMap<ProgrammeList, Tabulation>>()

/** Lists that a scenario shares with its baseline are counted once. */
async function tabulated(
  { measuring, population, basis }: Comparing,
  [before, after]: readonly [MeasuredList | null, MeasuredList | null],
  [was, is]: readonly [ProgrammeList | undefined, ProgrammeList | undefined],
): Promise<Tabulation> {
  const lists = known.get(population) ?? new WeakMap<ProgrammeList, Tabulation>()
  known.set(population, lists)
  const isShared = was !== undefined && was === is
  const counted = isShared ? lists.get(was) : undefined
  if (counted) return counted
  const undetermined = before && after && before.truth === after.truth ? (await undeterminedOf(measuring, basis, before)).totals : null
  const [found] = await measuring.perform([{ kind: 'transitions', basis: await measuring.numberOf(basis), before, after, undetermined }])
  // INVARIANT: the pool answers what it was asked.
  if (!found) throw new Error('no transitions were counted')
  if (isShared) lists.set(was, found)
  return found
}

/** What measures read of a list; null where there is none. Columns that threads share are not copied. */
export function listOf({ lists, nation }: Decision, place: number): MeasuredList | null {
  const [own, columns] = [lists[place], nation.programmes[place]]
  if (!own || !columns) return null
  const { programme, unit, household, person, benefit, benefitScale, score, allocation } = own
  const { status, reason, position } = allocation
  return {
    truth: columns.truth,
    list: { programme, unit, household, person, benefit, benefitScale, score, allocation: { status, reason, position } },
  }
}

const NO_LIST: ListTotals = { selected: 0, spent: 0, budget: null, places: null, stoppedByBudget: false }

function listTotals({ bundle, lists }: Decision, place: number): ListTotals {
  const list = lists[place]
  if (!list) return NO_LIST
  const { allocation, benefitScale } = list
  const { totals } = allocation
  const targeting = bundle.programmes[place]?.programme.source.targeting
  return {
    selected: totals.selected,
    spent: thousandths(totals.spent, benefitScale),
    budget: targeting?.budget === undefined ? null : Math.round(targeting.budget * 1000),
    places: totals.places,
    stoppedByBudget: totals.stoppedByBudget,
  }
}
