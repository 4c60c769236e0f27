/** A column file gives back what was written, all of it or the columns that are wanted, and tells a byte that is not as written. */
import { existsSync } from 'node:fs'
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { type ColumnFile, isColumnFile, readColumnFile, readToRenew, writeColumnFile } from '../../../src/households/nation/column-file.ts'

import { samePart } from '../../../src/households/nation/open-part.ts'
import { copyFlushed } from '../../../src/households/nation/copy-flushed.ts'

const wide = Int32Array.of(1, -70_000, 3)
const columns: ColumnFile = {
  households: 3,
  persons: 4,
  householdRefs: Float64Array.of(11, 12, 2 ** 52),
  personRefs: Float64Array.of(1, 2, 3, 4),
  firstMember: Uint32Array.of(0, 2, 2, 4),
  household: [
    undefined,
    { lo: wide, hi: wide, loKnown: Uint8Array.of(5), hiKnown: Uint8Array.of(5) },
    { lo: Uint8Array.of(1, 2, 3), hi: Uint8Array.of(4, 5, 6), loKnown: null, hiKnown: Uint8Array.of(3) },
  ],
  person: [{ lo: Int16Array.of(1, 2, 3, -4), hi: Int16Array.of(5, 6, 7, 8), loKnown: Uint8Array.of(1), hiKnown: Uint8Array.of(2) }],
}
const path = join(t.testdir(), 'part.columns')
const hash = await writeColumnFile(path, columns)

t.test('everything', async (t) => {
  t.strictSame(await readColumnFile(path, hash), columns)
  t.equal(await writeColumnFile(path, columns), hash)
})

t.test('some columns; the others are as facts that nobody loaded', async (t) => {
  const wanted = { household: new Set([2]), person: new Set<number>() }
  const found = await readColumnFile(path, hash, wanted)
  t.strictSame(found.household, [undefined, undefined, columns.household[2]])
  t.strictSame(found.person, [undefined])
  t.strictSame(found.personRefs, columns.personRefs)
})

t.test('a byte that is not as written is told, wherever it stands', async (t) => {
  const bytes = await readFile(path)
  const broken = join(t.testdir(), 'broken.columns')
  const line = bytes.indexOf(10)
  for (const [at, told] of [
    [3, /is not the file that was written/],
    [line, /is not the file that was written/],
    [line + 1, /householdRefs is not the column that was written/],
  ] as const) {
    const spoilt = Buffer.from(bytes)
    spoilt[at] = (spoilt[at] as number) ^ 1
    await writeFile(broken, spoilt)
    await t.rejects(readColumnFile(broken, hash), told)
  }
  await writeFile(broken, bytes.subarray(0, -16))
  await t.rejects(readColumnFile(broken, hash), /person\.0\.loKnown is not the column that was written/)
  await writeFile(broken, '')
  await t.rejects(readColumnFile(broken, hash), /is not the file that was written/)
})

t.test('a copy is on the disk before it has its name', async (t) => {
  const copy = join(t.testdir(), 'copy.columns')
  const handle = await open(path)
  const prototype = Object.getPrototypeOf(handle) as FileHandle
  await handle.close()
  const named: boolean[] = []
  t.capture(prototype, 'sync', async () => void named.push(existsSync(copy)))
  await copyFlushed(path, copy)
  t.same(named, [false])
  t.strictSame(await readColumnFile(copy, hash), columns)
})

t.test('whether a file stands there whole is seen without reading its columns', async (t) => {
  t.ok(await isColumnFile(path, hash))
  t.notOk(await isColumnFile(path, '0'.repeat(64)))
  t.notOk(await isColumnFile(`${path}.none`, hash))
  const cut = join(t.testdir(), 'cut.columns')
  await writeFile(cut, (await readFile(path)).subarray(0, -1))
  t.notOk(await isColumnFile(cut, hash))
})

