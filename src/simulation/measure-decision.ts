/** Everything that a simulation tells of a decision: by itself, and beside the baseline's. Programmes are measured side by side in threads. */
import { keptWith } from '../kernel/kept-with.ts'
import type { ProgrammeList } from '../targeting/run/select.ts'
import type { ResidentNation } from '../targeting/run/resident-nation.ts'
import type { ThreadPool } from '../targeting/run/thread-pool.ts'
import { compareRanks } from './compare-ranks.ts'
import { countFilters } from './count-filters.ts'
import type { Decision } from './decide.ts'
import { undeterminedOf } from './known-undetermined.ts'
import { measurePolicy } from './measure-policies.ts'
import type { ListMeasured, MeasuredList } from './measure-tasks.ts'
import { compareDecisions, type Comparing, listOf } from './simulate.ts'
import type { ScenarioOutcome } from './simulation-outcome.ts'
import { MONTHS } from './transfers.ts'

export interface Measuring extends Comparing {
  readonly threads: ThreadPool
  readonly resident: ResidentNation
}

type OfOne = Pick<ScenarioOutcome, 'nearCutOffs' | 'filters' | 'measures'>

export async function measureAlone(measuring: Measuring, one: Decision): Promise<OfOne> {
  const { threads, resident, basis } = measuring
  const { measured } = basis
  const [filters, lists] = await Promise.all([measured && countFilters(threads, resident, one, measured), measureLists(measuring, one)])
  return { nearCutOffs: lists.map(({ nearCutOff }) => nearCutOff), filters, measures: measured && measurePolicy(one, lists, measured) }
}

export async function measureBeside(
  measuring: Measuring,
  before: Decision,
  after: Decision,
): Promise<OfOne & Pick<ScenarioOutcome, 'programmes' | 'ranks'>> {
  const [ranks, alone, programmes] = await Promise.all([
    compareRanks(measuring, before, after),
    measureAlone(measuring, after),
    compareDecisions(measuring, before, after),
  ])
  return { programmes, ranks, ...alone }
}

/** By what lists are measured with: a scenario shares those that it leaves as they are. */
const knownOf = keptWith((_basis: Measuring['basis']) => new WeakMap<ProgrammeList, ListMeasured>())

function measureLists({ measuring, basis }: Measuring, one: Decision): Promise<ListMeasured[]> {
  const known = knownOf(basis)
  return Promise.all(
    one.lists.map(async (list, place): Promise<ListMeasured> => {
      const found = known.get(list)
      if (found) return found
      const months = MONTHS[one.bundle.programmes[place]?.programme.source.targeting.period ?? 'month']
      const own = listOf(one, place) as MeasuredList
      const undetermined = basis.measured && (await undeterminedOf(measuring, basis, own))
      const number = await measuring.numberOf(basis)
      const [measured] = await measuring.perform([{ kind: 'list', basis: number, list: own.list, months, undetermined }])
      // INVARIANT: the pool answers what it was asked.
      if (!measured) throw new Error(`${list.programme} was not measured`)
      known.set(list, measured)
      return measured
    }),
  )
}
