/** Dates are day numbers (days since 1970-01-01, proleptic Gregorian); no clock and no time zone in here. */

const ISO = /^(\d{4})-(\d{2})-(\d{2})$/
const DAY_MS = 86_400_000

export interface CivilDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** `"2026-02-28"` → day number; null for anything that is not a date of the calendar, in the years 1 to 9999. */
export function dayNumber(iso: string): number | null {
  const match = ISO.exec(iso)
  // PostgreSQL has no year 0.
  if (!match || match[1] === '0000') return null
  const date = new Date(0)
  date.setUTCFullYear(Number(match[1]), Number(match[2]) - 1, Number(match[3]))
  return date.toISOString().slice(0, 10) === iso ? Math.round(date.getTime() / DAY_MS) : null
}

export const isoOfDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

export function civil(day: number): CivilDate {
  const date = new Date(day * DAY_MS)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

/** Whole months from `from` to `to`, by day of month; negative when `to` is earlier. */
export function monthsBetween(from: number, to: number): number {
  const a = civil(from)
  const b = civil(to)
  return (b.year - a.year) * 12 + (b.month - a.month) - (b.day < a.day ? 1 : 0)
}

/** Whole years by (month, day): born on 29 February, one turns a year older on 1 March of a common year. */
export function yearsBetween(from: number, to: number): number {
  const a = civil(from)
  const b = civil(to)
  return b.year - a.year - (b.month < a.month || (b.month === a.month && b.day < a.day) ? 1 : 0)
}
