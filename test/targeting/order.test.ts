/** Orders and ranks against naive sorts over big integers; the lazy tie-break against hashing everybody. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { orderRows, orderUnits, rowsByTieBreak, sortKeysOf } from '../../src/targeting/order-rows.ts'
import { radixSort } from '../../src/targeting/radix-sort.ts'
import { rank, rankUnits } from '../../src/targeting/rank.ts'
import { sortRows } from '../../src/targeting/sort-rows.ts'
import { tieBreakOfCycle, tieBreakOfWords } from '../../src/targeting/tie-break.ts'
import { propertyRuns } from '../support/property-runs.ts'

const wordOf = (cycle: string, reference: number): bigint =>
  createHash('sha256').update(`${cycle}:${reference}`, 'utf8').digest().readBigUInt64BE(0)
const rowsOf = (n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => i)
const compare = (a: bigint | number, b: bigint | number): number => (a < b ? -1 : a > b ? 1 : 0)
/** Unknown last in either direction. */
const compareKnown = (a: number, b: number, sign: number): number =>
  Number.isNaN(a) || Number.isNaN(b) ? Number(Number.isNaN(a)) - Number(Number.isNaN(b)) : sign * compare(a, b)

const score = fc.oneof(
  { arbitrary: fc.integer({ min: -3, max: 3 }), weight: 4 },
  fc.maxSafeInteger(),
  fc.constantFrom(NaN, 0, -0, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
)
const unit = fc.record({ score, persons: fc.integer({ min: 0, max: 4 }), area: fc.integer({ min: 0, max: 2 }) })
const direction = fc.constantFrom('lowerIsPoorer' as const, 'higherIsPoorer' as const)

t.test('a tie word is the first 64 bits of SHA-256 over cycle:reference', async (t) => {
  // printf '2026-Q1:17' | sha256sum
  const { high, low } = tieBreakOfCycle('2026-Q1', Float64Array.of(5, 17)).wordsOf(Uint32Array.of(1))
  t.equal((BigInt(high[0] ?? 0) << 32n) | BigInt(low[0] ?? 0), 0x91a034ccfa450dcen)
})

t.test('rows sort as a naive stable sort does, in both directions, unknown last', async () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(score, fc.float()), { maxLength: 40 }), fc.boolean(), fc.boolean(), (units, a, b) => {
      const keys = [
        { values: Float64Array.from(units, ([x]) => x), descending: a },
        { values: Float64Array.from(units, ([, y]) => y), descending: b },
      ]
      const naive = Array.from(rowsOf(units.length)).sort((p, q) => {
        for (const { values, descending } of keys) {
          const order = compareKnown(values[p] as number, values[q] as number, descending ? -1 : 1)
          if (order !== 0) return order
        }
        return 0
      })
      return sortRows(rowsOf(units.length), keys).join() === naive.join()
    }),
    propertyRuns(500, 1),
  )
})

t.test('many rows sort by codes of any width as a stable sort does', async () => {
  const widths = [0, 1, 9, 11, 12, 22, 23, 31, 32]
  fc.assert(
    fc.property(fc.constantFrom(...widths), fc.array(fc.integer({ min: 0, max: 0xffff_ffff }), { maxLength: 300 }), (width, random) => {
      const codes = Uint32Array.from(random, (code) => (width === 0 ? 0 : code >>> (32 - width)))
      const naive = Array.from(codes.keys()).sort((a, b) => (codes[a] as number) - (codes[b] as number) || a - b)
      const most = width === 32 ? 0xffff_ffff : 2 ** width - 1
      return radixSort({ rows: rowsOf(codes.length), codes: codes.slice() }, most).rows.join() === naive.join()
    }),
    propertyRuns(400, 6),
  )
})

t.test('hashing only tied units gives the order that hashing everybody gives, also of many in one tie', async (t) => {
  const lazyAndEager = (scores: readonly number[], cycle: string): boolean => {
    const reference = Float64Array.from(scores, (_, i) => 1000 + 7 * i)
    const words = tieBreakOfCycle(cycle, reference).wordsOf(rowsOf(scores.length))
    const keys = [{ values: Float64Array.from(scores), descending: false }]
    const lazy = orderRows(rowsOf(scores.length), keys, tieBreakOfCycle(cycle, reference))
    const eager = orderRows(rowsOf(scores.length), keys, tieBreakOfWords(words, reference))
    // Sorted before by score and tie-break, as lists of households are; and by a key before that, as tiers are.
    const { settled } = rankUnits(
      { score: Float64Array.from(scores), direction: 'lowerIsPoorer' },
      rowsByTieBreak(scores.length, tieBreakOfCycle(cycle, reference)),
    )
    const tier = { values: Uint8Array.from(scores, (_, i) => i % 3), descending: false }
    const tiered = orderRows(rowsOf(scores.length), [tier, ...keys], tieBreakOfCycle(cycle, reference))
    const known = [settled, orderUnits(scores.length, keys, { settled })].map((rows) => rows.join())
    const isTiered = orderUnits(scores.length, [tier, ...keys], { settled }).join() === tiered.join()
    const naive = Array.from(rowsOf(scores.length)).sort(
      (p, q) =>
        compareKnown(scores[p] as number, scores[q] as number, 1) ||
        compare(wordOf(cycle, reference[p] as number), wordOf(cycle, reference[q] as number)),
    )
    return isTiered && [lazy.join(), eager.join(), ...known].every((rows) => rows === naive.join())
  }
  fc.assert(fc.property(fc.array(score, { maxLength: 40 }), fc.string(), lazyAndEager), propertyRuns(300, 2))
  t.ok(
    lazyAndEager(
      Array.from({ length: 9000 }, (_, i) => (i < 8000 ? 1 : i)),
      'c',
    ),
    'a run above the limit of comparing',
  )
})

