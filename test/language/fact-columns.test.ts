import t from 'tap'
import { columnsOf, readBlock, readRows } from '../../src/language/fact-columns.ts'
import { type FactType, factSpace, unknownValues } from '../../src/language/fact-space.ts'

const fact = (id: string, type: FactType['type']): FactType => ({
  id,
  type,
  scale: 0,
  unit: null,
  codes: null,
  codeLabels: null,
  label: { en: id, ar: 'س' },
  protected: false,
})
const space = factSpace('household', [fact('count', 'integer'), fact('flag', 'boolean'), fact('sum', 'integer')])

t.test('columns give back the ends they were made of', async (t) => {
  const ends: readonly (readonly [number, number])[][] = [
    [
      [3, 3],
      [1, 1],
      [5, Infinity],
    ],
    [
      [-Infinity, Infinity],
      [0, 1],
      [-Infinity, 9],
    ],
    [
      [0, 0],
      [0, 0],
      [2, 4],
    ],
  ]
  const households = ends.map((pairs) => {
    const values = unknownValues(space)
    pairs.forEach(([lo, hi], slot) => {
      values.lo[slot] = lo
      values.hi[slot] = hi
    })
    return values
  })
  const columns = columnsOf(space, households)
  t.equal(columns[0]?.lo, columns[0]?.hi, 'a fact without bounds needs one array')
  t.not(columns[2]?.lo, columns[2]?.hi, 'a fact with bounds needs two')
  for (let slot = 0; slot < 3; slot++) {
    const lo = new Float64Array(3)
    const hi = new Float64Array(3)
    readBlock(columns[slot], slot === 1, 0, 3, lo, hi)
    t.strictSame(
      [...lo].map((low, row) => [low, hi[row]]),
      ends.map((pairs) => [...(pairs[slot] ?? [])]),
      `slot ${slot}`,
    )
    readRows(columns[slot], slot === 1, 1, Uint16Array.of(1, 0), 2, lo, hi)
    t.strictSame([lo[0], hi[0], lo[1], hi[1]], [...(ends[2]?.[slot] ?? []), ...(ends[1]?.[slot] ?? [])], `rows of slot ${slot}`)
  }
})

t.test('an absent column is unknown; one without bits is known', async (t) => {
  const lo = new Float64Array(2)
  const hi = new Float64Array(2)
  readBlock(undefined, false, 0, 2, lo, hi)
  t.strictSame([...lo, ...hi], [-Infinity, -Infinity, Infinity, Infinity])
  readBlock(undefined, true, 0, 2, lo, hi)
  t.strictSame([...lo, ...hi], [0, 0, 1, 1])
  const values = Uint8Array.of(9, 8, 7, 6)
  readBlock({ lo: values, hi: values, loKnown: null, hiKnown: null }, false, 1, 2, lo, hi)
  t.strictSame([...lo, ...hi], [8, 7, 8, 7])
  readRows({ lo: values, hi: values, loKnown: null, hiKnown: null }, false, 1, Uint16Array.of(2, 0), 2, lo, hi)
  t.strictSame([...lo, ...hi], [6, 8, 6, 8])
  readRows(undefined, true, 0, Uint16Array.of(0, 1), 2, lo, hi)
  t.strictSame([...lo, ...hi], [0, 0, 1, 1])
  readRows(undefined, false, 0, Uint16Array.of(0), 1, lo, hi)
  t.strictSame([lo[0], hi[0]], [-Infinity, Infinity])
})
