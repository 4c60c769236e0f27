/** Everything that a simulation tells of a decision: by itself, and beside the baseline's. Programmes are measured side by side in threads. */
import { keptWith } from '../kernel/kept-with.ts'
import type { ProgrammeList } from '../targeting/run/select.ts'
import type { ResidentNation } from '../targeting/run/resident-nation.ts'
import type { ThreadPool } from '../targeting/run/thread-pool.ts'
import type { RankComparison } from './compare-ranks.ts'
import { countFilters } from './count-filters.ts'
import { nearCutOffs } from './cut-off-nearness.ts'
import type { Decision } from './decide.ts'
import { leftOutOf } from './left-out-of-decision.ts'
import { undeterminedOf } from './known-undetermined.ts'
import { type AfterTransfers, type Measured, type PolicyMeasures, policyMeasures } from './measure-policies.ts'
import type { ListMeasured, MeasuredList } from './measure-tasks.ts'
import { measureScores } from './measure-scores.ts'
import { compareDecisions, type Comparing, listOf } from './simulate.ts'
import type { ScenarioOutcome } from './simulation-outcome.ts'
import { MONTHS, type MonthlyTransfers } from './transfers.ts'

export interface Measuring extends Comparing {
  readonly threads: ThreadPool
  readonly resident: ResidentNation
  /** Micro-points on either side of a cut-off. */
  readonly within: number
}

type OfOne = Pick<ScenarioOutcome, 'nearCutOffs' | 'filters' | 'leftOut' | 'measures' | 'imputed' | 'likelihoods'>

export async function measureAlone(measuring: Measuring, one: Decision, lists = measureLists(measuring, one)): Promise<OfOne> {
  const { threads, resident, basis, within } = measuring
  const { measured } = basis
  const [filters, near, leftOut, measures, scores] = await Promise.all([
    measured && countFilters(threads, resident, one, measured),
    nearCutOffs(measuring, one, within),
    leftOutOf(measuring, one),
    measured && measurePolicy(measuring, measured, one, lists),
    measureScores(measuring, one),
  ])
  return { nearCutOffs: near, filters, leftOut, measures, ...scores }
}

export interface Beside {
  readonly before: Decision
  readonly after: Decision
  /** Compared from when the population was ranked on. */
  readonly ranks: Promise<readonly RankComparison[]>
}

export async function measureBeside(
  measuring: Measuring,
  { before, after, ranks }: Beside,
): Promise<OfOne & Pick<ScenarioOutcome, 'programmes' | 'ranks'>> {
  const lists = measureLists(measuring, after)
  const [compared, alone, programmes] = await Promise.all([
    ranks,
    measureAlone(measuring, after, lists),
    // After the lists, beside poverty, which takes as long as several programmes and waits for all of them.
    lists.then(() => compareDecisions(measuring, before, after)),
  ])
  return { programmes, ranks: compared, ...alone }
}

/** By what lists are measured with: a scenario shares those that it leaves as they are. */
const knownOf = keptWith((_basis: Measuring['basis']) => new WeakMap<ProgrammeList, ListMeasured>())

/** None where there is no reference welfare. */
async function measureLists({ measuring, basis }: Measuring, one: Decision): Promise<ListMeasured[]> {
  if (!basis.measured) return []
  const known = knownOf(basis)
  return Promise.all(
    one.lists.map(async (list, place): Promise<ListMeasured> => {
      const found = known.get(list)
      if (found) return found
      const months = MONTHS[one.bundle.programmes[place]?.programme.source.targeting.period ?? 'month']
      const own = listOf(one, place) as MeasuredList
      const undetermined = await undeterminedOf(measuring, basis, own)
      const number = await measuring.numberOf(basis)
      const [measured] = await measuring.perform([{ kind: 'list', basis: number, list: own.list, months, undetermined }])
      // INVARIANT: the pool answers what it was asked.
      if (!measured) throw new Error(`${list.programme} was not measured`)
      known.set(list, measured)
      return measured
    }),
  )
}

/** What was measured before: a baseline is asked about again and again. */
const policiesOf = keptWith((_basis: Measuring['basis']) => new WeakMap<Decision, PolicyMeasures>())

/** Before any transfer: the same for every decision. */
const beforeOf = keptWith((_basis: Measuring['basis']): { found: Promise<AfterTransfers> | null } => ({ found: null }))

/** `lists`: what each of the decision's lists does by itself. */
async function measurePolicy(
  measuring: Measuring,
  { lines }: Measured,
  one: Decision,
  lists: Promise<readonly ListMeasured[]>,
): Promise<PolicyMeasures> {
  const { basis } = measuring
  const known = policiesOf(basis)
  const found = known.get(one)
  if (found) return found
  const asked = beforeOf(basis)
  const before = (asked.found ??= welfareAfter(measuring, []))
  // What failed is asked again.
  before.catch(() => (asked.found = null))
  const welfare = await lists
  const after = await welfareAfter(
    measuring,
    welfare.map(({ transfers }) => transfers),
  )
  const measures = policyMeasures(
    await before,
    after,
    welfare.map(({ measures: own }) => own),
    lines,
  )
  known.set(one, measures)
  return measures
}

async function welfareAfter({ measuring, basis }: Measuring, transfers: readonly MonthlyTransfers[]): Promise<AfterTransfers> {
  const [after] = await measuring.perform([{ kind: 'policy', basis: await measuring.numberOf(basis), transfers }])
  // INVARIANT: the pool answers what it was asked.
  if (!after) throw new Error('poverty after transfers was not measured')
  return after
}
