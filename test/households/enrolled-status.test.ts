/** Differential: who is enrolled is the same told for one household and for many; nothing else of a household changes. */
import t from 'tap'
import { fillEnrolled, isEnrolledAt, type Served, setEnrolled, statusSlots } from '../../src/households/enrolled-status.ts'
import type { ValueColumns } from '../../src/language/catalogue/assembly/chunk.ts'
import { unknownValues } from '../../src/language/fact-space.ts'
import { shippedBundle } from '../../src/programmes/shipped-bundle.ts'
import { seeded } from '../bench/support/random-household.ts'
import { propertyRuns, tellCount } from '../support/property-runs.ts'

const { bundle } = shippedBundle()
if (!bundle) throw new Error('the shipped files do not check')
const { catalogue } = bundle
const [status] = statusSlots(catalogue)
if (!status) throw new Error('no shipped fact tells a status')

t.test('the shipped status has the code that an enrolment sets', async (t) => {
  t.equal(status.programme, 'unified-cash-transfer')
  t.equal(status.type.codes?.[status.enrolled], 'enrolled')
})

t.test('one household and many, by households and by members, some of whom live elsewhere by now', async (t) => {
  const { numRuns, seed } = propertyRuns(400, 17)
  const random = seeded(seed)
  const sizes = Array.from({ length: numRuns }, () => Math.floor(random() * 5))
  const householdRefs = Float64Array.from(sizes, (_, row) => 10 + row * 3)
  const firstMember = Uint32Array.from([0, ...sizes.map((_, row) => sizes.slice(0, row + 1).reduce((sum, size) => sum + size, 0))])
  const personRefs = Float64Array.from({ length: firstMember[numRuns] as number }, (_, person) => 5_000 + person * 7)
  const some = (refs: Float64Array, share: number): Set<number> => new Set([...refs, 1, 2].filter(() => random() < share))
  const served: Served = new Map([
    ['unified-cash-transfer', { households: some(householdRefs, 0.1), persons: some(personRefs, 0.1) }],
    ['elsewhere', { households: new Set(householdRefs), persons: new Set() }],
  ])
  const column = { lo: new Float64Array(numRuns).fill(NaN), hi: new Float64Array(numRuns).fill(NaN) }
  const columns: ValueColumns = catalogue.household.types.map((_, slot) => (slot === status.slot ? column : undefined))
  fillEnrolled(catalogue, { householdRefs, personRefs, firstMember }, served, columns)
  const units = served.get('unified-cash-transfer')
  let enrolled = 0
  sizes.forEach((_, row) => {
    const members = [...personRefs.subarray(firstMember[row], firstMember[row + 1])]
    const isServed = units?.households.has(householdRefs[row] as number) || members.some((ref) => units?.persons.has(ref))
    const values = unknownValues(catalogue.household)
    setEnrolled(catalogue, values, new Set(isServed ? ['unified-cash-transfer', 'elsewhere'] : ['elsewhere']))
    if (isEnrolledAt(values, status)) enrolled++
    const found = Number.isNaN(column.lo[row]) ? [-Infinity, Infinity] : [column.lo[row], column.hi[row]]
    if (found[0] !== values.lo[status.slot] || found[1] !== values.hi[status.slot]) t.fail(`household ${row}`)
    const plain = unknownValues(catalogue.household)
    plain.lo[status.slot] = values.lo[status.slot] as number
    plain.hi[status.slot] = values.hi[status.slot] as number
    if (row < 5) t.strictSame(values, plain, 'nothing else is set')
  })
  t.ok(enrolled > numRuns / 10 && enrolled < numRuns / 2)
  tellCount(enrolled, 'households enrolled, told alone and in columns', seed)
})

t.test('a fact without the code, and a programme that nobody asks about', async (t) => {
  const type = { ...status.type, codes: ['eligible'] }
  const types = catalogue.household.types.map((one, slot) => (slot === status.slot ? type : one))
  const other = { ...catalogue, household: { ...catalogue.household, types } }
  const values = unknownValues(other.household)
  setEnrolled(other, values, new Set(['unified-cash-transfer']))
  t.strictSame(values, unknownValues(other.household))
  t.notOk(isEnrolledAt(values, statusSlots(other)[0] as typeof status))
})
