/** Counts with the keys of their contents: put together and taken apart, they are those of the units. */
import t from 'tap'
import { countKeyed, keyedAt, keyedCounts, keyedRest, keyedSum, NO_UNITS } from '../../src/kernel/keyed-counts.ts'

t.test('keys add up modulo 2^32, place by place', async (t) => {
  const counts = keyedCounts(2)
  for (const key of [2 ** 32 - 1, 5, 2 ** 31]) countKeyed(counts, 1, key)
  t.same(keyedAt(counts, 0), NO_UNITS)
  t.same(keyedAt(counts, 1), { units: 3, key: 2 ** 31 + 4 })
})

t.test('a sum is of all its parts, and what is left without one is the others', async (t) => {
  const [a, b] = [
    { units: 3, key: 2 ** 32 - 2 },
    { units: 4, key: 7 },
  ]
  t.same(keyedSum([a, b]), { units: 7, key: 5 })
  t.same(keyedRest(keyedSum([a, b]), b), a)
  t.same(keyedRest(keyedSum([a, b]), a), b)
  t.same(keyedSum([]), NO_UNITS)
})
