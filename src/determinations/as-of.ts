/** The day that determinations speak of: today, or the date of a demonstration's synthetic population, so that it does not go stale. */
import type { Queryable } from '../db/queryable.ts'
import { dayNumber } from '../kernel/date.ts'
import { problem, Problem } from '../kernel/problem.ts'
import type { ProblemCode } from '../kernel/problem.ts'

/** `timeZone` decides when a day begins; `now` is the only clock in here. */
export async function currentDay(db: Queryable, timeZone: string, now: Date = new Date()): Promise<number> {
  const { rows } = await db.query<{ day: string | null }>({
    name: 'synthetic-day',
    text: "select max(as_of) as day from warehouse.load where kind = 'synthetic' and loaded_at is not null",
  })
  const synthetic = rows[0]?.day ?? null
  return dayNumber(synthetic ?? civilDay(now, timeZone)) as number
}

/** Registry rows are current rows: a given day may lie in the past for ages and parameters, never in the future. */
export async function dayOrCurrent(db: Queryable, timeZone: string, asked: string | undefined): Promise<number> {
  const current = await currentDay(db, timeZone)
  const day = asked === undefined ? current : dayNumber(asked)
  if (day === null || day > current) throw problem('as-of-not-available', { pointer: '/asOf', expected: 'a date that is not after today' })
  return day
}

/** The calendar's day, as YYYY-MM-DD (en-CA writes it so): for deadlines, which a demonstration's date does not stop. */
export const civilDay = (now: Date, timeZone: string): string => new Intl.DateTimeFormat('en-CA', { timeZone }).format(now)

/** A day that somebody asked for and on which nothing can be determined is that request's fault, not the service's or the person's. */
export const refusedDay =
  (asked: string | undefined) =>
  (error: unknown): never => {
    const expected = asked !== undefined && error instanceof Problem ? missingOn[error.code] : undefined
    if (expected === undefined) throw error
    throw problem('as-of-not-available', { pointer: '/asOf', expected })
  }

const KNOWN_FROM = 'membership is known from the first load on'
const missingOn: Partial<Record<ProblemCode, string>> = {
  'nothing-in-force': 'a day on which programmes were in force',
  'household-not-found': `a day on which the person is known to have lived in this household: ${KNOWN_FROM}`,
  'run-population-empty': `a day on which households are known: ${KNOWN_FROM}`,
}
