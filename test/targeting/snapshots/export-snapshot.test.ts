/** A snapshot written as Parquet says what its column files say: typed, unknown as null, both ends of what is bounded. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import t from 'tap'
import { tellsAddress } from '../../../src/determinations/visible-facts.ts'
import { writeColumnFile } from '../../../src/households/nation/column-file.ts'
import type { ValueColumns } from '../../../src/language/catalogue/assembly/chunk.ts'
import type { FactSpace } from '../../../src/language/fact-space.ts'
import { packColumn } from '../../../src/language/pack-columns.ts'
import type { Snapshot } from '../../../src/targeting/run/snapshot.ts'
import { exportSnapshot } from '../../../src/targeting/snapshots/export-snapshot.ts'
import { shipped } from '../../rules/real-rows.ts'

const { catalogue } = shipped
const folder = t.testdir()

/** One fact of each type, and one with bounds, of the shipped catalogue. */
const examples = (space: FactSpace, isBounded: boolean) =>
  (['integer', 'decimal', 'boolean', 'date', 'category'] as const).flatMap(
    (type) => space.types.find((one) => one.type === type && (catalogue.facts.get(one.id)?.bounded === true) === isBounded) ?? [],
  )
const plain = examples(catalogue.household, false)
const bounded = examples(catalogue.household, true)

/** Three households: known, unknown, and known again by other values. */
function columns(space: FactSpace): ValueColumns {
  return space.types.map((type) => {
    if (plain.includes(type)) {
      const lo = Float64Array.of(1, NaN, 0)
      return { lo, hi: lo }
    }
    return bounded.includes(type) ? { lo: Float64Array.of(1234, 5, NaN), hi: Float64Array.of(1234, 9, 7) } : undefined
  })
}

async function snapshotOf(name: string, facts = columns): Promise<Snapshot> {
  const own = join(folder, name)
  mkdirSync(own)
  const hash = await writeColumnFile(join(own, `${'0'.repeat(12)}.columns`), {
    households: 3,
    persons: 4,
    householdRefs: Float64Array.of(11, 12, 14),
    personRefs: Float64Array.of(101, 102, 103, 104),
    firstMember: Uint32Array.of(0, 2, 3, 4),
    household: facts(catalogue.household).map((column) => column && packColumn(column, 3)),
    person: facts === columns ? [] : facts(catalogue.person).map((column) => column && packColumn(column, 4)),
  })
  const sources = { asOf: '2026-11-01', versionSet: 'a'.repeat(64), replica: '', usable: [], declared: '', served: '' }
  return { hash: 'b'.repeat(64), folder: own, manifest: { sources, parts: [{ from: 0, to: 16_384, households: 3, persons: 4, hash }] } }
}

const nobody = { households: new Set<number>(), persons: new Set<number>() }
const written = { memoryMb: 256, catalogue, sheltered: nobody, onProgress: () => undefined, signal: new AbortController().signal }

