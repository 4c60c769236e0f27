/**
 * What generated assembly code computes with: exact integers in doubles, in BigInt where a step leaves ±2^53, NaN for unknown.
 * The same meaning as the SQL of ../sql: products of three or more factors are unknown beyond 10^20 on the way, results beyond ±2^53.
 */
import { civil, civilNumber, dayOf, monthsBetween } from '../../../kernel/date.ts'
import { MAX_INTEGER } from '../../../kernel/decimal.ts'

/** A number within ±2^53 or NaN; a bigint beyond. */
export type Exact = number | bigint

const WIDEST_INTERMEDIATE = 10n ** 20n

const isUnknown = (a: Exact): boolean => a !== a

/** Back to a number where it fits. */
const normal = (a: bigint): Exact => (a <= MAX_INTEGER && a >= -MAX_INTEGER ? Number(a) : a)

export function add(a: Exact, b: Exact): Exact {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if ((sum <= MAX_INTEGER && sum >= -MAX_INTEGER) || sum !== sum) return sum
  }
  return isUnknown(a) || isUnknown(b) ? NaN : normal(BigInt(a) + BigInt(b))
}

export function times(a: Exact, b: Exact): Exact {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    if ((product <= MAX_INTEGER && product >= -MAX_INTEGER) || product !== product) return product
  }
  return isUnknown(a) || isUnknown(b) ? NaN : normal(BigInt(a) * BigInt(b))
}

/** A product that is multiplied further. */
export const inner = (a: Exact): Exact => (typeof a === 'bigint' && (a > WIDEST_INTERMEDIATE || a < -WIDEST_INTERMEDIATE) ? NaN : a)

/** a / b rounded half away from zero; unknown on division by zero. */
export function quotient(a: Exact, b: Exact): Exact {
  if (isUnknown(a) || isUnknown(b) || b === 0) return NaN
  if (typeof a === 'number' && typeof b === 'number') {
    const [n, d] = [Math.abs(a), Math.abs(b)]
    const above = 2 * n + d
    if (above <= MAX_INTEGER) {
      let q = Math.floor(above / (2 * d))
      // The division of doubles may round up to the next integer.
      if (q * 2 * d > above) q--
      return a < 0 === b < 0 ? q : -q
    }
  }
  const [n, d] = [BigInt(a), BigInt(b)]
  const q = (2n * size(n) + size(d)) / (2n * size(d))
  return normal(n < 0n === d < 0n ? q : -q)
}

const size = (a: bigint): bigint => (a < 0n ? -a : a)

/** A result: unknown beyond ±2^53, and no negative zero. */
export const narrow = (a: Exact): number => (typeof a === 'number' ? a + 0 : NaN)

/** Of those known. */
export const leastKnown = (a: Exact, b: Exact): Exact => (isUnknown(a) ? b : isUnknown(b) || a < b ? a : b)
export const greatestKnown = (a: Exact, b: Exact): Exact => (isUnknown(a) ? b : isUnknown(b) || a > b ? a : b)

/** The same as `yearsBetween`; most of the many million ages that bulk assembly asks for are as of one day. */
export function years(from: number, to: number): number {
  if (from !== from || to !== to) return NaN
  if (to !== yearsTo) {
    yearsTo = to
    toNumber = civilNumber(to)
  }
  return Math.floor((toNumber - civilNumber(from)) / 10_000)
}

let yearsTo = NaN
let toNumber = NaN

export const months = (from: number, to: number): number => (from === from && to === to ? monthsBetween(from, to) : NaN)
export const year = (day: number): number => (day === day ? civil(day).year : NaN)

/** Number of a calendar month: consecutive months have consecutive numbers. */
export function month(day: number): number {
  const date = Math.floor(civilNumber(day) / 100)
  const year = Math.floor(date / 100)
  return year * 12 + date - 100 * year
}

let windowsOf = NaN
let windows: number[] = []

/** First day from which fewer than `months` whole months lie before `asOf`; asked for every row, worked out once. */
export function windowStart(asOf: number, months: number): number {
  if (asOf !== windowsOf) {
    windowsOf = asOf
    windows = []
  }
  return (windows[months] ??= firstDay(asOf, months))
}

function firstDay(asOf: number, months: number): number {
  const date = civil(asOf)
  const first = date.year * 12 + date.month - 1 - months
  const [y, m] = [Math.floor(first / 12), (first % 12) + 1]
  // A day that its month does not have is the month's last.
  return Math.min(dayOf({ year: y, month: m, day: date.day }), dayOf({ year: y, month: m + 1, day: 0 })) + 1
}

/** Value of a table by its keys; a Map for each key. */
export function lookUp(table: ReadonlyMap<number, unknown>, keys: readonly number[]): number {
  let found: unknown = table
  for (const key of keys) found = (found as ReadonlyMap<number, unknown> | undefined)?.get(key)
  return found === undefined ? NaN : (found as number)
}

/** Most consecutive months whose truth is at least `truth`. */
export function longestRun(truths: ReadonlyMap<number, number> | null, truth: number): number {
  let longest = 0
  if (!truths) return longest
  for (const [start, at] of truths) {
    if (at < truth || (truths.get(start - 1) ?? -1) >= truth) continue
    let length = 1
    while ((truths.get(start + length) ?? -1) >= truth) length++
    longest = Math.max(longest, length)
  }
  return longest
}
