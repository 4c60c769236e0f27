/** Property: each person has exactly his rows, in the order in which they came, wherever rows of others and of nobody stand. */
import fc from 'fast-check'
import t from 'tap'
import { placeRows } from '../../../src/households/nation/place-rows.ts'
import { propertyRuns } from '../../support/property-runs.ts'

const key = fc.tuple(fc.integer({ min: -2, max: 3 }), fc.integer({ min: 1, max: 4 }))
type Key = readonly [home: number, ref: number]
const byKey = ([a, b]: Key, [c, d]: Key): number => a - c || b - d
const sorted = fc.array(key, { maxLength: 12 }).map((keys) => keys.toSorted(byKey))
/** As a table is that was sorted once, behind which later rows were written. */
const rows = fc.tuple(sorted, fc.oneof(fc.constant([]), sorted)).map((runs) => runs.flat())
const persons = fc.uniqueArray(key, { selector: String, maxLength: 12 }).map((keys) => keys.toSorted(byKey))

t.test('rows in order, and rows that were written later', async (t) => {
  let [inOrder, anew] = [0, 0]
  fc.assert(
    fc.property(persons, rows, (people, keys) => {
      const column = (of: readonly Key[], at: 0 | 1): Float64Array => Float64Array.from(of, (one) => one[at])
      const number = Float64Array.from(keys, (_, row) => row)
      const placed = placeRows({ home: column(people, 0), ref: column(people, 1) }, [column(keys, 0), column(keys, 1), number])
      if (placed.columns[0] === number) inOrder++
      else anew++
      return people.every(([home, ref], person) => {
        const [from, to] = [Number(placed.ranges[2 * person]), Number(placed.ranges[2 * person + 1])]
        const own = Array.from({ length: to - from }, (_, n) => placed.columns[0]?.[from + n])
        const wanted = keys.flatMap(([h, r], row) => (h === home && r === ref ? [row] : []))
        return own.join() === wanted.join()
      })
    }),
    propertyRuns(2_000, 3_301),
  )
  t.ok(inOrder > 100 && anew > 100, `${inOrder} in order, ${anew} moved`)
})
