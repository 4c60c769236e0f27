import fc from 'fast-check'
import t from 'tap'
import { PERSON_REF_LIMIT, personPermutation } from '../../src/warehouse/person-permutation.ts'
import { propertyRuns } from '../support/property-runs.ts'

const key = Uint8Array.from({ length: 16 }, (_, i) => i * 7)

t.test('references are unique, exact and not in order', async (t) => {
  const permute = personPermutation(key)
  const references = Array.from({ length: 200_000 }, (_, i) => permute(i))
  t.equal(new Set(references).size, references.length)
  t.ok(references.every((ref) => Number.isSafeInteger(ref) && ref >= 0 && ref < PERSON_REF_LIMIT))
  const rising = references.filter((ref, i) => i > 0 && ref > (references[i - 1] as number)).length
  t.ok(Math.abs(rising / references.length - 0.5) < 0.01, 'neighbours tell nothing of each other')
  const high = references.filter((ref) => ref >= PERSON_REF_LIMIT / 2).length
  t.ok(Math.abs(high / references.length - 0.5) < 0.01, 'the whole range is used')
})

t.test('another key gives other references, the same key the same', async (t) => {
  const other = personPermutation(Uint8Array.from(key, (byte) => byte ^ 1))
  t.equal(personPermutation(key)(12), personPermutation(key)(12))
  t.not(other(12), personPermutation(key)(12))
})

t.test('two counters never share a reference (property)', async () => {
  const permute = personPermutation(key)
  const counter = fc.maxSafeNat().map((n) => n % PERSON_REF_LIMIT)
  fc.assert(
    fc.property(counter, counter, (a, b) => (a === b) === (permute(a) === permute(b))),
    propertyRuns(5000, 71),
  )
})

t.test('a counter outside the domain and a short key are refused', async (t) => {
  t.throws(() => personPermutation(key)(PERSON_REF_LIMIT), RangeError)
  t.throws(() => personPermutation(key)(-1), RangeError)
  t.throws(() => personPermutation(new Uint8Array(8)), RangeError)
})
