/** Who is below a line. */
import t from 'tap'
import { poorBelow } from '../../../src/simulation/measures/poverty-line.ts'

t.test('strictly below; unknown stays unknown', async (t) => {
  t.same([...poorBelow(Float64Array.of(9, 10, NaN), 10)], [1, 0, NaN])
  t.same([...poorBelow(Float64Array.of(9, 9, 9), Float64Array.of(10, 9, NaN))], [1, 0, NaN])
  t.throws(() => poorBelow(Float64Array.of(1), -1), RangeError)
})