t.test('values, references and what they mean', async (t) => {
  t.ok(plain.length >= 4 && bounded.length >= 1, 'the catalogue has facts of most types')
  const to = join(folder, 'out')
  mkdirSync(to)
  t.same(await exportSnapshot({ ...written, snapshot: await snapshotOf('one'), folder: to }), { households: 3, persons: 4 })
  t.same(readdirSync(to).toSorted(), ['households', 'manifest.json', 'persons'])
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const query = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson()
  const rows = await query(`SELECT * FROM read_parquet('${to}/households/*.parquet') ORDER BY household_ref`)
  t.same(
    rows.map((row) => row['household_ref']),
    ['11', '12', '14'],
  )
  for (const { id, type, codes, scale } of plain) {
    const first = { integer: '1', decimal: (1 / 10 ** scale).toFixed(scale), boolean: true, date: '1970-01-02', category: codes?.[1] }[type]
    const last = { integer: '0', decimal: (0).toFixed(scale), boolean: false, date: '1970-01-01', category: codes?.[0] }[type]
    t.same(
      rows.map((row) => row[id]),
      [first, null, last],
      `${id}, ${type}`,
    )
  }
  for (const { id, scale } of bounded) {
    const shown = (value: number | null): string | null => (value === null ? null : (value / 10 ** scale).toFixed(scale))
    t.same(
      rows.map((row) => [row[id], row[`${id}_min`], row[`${id}_max`]]),
      [
        [1234, 1234, 1234],
        [null, 5, 9],
        [null, null, 7],
      ].map((three) => three.map(shown)),
      `${id}: exactly known only where its ends meet`,
    )
  }
  t.same(await query(`SELECT household_ref, person_ref FROM read_parquet('${to}/persons/*.parquet') ORDER BY person_ref`), [
    { household_ref: '11', person_ref: '101' },
    { household_ref: '11', person_ref: '102' },
    { household_ref: '12', person_ref: '103' },
    { household_ref: '14', person_ref: '104' },
  ])
  const metadata = await query(
    `SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${to}/households/000000.parquet') WHERE decode(key) IN ('snapshot', 'facts')`,
  )
  const about = Object.fromEntries(metadata.map(({ key, value }) => [key, value]))
  t.equal(about['snapshot'], 'b'.repeat(64))
  const facts = JSON.parse(String(about['facts'])) as { column: string; unit: string | null; label: { en: string; ar: string } }[]
  for (const type of bounded)
    t.match(
      facts.find(({ column }) => column === `${type.id}_max`),
      { unit: type.unit, label: type.label },
    )
  connection.closeSync()
  instance.closeSync()
})

t.test('where somebody sheltered lives is unknown, of her household and whoever is in it; nothing else is', async (t) => {
  // Every category is its first code, wholly known or with a row that is not.
  const codes = (space: FactSpace): ValueColumns => {
    const lo = space === catalogue.household ? Float64Array.of(0, 0, 0) : Float64Array.of(0, 0, 0, NaN)
    return space.types.map(({ type }) => (type === 'category' ? { lo, hi: lo } : undefined))
  }
  const to = join(folder, 'sheltered')
  const sheltered = { households: new Set([12]), persons: new Set([102]) }
  await exportSnapshot({ ...written, sheltered, snapshot: await snapshotOf('three', codes), folder: to })
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const told = { places: 0, others: 0 }
  for (const [unit, space] of [
    ['household', catalogue.household],
    ['person', catalogue.person],
  ] as const) {
    const rows = (
      await connection.runAndReadAll(`SELECT * FROM read_parquet('${to}/${unit}s/*.parquet') ORDER BY ${unit}_ref`)
    ).getRowObjectsJson()
    for (const { id, type, codes: texts } of space.types) {
      if (type !== 'category' || catalogue.facts.get(id)?.bounded === true) continue
      const [code, isPlace] = [texts?.[0] as string, tellsAddress(catalogue, id)]
      told[isPlace ? 'places' : 'others']++
      const kept = isPlace ? null : code
      t.same(
        rows.map((row) => row[id]),
        unit === 'household' ? [kept, kept, code] : [kept, kept, kept, null],
        id,
      )
    }
  }
  t.ok(told.places > 1 && told.others > 1, JSON.stringify(told))
  connection.closeSync()
  instance.closeSync()
})

t.test('a folder that holds something stays as it is, and nothing half written is left', async (t) => {
  const taken = join(folder, 'taken')
  mkdirSync(taken)
  writeFileSync(join(taken, 'mine'), '')
  const snapshot = await snapshotOf('two')
  await t.rejects(exportSnapshot({ ...written, snapshot, folder: taken }), /not empty/)
  t.same(readdirSync(taken), ['mine'])
  const to = join(folder, 'stopped')
  await t.rejects(exportSnapshot({ ...written, snapshot, folder: to, signal: AbortSignal.abort() }))
  const [part] = snapshot.manifest.parts
  const other = { ...snapshot, manifest: { ...snapshot.manifest, parts: part ? [{ ...part, hash: 'c'.repeat(64) }] : [] } }
  await t.rejects(exportSnapshot({ ...written, snapshot: other, folder: to }), /not the file that was written/)
  t.same(
    readdirSync(folder).filter((name) => name.startsWith('stopped')),
    [],
  )
})