t.test('columns of one file go on into another as they were read, beside files that are written at the same time', async (t) => {
  const folder = t.testdir()
  const once = await writeColumnFile(join(folder, 'once'), await readColumnFile(path, hash))
  const read = await readColumnFile(join(folder, 'once'), once)
  const longer = { ...columns, personRefs: Float64Array.of(9, 8, 7, 6, 5), persons: 5 }
  const written = await Promise.all([
    writeColumnFile(join(folder, 'same'), read),
    writeColumnFile(join(folder, 'longer'), longer),
    writeColumnFile(join(folder, 'person'), { ...read, person: longer.person }),
  ])
  t.strictSame([written[0], written[2]], [once, once])
  t.strictSame(await readColumnFile(join(folder, 'same'), once), columns)
  t.strictSame(await readColumnFile(join(folder, 'longer'), written[1]), longer)
})

t.test('most arrays stay in the whole file of an earlier part, through several', async (t) => {
  const folder = t.testdir()
  const at = (name: string): string => join(folder, name)
  const known = Uint8Array.of(4)
  const changed = { ...columns, household: columns.household.with(1, { lo: wide, hi: wide, loKnown: known, hiKnown: known }) }
  const alone = await writeColumnFile(at('alone'), changed)
  const first = await readColumnFile(path, hash)
  const renew = (from: ColumnFile): ColumnFile => ({ ...from, household: from.household.with(1, changed.household[1]) })
  t.equal(await writeColumnFile(at('second'), renew(first), path), alone, 'the hash is that of the arrays, wherever they stand')
  t.ok(existsSync(at('second.whole')))
  t.strictSame(await readColumnFile(at('second'), alone), changed)
  const second = await readColumnFile(at('second'), alone)
  t.equal(
    await writeColumnFile(at('third'), { ...second, personRefs: Float64Array.of(1, 2, 3, 9) }, at('second')),
    await writeColumnFile(at('other'), { ...changed, personRefs: Float64Array.of(1, 2, 3, 9) }),
  )
  await samePart(at('second'), at('named'))
  await samePart(path, at('renamed'))
  t.strictSame(await readColumnFile(at('named'), alone), changed)
  t.strictSame(await readColumnFile(at('renamed'), hash), columns)
  t.ok(await isColumnFile(at('named'), alone))
  t.equal(await writeColumnFile(at('named'), await readColumnFile(at('named'), alone)), alone, 'and whole again')
  t.notOk(existsSync(at('named.whole')))
  await writeFile(at('second.whole.cut'), (await readFile(at('second.whole'))).subarray(0, -8))
  await rename(at('second.whole.cut'), at('second.whole'))
  t.notOk(await isColumnFile(at('second'), alone))
  await rm(at('second.whole'))
  await t.rejects(readColumnFile(at('second'), alone), /is not the column that was written/)
  await writeFile(at('alone.whole'), '')
  await t.rejects(readColumnFile(at('alone'), alone), /is not the file that was written/)
})

t.test('what is left unread stays where it is, or is read when it has to be written again', async (t) => {
  const folder = t.testdir()
  const at = (name: string): string => join(folder, name)
  const none = { household: new Set<number>(), person: new Set<number>() }
  // As columns are made: a fact without bounds has one set of bits.
  const once = await writeColumnFile(at('once'), await readColumnFile(path, hash))
  const unread = await readToRenew(at('once'), once, none)
  for (const [name, earlier] of [
    ['kept', at('once')],
    ['again', null],
  ] as const) {
    t.equal(await writeColumnFile(at(name), unread, earlier), once)
    t.equal(existsSync(at(`${name}.whole`)), earlier !== null)
    t.strictSame(await readColumnFile(at(name), once), columns)
  }
  const bytes = await readFile(at('once'))
  const last = bytes.length - 8
  bytes.writeUInt8(bytes.readUInt8(last) ^ 1, last)
  await writeFile(at('damaged'), bytes)
  await t.rejects(writeColumnFile(at('other'), await readToRenew(at('damaged'), once, none)), /is not the column that was written/)
  await writeFile(at('cut'), bytes.subarray(0, -1))
  await t.rejects(readToRenew(at('cut'), once, none), /is not the file that was written/)
})
