/** How many units stand near a cut-off, by programme of a decision: counted in the threads, once for each list and distance. */
import { keptWith } from '../kernel/kept-with.ts'
import type { CompiledProgramme } from '../programmes/bundle.ts'
import type { ProgrammeList } from '../targeting/run/select.ts'
import { areaOf, type ContestArea, type ContestTier, quotaFact, tierOf, untilScore } from './contest-place.ts'
import type { Decision } from './decide.ts'
import type { KeysOf } from './behind.ts'
import type { Comparing } from './simulate.ts'
import type { Near, NearContest } from './near-cut-offs.ts'

export interface CutOffNearness {
  readonly programme: string
  /** Micro-points of the last unit newly selected, where there is one cut-off for the whole list; null where nobody is cut by score, or each area and tier by its own. */
  readonly cutOff: number | null
  /** Micro-points. */
  readonly within: number
  /** Units within that distance of the cut-off of their own area and tier, on either side of it and on it. */
  readonly below: number
  /** Absent in results from before it was counted, as are the contests. */
  readonly at?: number
  readonly above: number
  readonly contests?: readonly ContestNearness[]
  readonly behind?: KeysOf<'below' | 'at' | 'above'>
}

/** One area and tier that is cut. */
export interface ContestNearness extends Omit<Near, 'behind'> {
  readonly area: ContestArea | null
  readonly tier: ContestTier | null
  readonly selected: number
  readonly cutOff: number
  readonly behind?: NearContest['behind']
}

/** By list, then by distance: a baseline's are asked for by every scenario that leaves them. */
const nearOf = keptWith((_list: ProgrammeList) => new Map<number, readonly NearContest[]>())
const DISTANCES_KEPT = 4

type Asking = Pick<Comparing, 'measuring' | 'basis'>

export function nearCutOffs(asking: Asking, one: Decision, within: number): Promise<CutOffNearness[]> {
  return Promise.all(
    one.lists.map(async (list, place): Promise<CutOffNearness> => {
      const compiled = one.bundle.programmes[place] as CompiledProgramme
      const fact = quotaFact(compiled)
      const found = await contestsIn(asking, one, place, within)
      const contests = found.map(({ area, tier, ...own }): ContestNearness => ({
        area: area === null || fact === null ? null : areaOf(one.bundle, { fact, code: area }),
        tier: tierOf(compiled, tier),
        ...own,
      }))
      const of = (sum: (side: 'below' | 'at' | 'above') => number) => ({ below: sum('below'), at: sum('at'), above: sum('above') })
      // Each unit is in one contest.
      const near = of((side) => found.reduce((total, own) => total + own[side], 0))
      const behind = of((side) => found.reduce((total, own) => (total + own.behind[side]) % 2 ** 32, 0))
      const cutOff = contests.length === 1 ? (contests[0]?.cutOff ?? null) : null
      return { programme: list.programme, cutOff, within, ...near, contests, behind }
    }),
  )
}

async function contestsIn(
  { measuring, basis }: Asking,
  { bundle, lists, nation }: Decision,
  place: number,
  within: number,
): Promise<readonly NearContest[]> {
  const [list, columns, compiled] = [lists[place], nation.programmes[place], bundle.programmes[place]]
  // Where another key decides before the score there is no cut-off of the score.
  if (!list || !columns || !compiled || untilScore(compiled).length === 0) return []
  const known = nearOf(list)
  const found = known.get(within)
  if (found) return found
  const { score, tier, allocation } = list
  const { status, reason, position } = allocation
  const contested = {
    score,
    tier,
    rows: list.person ?? list.household,
    household: list.household,
    areas: columns.area,
    allocation: { status, reason, position },
  }
  const [near] = await measuring.perform([{ kind: 'near', basis: await measuring.numberOf(basis), list: contested, within }])
  // INVARIANT: the pool answers what it was asked.
  if (!near) throw new Error(`who is near the cut-offs of ${list.programme} was not counted`)
  const [oldest] = known.keys()
  if (known.size >= DISTANCES_KEPT && oldest !== undefined) known.delete(oldest)
  known.set(within, near)
  return near
}
