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

t.test('as published', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('autumn', 'winter'), fc.array(fc.oneof(fc.nat(50), fc.maxSafeNat()), { maxLength: 40 }))),
      (asked) =>
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
  t.same(wordsOf('spring', references.toReversed()), expected.toReversed(), 'known by now')
})
