/** Tie words are those of the published rule, however often, of which cycle and in whatever order they are asked for. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { tieBreakOfCycle } from '../../src/targeting/tie-break.ts'
import { propertyRuns } from '../support/property-runs.ts'

const word = (cycle: string, reference: number): bigint =>
  BigInt(`0x${createHash('sha256').update(`${cycle}:${reference}`).digest('hex').slice(0, 16)}`)
const wordsOf = (cycle: string, references: readonly number[]): bigint[] => {
  const { high, low } = tieBreakOfCycle(cycle, Float64Array.from(references)).wordsOf(Uint32Array.from(references, (_, row) => row))
  return [...high].map((value, index) => (BigInt(value) << 32n) | BigInt(low[index] as number))
}

/** Words end anywhere in a word of four bytes; the longest leave no room in a block. */
const cycles = fc.oneof(
  fc.constantFrom('autumn', 'دورة الخريف', ''),
  fc.nat(70).map((length) => 'c'.repeat(length)),
)
const references = fc.oneof(
  fc.nat(50),
  fc.maxSafeNat(),
  fc.nat(15).chain((digits) => fc.constantFrom(10 ** digits, 10 ** digits - 1, 7 * 10 ** digits)),
)

t.test('as published', async () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(cycles, fc.array(references, { maxLength: 40 })), { maxLength: 5 }), (asked) =>
      asked.every(([cycle, references]) =>
        wordsOf(cycle, references).every((found, index) => found === word(cycle, references[index] as number)),
      ),
    ),
    propertyRuns(60, 21),
  )
})

t.test('thousands, references that differ above 32 bits only among them', async (t) => {
  const references = Array.from({ length: 6_000 }, (_, index) => (index % 3 === 0 ? index * 2 ** 32 + 7 : index * 1_000_003))
  const expected = references.map((reference) => word('spring', reference))
  t.same(wordsOf('spring', references), expected)
  t.same(wordsOf('spring', references.toReversed()), expected.toReversed(), 'in whatever order')
})

t.test('the greatest reference, behind the longest word that fits into a block, and behind one that does not', async (t) => {
  for (const length of [38, 39]) {
    const cycle = 'c'.repeat(length)
    t.same(wordsOf(cycle, [Number.MAX_SAFE_INTEGER, 0]), [word(cycle, Number.MAX_SAFE_INTEGER), word(cycle, 0)])
  }
})
