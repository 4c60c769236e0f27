/** How far units move when an order changes: from decile to decile, and by how many places. */
import { quantileGroups } from './quantile.ts'
import type { WelfareOrder } from './welfare-order.ts'

export interface RankMoves {
  /**
   * units[a × (groups + 1) + b]: units in group a before and b after, 1 the poorest; 0 is not ranked, so that all cells add up to every row.
   */
  readonly matrix: Float64Array
  /** Groups without the 0. */
  readonly groups: number
  /** Units ranked in both. */
  readonly moved: MoveDistribution
}

/** Moves in hundredths of the ranked weight: rank share after less before, so above 0 is towards the better off. Null for nobody. */
export interface MoveDistribution {
  readonly units: number
  /** Units in the same group before and after. */
  readonly sameGroup: number
  readonly quantiles: readonly { readonly percent: number; readonly move: number | null }[]
  /** Mean and greatest distance in either direction. */
  readonly meanDistance: number | null
  readonly greatestDistance: number | null
}

const PERCENTS = [1, 5, 10, 25, 50, 75, 90, 95, 99]

/**
 * Compares two orders of the same rows, such as by two formulas; both begin with the poorest. A unit's place is its average rank (equals share it) over the ranked
 * weight, in hundredths. Units that one order does not rank are in the matrix only. Quantiles by unit, type 2 of Hyndman & Fan 1996.
 * Source for the matrix: Jäntti & Jenkins 2015, Income mobility, mobility tables.
 */
export function rankMoves(before: WelfareOrder, after: WelfareOrder, groups = 10): RankMoves {
  if (before.length !== after.length) throw new RangeError(`${before.length} rows before, ${after.length} after`)
  const groupBefore = quantileGroups(before, groups)
  const groupAfter = quantileGroups(after, groups)
  const placeBefore = placesInHundredths(before)
  const placeAfter = placesInHundredths(after)
  const matrix = new Float64Array((groups + 1) ** 2)
  const moves = new Float64Array(before.length)
  let units = 0
  let sameGroup = 0
  for (let row = 0; row < before.length; row++) {
    const a = groupBefore[row] as number
    const b = groupAfter[row] as number
    const cell = a * (groups + 1) + b
    matrix[cell] = (matrix[cell] as number) + 1
    if (a === 0 || b === 0) continue
    moves[units++] = (placeAfter[row] as number) - (placeBefore[row] as number)
    if (a === b) sameGroup++
  }
  return { matrix, groups, moved: distribution(moves.subarray(0, units).sort(), sameGroup) }
}

function placesInHundredths({ rows, groupEnd, cumulativeWeight, length }: WelfareOrder): Float64Array {
  const byRow = new Float64Array(length)
  const total = cumulativeWeight.at(-1) ?? 0
  let place = 0
  for (let group = 0; group < groupEnd.length; group++) {
    const own = placeInHundredths(cumulativeWeight[group - 1] ?? 0, cumulativeWeight[group] as number, total)
    for (; place < (groupEnd[group] as number); place++) byRow[rows[place] as number] = own
  }
  return byRow
}

/** Of equals: by the weight before them, and with them. */
export const placeInHundredths = (before: number, after: number, total: number): number => (100 * ((before + after) / 2)) / total

/** Of sorted moves: whatever is added up is added in that order, whichever order the rows had. */
export function distribution(moves: Float64Array, sameGroup: number): MoveDistribution {
  const units = moves.length
  let distance = 0
  for (const move of moves) distance += Math.abs(move)
  return {
    units,
    sameGroup,
    quantiles: PERCENTS.map((percent) => ({ percent, move: sortedQuantile(moves, percent) })),
    meanDistance: units === 0 ? null : distance / units,
    greatestDistance: units === 0 ? null : Math.max(-(moves[0] as number), moves[units - 1] as number),
  }
}

function sortedQuantile(sorted: Float64Array, percent: number): number | null {
  if (sorted.length === 0) return null
  const hundredfold = percent * sorted.length
  const place = Math.ceil(hundredfold / 100)
  const value = sorted[Math.max(0, place - 1)] as number
  return hundredfold % 100 === 0 ? (value + (sorted[Math.min(place, sorted.length - 1)] as number)) / 2 : value
}
