/** Foster–Greer–Thorbecke: how many are poor, how far below the line, and how unequally; with the Watts index. */
import { Counter, type Counted, shareOf, weightOf, type Weights } from './counted.ts'
import { ExactSum } from './exact-sum.ts'
import { lineOf, type PovertyLine } from './poverty-line.ts'
import type { WelfareOrder } from './welfare-order.ts'

/** Null for nobody. */
export interface Fgt {
  /** FGT 0: share of the weight that is poor. */
  readonly headcount: number | null
  /** FGT 1: mean over all of the gap (line − welfare) / line of the poor; 0 for others. */
  readonly povertyGap: number | null
  /** FGT 2: mean over all of the squared gap. */
  readonly severity: number | null
  /** Weight of the poor. */
  readonly poorWeight: number
  readonly counted: Counted
}

/**
 * FGT_a = Σ w ((z − y) / z)^a over y < z, divided by Σ w; a = 0, 1, 2. `welfare` y by row, `line` z in the same unit; poor is strictly below.
 * Unknown welfare or line is left out. Negative welfare is counted as it is, so that its gap exceeds 1.
 * Source: Foster, Greer & Thorbecke 1984; Haughton & Khandker 2009, ch. 4.
 */
export function fgt(welfare: Float64Array, line: PovertyLine, weights?: Weights): Fgt {
  const counter = new Counter()
  const sums = new Gaps()
  for (let row = 0; row < welfare.length; row++) {
    const value = welfare[row] as number
    const limit = lineOf(line, row)
    const weight = weightOf(weights, row)
    if (!counter.take(weight, !Number.isNaN(value) && !Number.isNaN(limit)) || value >= limit) continue
    sums.add(weight, (limit - value) / limit)
  }
  return sums.fgt(counter.value())
}

/** The same, to the bit, with one line for all, of a population that is in order: only the poor are looked at. */
export function fgtOfOrder({ rows, groupEnd, welfare, weights, counted }: WelfareOrder, line: number): Fgt {
  const limit = lineOf(line, 0)
  const sums = new Gaps()
  let place = 0
  for (let group = 0; group < welfare.length && (welfare[group] as number) < limit; group++) {
    const gap = (limit - (welfare[group] as number)) / limit
    for (; place < (groupEnd[group] as number); place++) sums.add(weightOf(weights, rows[place] as number), gap)
  }
  return sums.fgt(counted)
}

class Gaps {
  private readonly poor = new ExactSum()
  private readonly gaps = new ExactSum()
  private readonly squares = new ExactSum()

  add(weight: number, gap: number): void {
    this.poor.add(weight)
    this.gaps.add(weight * gap)
    this.squares.add(weight * gap * gap)
  }

  fgt(counted: Counted): Fgt {
    return {
      headcount: shareOf(this.poor.value(), counted.weight),
      povertyGap: shareOf(this.gaps.value(), counted.weight),
      severity: shareOf(this.squares.value(), counted.weight),
      poorWeight: this.poor.value(),
      counted,
    }
  }
}

/**
 * Watts index: Σ w ln(z / y) over y < z, divided by Σ w. Welfare of 0 or less has no logarithm: it enters as `nonPositiveAs` (PovcalNet leaves it
 * at the line, where it adds nothing), and without that the index is null. Source: Watts 1968; Zheng 1993.
 */
export function watts(
  welfare: Float64Array,
  line: PovertyLine,
  { weights, nonPositiveAs }: { readonly weights?: Weights | undefined; readonly nonPositiveAs?: number } = {},
): { readonly value: number | null; readonly counted: Counted } {
  const counter = new Counter()
  const sum = new ExactSum()
  let defined = true
  for (let row = 0; row < welfare.length; row++) {
    const value = welfare[row] as number
    const limit = lineOf(line, row)
    const weight = weightOf(weights, row)
    if (!counter.take(weight, !Number.isNaN(value) && !Number.isNaN(limit)) || value >= limit) continue
    const positive = value > 0 ? value : nonPositiveAs
    if (positive === undefined) defined = false
    else sum.add(weight * Math.log(limit / positive))
  }
  const counted = counter.value()
  return { value: defined ? shareOf(sum.value(), counted.weight) : null, counted }
}
