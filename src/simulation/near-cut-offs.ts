/** Units that stand near the cut-off of their own area and tier: a small error of theirs, or of the formula, would change what happens to them. */
import { countKeyed, keyedCounts } from '../kernel/keyed-counts.ts'
import { problem } from '../kernel/problem.ts'
import { scaledOfNumber } from '../kernel/decimal.ts'
import type { KeysOf } from './behind.ts'
import { competed, contestAt, type ContestedList, contestPlace, cutPlaces, cutsOf, isWon, lostByScore } from './contests.ts'

/** Units that competed, by where their score stands: below a cut-off, on it, above it. */
export interface Near {
  readonly below: number
  readonly at: number
  readonly above: number
  readonly behind?: KeysOf<'below' | 'at' | 'above'>
}

export interface NearContest extends Omit<Near, 'behind'> {
  /** As in a contest. */
  readonly area: number | null
  readonly tier: number
  /** Units newly selected there. */
  readonly selected: number
  readonly behind: KeysOf<'selected' | 'below' | 'at' | 'above'>
  /** Micro-points of the last of them. */
  readonly cutOff: number
}

/** Twentieth of a point: what a rounding, or an error of one small term, can move. */
export const WITHIN_POINTS = 0.05
const SCALE = 6

/** Micro-points that a request means; a distance of more than six places is refused. */
export function withinOf(points: number = WITHIN_POINTS): number {
  const scaled = scaledOfNumber(points, SCALE)
  if (!scaled.ok) throw problem('request-invalid', { pointer: '/withinPoints', expected: 'points with at most six decimal places' })
  return scaled.value
}

/**
 * By area and tier that is cut: where somebody is newly selected and somebody loses by the score. Exact: scores are whole micro-points.
 * `keyOf`: record key of a unit's household. Two passes over the units. The enrolled who are kept, the excluded and those without a score are not near: their score does not decide.
 */
export function nearContests(list: ContestedList, within: number, keyOf: (unit: number) => number): NearContest[] {
  const { won, lost, cutOff } = cutsOf(list, lostByScore)
  const counts = {
    selected: keyedCounts(won.length),
    below: keyedCounts(won.length),
    at: keyedCounts(won.length),
    above: keyedCounts(won.length),
  }
  const { score, tier, area, allocation } = list
  const { reason } = allocation
  for (let unit = 0; unit < score.length; unit++) {
    if (competed[reason[unit] as number] === 0) continue
    const place = contestPlace(area, tier, unit)
    if (isWon[reason[unit] as number] === 1) countKeyed(counts.selected, place, keyOf(unit))
    const distance = (score[unit] as number) - (cutOff[place] as number)
    // Without a score it is near nothing.
    if (!(Math.abs(distance) <= within)) continue
    countKeyed(distance < 0 ? counts.below : distance === 0 ? counts.at : counts.above, place, keyOf(unit))
  }
  return cutPlaces(won, lost, 1).map((place): NearContest => {
    const of = (part: 'units' | 'key') => ({
      selected: counts.selected[part][place] as number,
      below: counts.below[part][place] as number,
      at: counts.at[part][place] as number,
      above: counts.above[part][place] as number,
    })
    return { ...contestAt(area, place), cutOff: cutOff[place] as number, ...of('units'), behind: of('key') }
  })
}
