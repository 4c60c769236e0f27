/** Dates against an independent calendar: every day of 800 years, every 29 February, and what month and year counts promise. */
import fc from 'fast-check'
import t from 'tap'
import { civil, dayNumber, isoOfDay, monthsBetween, yearsBetween } from '../../src/kernel/date.ts'
import { propertyRuns } from '../support/property-runs.ts'

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
const lengths = (year: number): readonly number[] => [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const pad = (value: number, places: number): string => String(value).padStart(places, '0')
const iso = (year: number, month: number, day: number): string => `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`
const dayOf = (year: number, month: number, day: number): number => {
  const found = dayNumber(iso(year, month, day))
  if (found === null) throw new Error(`${iso(year, month, day)} is refused`)
  return found
}

t.test('every day from 1600 to 2399 counts one more than the day before, there and back', async (t) => {
  let expected = -135_140 // 1600-01-01
  let wrong = 0
  for (let year = 1600; year < 2400; year++) {
    lengths(year).forEach((length, index) => {
      for (let day = 1; day <= length; day++, expected++) {
        const text = iso(year, index + 1, day)
        const { year: y, month: m, day: d } = civil(expected)
        if (dayNumber(text) !== expected || isoOfDay(expected) !== text || y !== year || m !== index + 1 || d !== day) wrong++
      }
      if (dayNumber(iso(year, index + 1, length + 1)) !== null) wrong++
    })
  }
  t.equal(wrong, 0)
  t.equal(expected, dayNumber('2400-01-01'))
  t.equal(dayNumber('1970-01-01'), 0)
})

t.test('first centuries and the last day', async (t) => {
  t.equal(dayNumber('0001-01-01'), -719_162)
  t.equal(dayNumber('0099-12-31'), (dayNumber('0100-01-01') ?? 0) - 1)
  t.equal(isoOfDay(dayOf(50, 3, 1)), '0050-03-01')
  t.equal(dayNumber('0004-02-29'), (dayNumber('0004-03-01') ?? 0) - 1)
  t.equal(dayNumber('9999-12-31'), 2_932_896)
})

const refused = [
  ['2026-02-29', 'no 29 February in a common year'],
  ['1900-02-29', 'no 29 February in a century that 400 does not divide'],
  ['2026-04-31', 'no 31 April'],
  ['2026-13-01', 'no thirteenth month'],
  ['2026-00-10', 'no month 0'],
  ['2026-01-00', 'no day 0'],
  ['0000-01-01', 'no year 0: PostgreSQL has none'],
  ['2026-1-1', 'two places each'],
  ['20260101', 'with dashes'],
  ['2026-01-01T00:00:00Z', 'no time'],
  ['2026-01-01\n', 'nothing behind it'],
  ['+002026-01-01', 'no sign'],
  ['٢٠٢٦-٠١-٠١', 'ASCII digits'],
  ['', 'not empty'],
] as const
for (const [text, why] of refused) t.equal(dayNumber(text), null, `${JSON.stringify(text)}: ${why}`)

t.test(
  'born on 29 February: a year older on 29 February or 1 March, never on the 28th; every birth and year of two centuries',
  async (t) => {
    let tried = 0
    const wrong: string[] = []
    const holds = (age: number, from: number, to: number): void => {
      tried++
      if (yearsBetween(from, to) !== age) wrong.push(`${isoOfDay(from)} to ${isoOfDay(to)} is ${yearsBetween(from, to)}, not ${age}`)
    }
    for (let birth = 1896; birth <= 2096; birth++) {
      if (!isLeap(birth)) continue
      const born = dayOf(birth, 2, 29)
      for (let year = birth; year <= birth + 120; year++) {
        const age = year - birth
        holds(age - 1, born, dayOf(year, 2, 28))
        if (isLeap(year)) holds(age, born, dayOf(year, 2, 29))
        holds(age, born, dayOf(year, 3, 1))
        holds(age, born, dayOf(year, 12, 31))
      }
    }
    t.same(wrong.slice(0, 5), [])
    t.ok(tried > 18_000, `${tried} pairs`)
  },
)

t.test('until 29 February: who was born on 28 February or 1 March', async (t) => {
  for (let year = 1904; year <= 2096; year += 4) {
    const leapDay = dayOf(year, 2, 29)
    t.equal(yearsBetween(dayOf(1903, 2, 28), leapDay), year - 1903)
    t.equal(yearsBetween(dayOf(1903, 3, 1), leapDay), year - 1904)
    t.equal(monthsBetween(dayOf(1903, 2, 28), leapDay), (year - 1903) * 12)
    t.equal(monthsBetween(dayOf(1903, 1, 30), leapDay), (year - 1903) * 12, 'the 30th has not come in February')
  }
})

t.test('months count whole months by day of month', async (t) => {
  const months = (from: string, to: string): number => monthsBetween(dayNumber(from) ?? NaN, dayNumber(to) ?? NaN)
  t.equal(months('2026-01-31', '2026-02-28'), 0)
  t.equal(months('2026-01-31', '2026-03-01'), 1)
  t.equal(months('2026-01-31', '2026-03-31'), 2)
  t.equal(months('2023-11-24', '2026-11-23'), 35)
  t.equal(months('2023-11-23', '2026-11-23'), 36)
  t.equal(months('2026-11-23', '2026-11-22'), -1)
  t.equal(months('2026-11-23', '2026-10-23'), -1)
})

const day = fc.integer({ min: -135_140, max: 157_000 })

t.test('properties of months and years', async () => {
  fc.assert(
    fc.property(day, day, (from, to) => {
      const months = monthsBetween(from, to)
      return (
        yearsBetween(from, to) === Math.floor(months / 12) && // a year is twelve whole months
        (to < from ? months < 0 : months >= 0) &&
        monthsBetween(from, from) === 0 &&
        Math.abs(months * 30.436875 - (to - from)) < 36
      )
    }),
    propertyRuns(5000, 81),
  )
  fc.assert(
    fc.property(day, day, (from, to) => {
      const byOneDay = monthsBetween(from, to + 1) - monthsBetween(from, to)
      const bornEarlier = monthsBetween(from - 1, to) - monthsBetween(from, to)
      return (byOneDay === 0 || byOneDay === 1) && (bornEarlier === 0 || bornEarlier === 1)
    }),
    propertyRuns(5000, 82),
  )
  fc.assert(
    fc.property(day, fc.integer({ min: -1200, max: 1200 }), (from, count) => {
      // The same day of another month, where there is one, is exactly that many months away.
      const { year, month, day: dayOfMonth } = civil(from)
      const index = year * 12 + month - 1 + count
      const to = dayNumber(iso(Math.floor(index / 12), (index % 12) + 1, dayOfMonth))
      return to === null || monthsBetween(from, to) === count
    }),
    propertyRuns(5000, 83),
  )
})
