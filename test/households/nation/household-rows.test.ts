/** One household's rows are those that stand in the whole part; the part is checked once, and again where its file is no longer the same. */
import { type FileHandle, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type ColumnFile, readColumnFile, writeColumnFile } from '../../../src/households/nation/column-file.ts'
import { householdApart } from '../../../src/households/nation/household-apart.ts'
import { householdRows } from '../../../src/households/nation/household-rows.ts'
import { type FactColumn, readBlock } from '../../../src/language/fact-columns.ts'

const SIZES = [3, 0, 1, 9, 2, 17, 1, 1, 4, 30, 2]
const HOUSEHOLDS = SIZES.length
const firstMember = Uint32Array.from([0, ...SIZES.map((_, row) => SIZES.slice(0, row + 1).reduce((sum, size) => sum + size, 0))])
const PERSONS = firstMember[HOUSEHOLDS] as number

let drawn = 7
const draw = (below: number): number => (drawn = (drawn * 48_271) % 2_147_483_647) % below
const bits = (rows: number): Uint8Array => Uint8Array.from({ length: (rows + 7) >> 3 }, () => draw(256))
const column = (rows: number, place: number): FactColumn | undefined => {
  const make = [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Float64Array] as const
  const values = () => (make[place % make.length] ?? Uint8Array).from(Array.from({ length: rows }, () => draw(100)))
  const [lo, known] = [values(), bits(rows)]
  if (place % 4 === 0) return undefined
  if (place % 4 === 1) return { lo, hi: lo, loKnown: known, hiKnown: known }
  if (place % 4 === 2) return { lo, hi: lo, loKnown: null, hiKnown: null }
  return { lo, hi: values(), loKnown: known, hiKnown: bits(rows) }
}
const columns: ColumnFile = {
  households: HOUSEHOLDS,
  persons: PERSONS,
  householdRefs: Float64Array.from(SIZES, (_, row) => 1000 - row * 3),
  personRefs: Float64Array.from({ length: PERSONS }, (_, person) => 5000 + person),
  firstMember,
  household: Array.from({ length: 24 }, (_, place) => column(HOUSEHOLDS, place)),
  person: Array.from({ length: 24 }, (_, place) => column(PERSONS, place)),
}
const path = join(t.testdir(), 'part.columns')
const hash = await writeColumnFile(path, columns)

const values = (of: ColumnFile['household'], base: number, rows: number): number[][] =>
  of.map((one) => {
    const [lo, hi] = [new Float64Array(rows), new Float64Array(rows)]
    readBlock(one, false, base, rows, lo, hi)
    return [...lo, ...hi]
  })

async function compare(t: Pick<Test, 'same'>, at: string, expected: string): Promise<void> {
  const whole = await readColumnFile(at, expected)
  for (const [row, ref] of whole.householdRefs.entries()) {
    const [first, size] = [whole.firstMember[row] as number, SIZES[row] as number]
    const found = (await householdRows(at, expected, ref)) as ColumnFile
    t.same([found.households, found.persons, [...found.householdRefs], [...found.firstMember]], [1, size, [ref], [0, size]])
    t.same([...found.personRefs], [...whole.personRefs.subarray(first, first + size)])
    t.same(values(found.household, 0, 1), values(whole.household, row, 1), `household ${ref}`)
    t.same(values(found.person, 0, size), values(whole.person, first, size), `members of ${ref}`)
  }
}

t.test('the rows of each household are those of the whole part', async (t) => {
  await compare(t, path, hash)
  t.equal(await householdRows(path, hash, 999), null)
})

t.test('of a part that stays in an earlier one as well', async (t) => {
  const later = join(t.testdir(), 'later.columns')
  const read = await readColumnFile(path, hash)
  const changed = { ...read, personRefs: read.personRefs.map((ref) => ref + 1) }
  await compare(t, later, await writeColumnFile(later, changed, path))
})

t.test('a part is checked once, and again when its file changes', async (t) => {
  const own = join(t.testdir(), 'own.columns')
  const other = await writeColumnFile(own, { ...columns, personRefs: columns.personRefs.map((ref) => ref + 9) })
  const handle = await open(own)
  const prototype = Object.getPrototypeOf(handle) as FileHandle
  await handle.close()
  const original = Reflect.get(prototype, 'read') as (...args: unknown[]) => unknown
  const reads = t.capture(prototype, 'read', function (this: FileHandle, ...args: unknown[]) {
    return original.apply(this, args)
  })
  const count = async (): Promise<number> => {
    await householdRows(own, other, 1000)
    return reads().length
  }
  t.ok((await count()) > 1)
  t.equal(await count(), 1, 'the line of what stands where')
  const bytes = await readFile(own)
  // Somewhere in the last array, of which the household may have nothing.
  bytes[bytes.length - 9] = (bytes.at(-9) as number) ^ 1
  await writeFile(own, bytes)
  await t.rejects(householdRows(own, other, 1000), /is not the column that was written/)
})

t.test('by a thread: what it found, that the part is gone, and what is wrong with it', async (t) => {
  const task = { path, hash, householdRef: 1000 }
  t.strictSame((await householdApart(task)).rows?.personRefs, Float64Array.of(5000, 5001, 5002))
  t.same(await householdApart({ ...task, householdRef: 999 }), { rows: null })
  t.same(await householdApart({ ...task, path: `${path}.none` }), { rows: null, isGone: true })
  await t.rejects(householdApart({ ...task, hash: '0'.repeat(64) }), { code: 'snapshot-damaged' })
  t.equal((await householdApart(task)).rows?.persons, 3, 'and goes on')
})
