/** Sums of money: exact integers of the smallest unit, as a number while it is below 2^53 and as a BigInt beyond. */

/** Whole smallest units, such as fils. Compare and print it as an integer; a BigInt only where a number could not hold it. */
export type Money = number | bigint

/** Adds whole numbers exactly. A term that is not a whole number within ±2^53 is a RangeError: money is never a fraction. */
export class MoneySum {
  private low = 0
  private high = 0n

  add(term: number): void {
    if (!Number.isSafeInteger(term)) throw new RangeError(`${term} is not a whole number of the smallest unit of money`)
    const sum = this.low + term
    if (Number.isSafeInteger(sum)) {
      this.low = sum
      return
    }
    this.high += BigInt(this.low)
    this.low = term
  }

  /** Adds `count` times `term`, both whole. */
  addTimes(term: number, count: number): void {
    const product = term * count
    if (Number.isSafeInteger(product)) this.add(product)
    else {
      if (!Number.isSafeInteger(term) || !Number.isSafeInteger(count)) throw new RangeError(`${count} × ${term} is no whole number`)
      this.high += BigInt(term) * BigInt(count)
    }
  }

  value(): Money {
    const sum = this.high + BigInt(this.low)
    const number = Number(sum)
    // A sum is never -0.
    return Number.isSafeInteger(number) ? number + 0 : sum
  }
}

/** A money sum for each of `count` groups. */
export const moneySums = (count: number): readonly MoneySum[] => Array.from({ length: count }, () => new MoneySum())

/** part / whole as a double, for shares; null where the whole is 0. */
export function moneyShare(part: Money, whole: Money): number | null {
  if (BigInt(whole) === 0n) return null
  return Number(part) / Number(whole)
}
