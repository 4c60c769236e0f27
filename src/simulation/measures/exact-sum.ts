/** Sums that do not depend on the order of their terms: the exact sum of doubles, rounded once at the end. */

/**
 * Adds doubles without loss; `value()` is their exact sum rounded to the nearest double, so that the same terms in any order give the same
 * bytes. Terms are finite. A running sum and the sum of what it lost are exact for nearly everything that is measured, whole numbers below
 * 2^53 in the first alone; what even the second would lose goes to non-overlapping partial sums.
 * Source: Knuth's two-sum; Shewchuk 1997, Adaptive precision floating-point arithmetic, as in Python's math.fsum.
 */
export class ExactSum {
  private high = 0
  private low = 0
  /** Made when it is needed: the exact sum of what `low` lost. */
  private rest: Partials | null = null

  add(term: number): void {
    const { high } = this
    const sum = high + term
    const added = sum - high
    const lost = high - (sum - added) + (term - added)
    this.high = sum
    if (lost !== 0) this.addLost(lost)
  }

  private addLost(term: number): void {
    const { low } = this
    const sum = low + term
    const added = sum - low
    const lost = low - (sum - added) + (term - added)
    this.low = sum
    if (lost === 0) return
    this.rest ??= new Partials()
    this.rest.add(lost)
  }

  value(): number {
    // A sum of two doubles is rounded once, and never -0, whatever the signs of the zeros were.
    if (this.rest === null) return this.high + this.low + 0
    const all = this.rest.copy()
    all.add(this.low)
    all.add(this.high)
    return all.value()
  }
}

/** An exact sum as doubles that do not overlap, the least first. */
class Partials {
  private readonly partials: number[]
  /** Partials in use: the array does not shrink, which would cost more than the sum. */
  private count: number

  constructor(partials: number[] = []) {
    this.partials = partials
    this.count = partials.length
  }

  copy(): Partials {
    return new Partials(this.partials.slice(0, this.count))
  }

  add(term: number): void {
    const { partials } = this
    let x = term
    let kept = 0
    for (let i = 0; i < this.count; i++) {
      const y = partials[i] as number
      const sum = x + y
      const error = Math.abs(x) < Math.abs(y) ? x - (sum - y) : y - (sum - x)
      if (error !== 0) partials[kept++] = error
      x = sum
    }
    partials[kept] = x
    this.count = kept + 1
  }

  value(): number {
    const { partials } = this
    let place = this.count - 1
    if (place < 0) return 0
    let sum = partials[place] as number
    let rest = 0
    while (place > 0 && rest === 0) {
      const before = sum
      const next = partials[--place] as number
      sum = before + next
      rest = next - (sum - before)
    }
    // Half way between two doubles: the partials below decide, where they pull the same way as what was cut off.
    const below = place > 0 ? (partials[place - 1] as number) : 0
    if ((rest < 0 && below < 0) || (rest > 0 && below > 0)) {
      const doubled = 2 * rest
      const rounded = sum + doubled
      if (doubled === rounded - sum) sum = rounded
    }
    // A sum is never -0, whatever the signs of its zeros were.
    return sum + 0
  }
}

/** An exact sum for each of `count` groups. */
export const exactSums = (count: number): readonly ExactSum[] => Array.from({ length: count }, () => new ExactSum())
