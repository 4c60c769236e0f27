/** Everything that a simulation tells of a decision: by itself, and beside the baseline's. The threads count filters while this one measures. */
import type { ResidentNation } from '../targeting/run/resident-nation.ts'
import type { ThreadPool } from '../targeting/run/thread-pool.ts'
import { compareRanks, nearCutOffs } from './compare-ranks.ts'
import { countFilters } from './count-filters.ts'
import type { Decision } from './decide.ts'
import { type Measured, measurePolicy } from './measure-policies.ts'
import { compareDecisions, type Population, statesOf } from './simulate.ts'
import type { ScenarioOutcome } from './simulation-outcome.ts'

export interface Measuring {
  readonly threads: ThreadPool
  readonly resident: ResidentNation
  readonly population: Population
  /** Null where there is no reference welfare, or no line. */
  readonly measured: Measured | null
}

type OfOne = Pick<ScenarioOutcome, 'nearCutOffs' | 'filters' | 'measures'>

export const measureAlone = async (measuring: Measuring, one: Decision): Promise<OfOne> =>
  (await measureWith(measuring, one, () => ({})))[1]

export async function measureBeside(
  measuring: Measuring,
  before: Decision,
  after: Decision,
): Promise<OfOne & Pick<ScenarioOutcome, 'programmes' | 'ranks'>> {
  const [beside, alone] = await measureWith(measuring, after, () => ({
    programmes: compareDecisions(before, after, measuring.population),
    ranks: compareRanks(before, after),
  }))
  return { ...beside, ...alone }
}

async function measureWith<T>({ threads, resident, measured }: Measuring, one: Decision, meanwhile: () => T): Promise<[T, OfOne]> {
  const [filters, [more, own]] = await Promise.all([
    measured && countFilters(threads, resident, one, measured),
    Promise.resolve().then(() => {
      const measures = measured && measurePolicy(one, (place) => statesOf(one, place), measured)
      return [meanwhile(), { nearCutOffs: nearCutOffs(one), measures }] as const
    }),
  ])
  return [more, { nearCutOffs: own.nearCutOffs, filters, measures: own.measures }]
}
