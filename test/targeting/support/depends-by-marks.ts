/** The oracle of selection that hangs on missing facts: every place of the order is an object of its own, compared as the definition says. */
import { past } from '../../../src/targeting/admit.ts'
import type { AllocationUnits } from '../../../src/targeting/admit.ts'
import type { Allocation, AllocationTerms } from '../../../src/targeting/allocate.ts'
import type { ScoreBounds } from '../../../src/targeting/depends-on-missing.ts'
import { REASONS, type Reason, reasonCode, statusCode } from '../../../src/targeting/outcome.ts'

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
export function dependsByMarks(
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
