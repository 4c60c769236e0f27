/**
 * Whose selection hangs on missing facts: units whose score is an interval, and whose place would change at one end of it.
 *
 * One unit is moved at a time, all others staying where their points put them. Of the programme's order only what comes first is read,
 * the tier and then the score; a unit that would come level with the cut-off is flagged, since later keys would decide. The cut-offs are
 * the last new unit selected and the first candidate not selected, of the unit's area and, for left-over places, of the nation.
 * No unit is missed where the programme names its places and the budget does not bind (a property test); where the budget binds, the
 * cut-off stays where it is, though the unit's own benefit, against its neighbour's, could shift it.
 */
import { past } from './admit.ts'
import type { AllocationUnits } from './admit.ts'
import type { Allocation, AllocationTerms } from './allocate.ts'
import { REASONS, type Reason, reasonCode, statusCode } from './outcome.ts'

/** What a unit's score can be, whole micro-points by row; NaN on both sides where the point is certain, or where nothing bounds an unknown score. */
export interface ScoreBounds {
  readonly low: Float64Array
  readonly high: Float64Array
}

/** Places in the order, by tier and score. */
interface Marks {
  /** By area code; one entry for all where there are no quotas. A tier of NOBODY where there is none. */
  readonly tier: Int16Array
  readonly score: Float64Array
}

interface CutOffs {
  readonly lastIn: Marks
  readonly firstOut: Marks
  readonly firstLeftOver: Marks
  /** Of the nation: one entry each. */
  readonly lastLeftOver: Marks
  readonly firstOutOfNation: Marks
}

/** 1 by row where an end of the unit's interval would change whether it is selected. `tier` as in the order; all 0 where there are no tiers. */
export function dependsOnMissing(
  units: AllocationUnits,
  tier: Uint8Array,
  bounds: ScoreBounds,
  terms: AllocationTerms,
  allocation: Allocation,
): Uint8Array {
  const area = terms.quotas ? units.area : new Uint8Array(tier.length)
  const cutOffs = cutOffsOf(units.score, tier, area, allocation)
  const ascending = terms.direction === 'lowerIsPoorer'
  const ends = new Float64Array(2)
  const changes = changesOf(terms, cutOffs, ends)
  const depends = new Uint8Array(tier.length)
  for (let row = 0; row < tier.length; row++) {
    const point = units.score[row] as number
    const [low, high] = [bounds.low[row] as number, bounds.high[row] as number]
    const isUnknown = Number.isNaN(point)
    const least = Number.isNaN(low) ? (isUnknown ? -Infinity : point) : low
    const most = Number.isNaN(high) ? (isUnknown ? Infinity : point) : high
    // Most scores are certain: no end but the point.
    if (least === most && least === point) continue
    ends[POOREST] = ascending ? least : most
    ends[RICHEST] = ascending ? most : least
    if (changes(allocation.reason[row] as number, tier[row] as number, area[row] as number)) depends[row] = 1
  }
  return depends
}

/** Of a unit by the code of its reason, its tier and its area. */
type Changes = (reason: number, tier: number, area: number) => boolean

/** Places of the poorest and the best-off score that a unit can have: a number handed over by itself would be put into memory of its own, for nearly every unit of a nation. */
const [POOREST, RICHEST] = [0, 1] as const
type End = typeof POOREST | typeof RICHEST

