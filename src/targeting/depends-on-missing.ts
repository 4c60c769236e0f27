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

/** A place in the order, by tier and score; null where there is none. */
type Mark = { readonly tier: number; readonly score: number } | null

interface CutOffs {
  /** By area code; one entry for all where there are no quotas. */
  readonly lastIn: Mark[]
  readonly firstOut: Mark[]
  readonly firstLeftOver: Mark[]
  readonly lastLeftOver: Mark
  readonly firstOutOfNation: Mark
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
  const cutOffs = cutOffsOf(units.score, tier, area, terms, allocation)
  const selected = statusCode('selected')
  const depends = new Uint8Array(tier.length)
  for (let row = 0; row < tier.length; row++) {
    const point = units.score[row] as number
    // Most scores are certain: no end but the point.
    if (!Number.isNaN(point) && Number.isNaN(bounds.low[row]) && Number.isNaN(bounds.high[row])) continue
    const [poorest, richest] = ends(point, bounds, row, terms)
    if (poorest === richest && poorest === point) continue
    const reason = REASONS[allocation.reason[row] as number] as Reason
    const best = { tier: tier[row] as number, score: poorest }
    const worst = { tier: tier[row] as number, score: richest }
    if (changes(reason, best, worst, terms, cutOffs, area[row] as number, allocation.status[row] === selected)) depends[row] = 1
  }
  return depends
}

type Place = NonNullable<Mark>

function changes(
  reason: Reason,
  best: Place,
  worst: Place,
  terms: AllocationTerms,
  cutOffs: CutOffs,
  area: number,
  selected: boolean,
): boolean {
  const { thresholds, direction } = terms
  const beyond = (place: Place, threshold: number | undefined): boolean =>
    threshold !== undefined && past(place.score, threshold, direction)
  switch (reason) {
    case 'excluded-by-programme':
    case 'undetermined-too-long':
    case 'benefit-unknown':
      return false
    case 'enrolled-kept':
    case 'enrolled-kept-undetermined':
      return beyond(worst, thresholds?.exit)
    case 'past-exit-threshold':
      return !beyond(best, thresholds?.exit)
  }
  const firstOut = cutOffs.firstOut[area] ?? null
  const reaches = (mark: Mark, place: Place): boolean => mark !== null && !before(place, mark, terms)
  if (selected) {
    // Behind the first of its area in a left-over place, it stands against the nation.
    const inLeftOver = reason === 'left-over-place' || reaches(cutOffs.firstLeftOver[area] ?? null, worst)
    return beyond(worst, thresholds?.entry) || reaches(firstOut, worst) || (inLeftOver && reaches(cutOffs.firstOutOfNation, worst))
  }
  if (beyond(best, thresholds?.entry)) return false
  // Nobody of its area is left waiting: one more of them could have found a place.
  if (firstOut === null) return true
  return [cutOffs.lastIn[area] ?? null, cutOffs.lastLeftOver].some((mark) => mark !== null && !before(mark, best, terms))
}

/** Strictly before, by tier and then score. */
function before(a: Place, b: Place, { direction }: AllocationTerms): boolean {
  if (a.tier !== b.tier) return a.tier < b.tier
  return direction === 'lowerIsPoorer' ? a.score < b.score : a.score > b.score
}

/** The poorest and the best-off score that the unit can have. */
function ends(point: number, { low, high }: ScoreBounds, row: number, { direction }: AllocationTerms): readonly [number, number] {
  const unknown = Number.isNaN(point)
  const least = Number.isNaN(low[row]) ? (unknown ? -Infinity : point) : (low[row] as number)
  const most = Number.isNaN(high[row]) ? (unknown ? Infinity : point) : (high[row] as number)
  return direction === 'lowerIsPoorer' ? [least, most] : [most, least]
}

const COMPETING: readonly Reason[] = ['within-quota', 'left-over-place', 'budget-exhausted', 'quota-full', 'no-places']
const NOBODY = -1

function cutOffsOf(score: Float64Array, tier: Uint8Array, area: Uint8Array, terms: AllocationTerms, allocation: Allocation): CutOffs {
  const { order, reason, status } = allocation
  const [lastIn, firstOut, firstLeftOver] = [rowsByArea(), rowsByArea(), rowsByArea()]
  let lastLeftOver = NOBODY
  let firstOutOfNation = NOBODY
  const selected = statusCode('selected')
  const leftOver = reasonCode('left-over-place')
  const competes = Uint8Array.from(REASONS, (one) => (COMPETING.includes(one) ? 1 : 0))
  for (let i = 0; i < order.length; i++) {
    const row = order[i] as number
    if (competes[reason[row] as number] === 0) continue
    const code = area[row] as number
    if (status[row] === selected) {
      lastIn[code] = row
      if (reason[row] === leftOver) {
        if (firstLeftOver[code] === NOBODY) firstLeftOver[code] = row
        lastLeftOver = row
      }
    } else {
      if (firstOut[code] === NOBODY) firstOut[code] = row
      if (firstOutOfNation === NOBODY) firstOutOfNation = row
    }
  }
  const markOf = (row: number): Mark => (row === NOBODY ? null : { tier: tier[row] as number, score: score[row] as number })
  const marksOf = (rows: Int32Array): Mark[] => Array.from(rows, markOf)
  return {
    lastIn: marksOf(lastIn),
    firstOut: marksOf(firstOut),
    firstLeftOver: marksOf(firstLeftOver),
    lastLeftOver: markOf(lastLeftOver),
    firstOutOfNation: markOf(firstOutOfNation),
  }
}

const rowsByArea = (): Int32Array => new Int32Array(256).fill(NOBODY)