t.test('equal words fall to the reference; one reference twice is an error', async (t) => {
  const same = { high: new Uint32Array(3), low: new Uint32Array(3) }
  t.same([...orderRows(rowsOf(3), [], tieBreakOfWords(same, Float64Array.of(30, 10, 20)))], [1, 2, 0])
  t.throws(() => orderRows(rowsOf(3), [], tieBreakOfWords(same, Float64Array.of(30, 10, 30))), /one reference/)
  t.same([...rowsByTieBreak(3, tieBreakOfWords(same, Float64Array.of(30, 10, 20)))], [1, 2, 0])
  t.throws(() => rowsByTieBreak(3, tieBreakOfWords(same, Float64Array.of(30, 10, 30))), /one reference/)
  const halves = { high: Uint32Array.of(7, 7, 3, 7), low: Uint32Array.of(2, 1, 9, 0) }
  t.same([...rowsByTieBreak(4, tieBreakOfWords(halves, Float64Array.of(1, 2, 3, 4)))], [2, 3, 1, 0])
})

t.test("a programme's order ends at its tie-break, and a fact without a column is an error", async (t) => {
  const columns = {
    tier: Uint8Array.of(1, 0),
    score: Float64Array.of(1, 2),
    direction: 'higherIsPoorer' as const,
    applicationDate: Float64Array.of(NaN, 3),
    facts: new Map([['size', Float64Array.of(1, 2)]]),
  }
  const keys = sortKeysOf(
    [
      { by: 'tiers', tiers: [] as never },
      { by: 'score' },
      { by: 'applicationDate' },
      { by: 'fact', fact: 'size', direction: 'descending' },
      { by: 'tieBreak' },
      { by: 'fact', fact: 'never read', direction: 'ascending' },
    ],
    columns,
  )
  t.same(
    keys.map(({ descending }) => descending),
    [false, true, false, true],
  )
  t.throws(() => sortKeysOf([{ by: 'fact', fact: 'age', direction: 'ascending' }], columns), /the fact age/)
})

t.test('ranks by hand: equal scores share one, the next skips, and a group of one is at 100', async (t) => {
  const ranking = rank({
    score: Float64Array.of(20, 10, NaN, 20, 30),
    direction: 'lowerIsPoorer',
    persons: Uint8Array.of(2, 4, 9, 1, 3),
    area: Uint8Array.of(0, 0, 0, 1, 0),
  })
  t.same([...ranking.nation.rank], [2, 1, 0, 2, 4])
  t.same([...ranking.nation.percentile], [50, 25, 0, 50, 100])
  // Of 10 persons: ranks 5, 1, -, 5, 8.
  t.same([...ranking.nation.personPercentile], [50, 10, 0, 50, 80])
  t.same([...ranking.area.rank], [2, 1, 0, 1, 3])
  t.same([...ranking.area.percentile], [67, 34, 0, 100, 100])
  // Of 9 persons in area 0: ranks 5, 1, 7.
  t.same([...ranking.area.personPercentile], [56, 12, 0, 100, 78])
})

t.test('ranks and percentiles against a naive count in big integers', async (t) => {
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 30 }), direction, (units, direction) => {
      const { nation, area } = rankOf(units, direction)
      const sign = direction === 'lowerIsPoorer' ? 1 : -1
      units.forEach((own, row) => {
        for (const [standing, all] of [
          [nation, units],
          [area, units.filter((other) => other.area === own.area)],
        ] as const) {
          const scored = all.filter(({ score }) => !Number.isNaN(score))
          const poorer = scored.filter(({ score }) => compareKnown(score, own.score, sign) < 0)
          const persons = (list: typeof units): number => list.reduce((sum, { persons }) => sum + persons, 0)
          const known = !Number.isNaN(own.score)
          t.equal(standing.rank[row], known ? poorer.length + 1 : 0)
          t.equal(standing.percentile[row], known ? percentile(poorer.length + 1, scored.length) : 0)
          t.equal(standing.personPercentile[row], known ? percentile(persons(poorer) + 1, persons(scored)) : 0)
        }
      })
    }),
    propertyRuns(60, 3),
  )
})

t.test('where every unit is one person, the weighted percentile is the plain one', async () => {
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 30 }), direction, (units, direction) => {
      const { nation } = rankOf(
        units.map((own) => ({ ...own, persons: 1 })),
        direction,
      )
      return nation.percentile.join() === nation.personPercentile.join()
    }),
    propertyRuns(100, 4),
  )
})

interface Unit {
  readonly score: number
  readonly persons: number
  readonly area: number
}

function rankOf(units: readonly Unit[], direction: 'lowerIsPoorer' | 'higherIsPoorer') {
  return rank({
    score: Float64Array.from(units, ({ score }) => score),
    direction,
    persons: Uint8Array.from(units, ({ persons }) => persons),
    area: Uint8Array.from(units, ({ area }) => area),
  })
}

function percentile(rank: number, count: number): number {
  if (count === 0) return 0
  const n = BigInt(count)
  return Number((100n * BigInt(Math.min(rank, count)) + n - 1n) / n)
}