function changesOf({ thresholds, direction }: AllocationTerms, cutOffs: CutOffs, ends: Float64Array): Changes {
  const { lastIn, firstOut, firstLeftOver, lastLeftOver, firstOutOfNation } = cutOffs
  const beyond = (end: End, threshold: number | undefined): boolean =>
    threshold !== undefined && past(ends[end] as number, threshold, direction)
  /** Strictly before a mark, or strictly behind it, by tier and then score; not where there is no mark. */
  const before = ({ tier: tiers, score: scores }: Marks, at: number, tier: number, end: End): boolean => {
    const own = tiers[at] as number
    if (own === NOBODY) return false
    if (tier !== own) return tier < own
    const score = ends[end] as number
    return direction === 'lowerIsPoorer' ? score < (scores[at] as number) : score > (scores[at] as number)
  }
  const behind = ({ tier: tiers, score: scores }: Marks, at: number, tier: number, end: End): boolean => {
    const own = tiers[at] as number
    if (own === NOBODY) return false
    if (tier !== own) return tier > own
    const score = ends[end] as number
    return direction === 'lowerIsPoorer' ? score > (scores[at] as number) : score < (scores[at] as number)
  }
  const isMarked = ({ tier: tiers }: Marks, at: number): boolean => tiers[at] !== NOBODY
  const reaches = (marks: Marks, at: number, tier: number, end: End): boolean => isMarked(marks, at) && !before(marks, at, tier, end)
  const isReachedBy = (marks: Marks, at: number, tier: number, end: End): boolean => isMarked(marks, at) && !behind(marks, at, tier, end)
  return (reason, tier, area) => {
    switch (KINDS[reason]) {
      case 'never':
        return false
      case 'kept':
        return beyond(RICHEST, thresholds?.exit)
      case 'past-exit':
        return !beyond(POOREST, thresholds?.exit)
      case 'selected': {
        // Behind the first of its area in a left-over place, it stands against the nation.
        const inLeftOver = reason === LEFT_OVER || reaches(firstLeftOver, area, tier, RICHEST)
        return (
          beyond(RICHEST, thresholds?.entry) ||
          reaches(firstOut, area, tier, RICHEST) ||
          (inLeftOver && reaches(firstOutOfNation, 0, tier, RICHEST))
        )
      }
      default:
        if (beyond(POOREST, thresholds?.entry)) return false
        // Nobody of its area is left waiting: one more of them could have found a place.
        if (!isMarked(firstOut, area)) return true
        return isReachedBy(lastIn, area, tier, POOREST) || isReachedBy(lastLeftOver, 0, tier, POOREST)
    }
  }
}

/** What an end of a score can change, by what decided on the unit. */
const KIND_OF: Partial<Record<Reason, 'never' | 'kept' | 'past-exit' | 'selected'>> = {
  'excluded-by-programme': 'never',
  'undetermined-too-long': 'never',
  'benefit-unknown': 'never',
  'enrolled-kept': 'kept',
  'enrolled-kept-undetermined': 'kept',
  'past-exit-threshold': 'past-exit',
  'within-quota': 'selected',
  'left-over-place': 'selected',
}
const KINDS = REASONS.map((reason) => KIND_OF[reason])
const LEFT_OVER = reasonCode('left-over-place')

const COMPETING: readonly Reason[] = ['within-quota', 'left-over-place', 'budget-exhausted', 'quota-full', 'no-places']
const COMPETES = Uint8Array.from(REASONS, (one) => (COMPETING.includes(one) ? 1 : 0))
const NOBODY = -1
const AREAS = 256

function cutOffsOf(score: Float64Array, tier: Uint8Array, area: Uint8Array, allocation: Allocation): CutOffs {
  const { order, reason, status } = allocation
  const rows = (count: number): Int32Array => new Int32Array(count).fill(NOBODY)
  const [lastIn, firstOut, firstLeftOver, lastLeftOver, firstOutOfNation] = [rows(AREAS), rows(AREAS), rows(AREAS), rows(1), rows(1)]
  const selected = statusCode('selected')
  for (let i = 0; i < order.length; i++) {
    const row = order[i] as number
    if (COMPETES[reason[row] as number] === 0) continue
    const code = area[row] as number
    if (status[row] === selected) {
      lastIn[code] = row
      if (reason[row] !== LEFT_OVER) continue
      if (firstLeftOver[code] === NOBODY) firstLeftOver[code] = row
      lastLeftOver[0] = row
    } else {
      if (firstOut[code] === NOBODY) firstOut[code] = row
      if (firstOutOfNation[0] === NOBODY) firstOutOfNation[0] = row
    }
  }
  const marksOf = (found: Int32Array): Marks => ({
    tier: Int16Array.from(found, (row) => (row === NOBODY ? NOBODY : (tier[row] as number))),
    score: Float64Array.from(found, (row) => score[row] ?? NaN),
  })
  return {
    lastIn: marksOf(lastIn),
    firstOut: marksOf(firstOut),
    firstLeftOver: marksOf(firstLeftOver),
    lastLeftOver: marksOf(lastLeftOver),
    firstOutOfNation: marksOf(firstOutOfNation),
  }
}
