/** Property: parts made from those of an earlier snapshot, of which only the homes that a refresh tells were assembled, are byte for byte the parts that assembling everybody writes. */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import t from 'tap'
import type { DeclaredAnswers } from '../../../src/households/declared.ts'
import { statusSlots, type Served } from '../../../src/households/enrolled-status.ts'
import { type AssembledRange, assembleRange } from '../../../src/households/nation/assemble-range.ts'
import { readColumnFile, type WantedSlots, writeColumnFile } from '../../../src/households/nation/column-file.ts'
import { columnsFrom, elsewhereColumns, newElsewhere } from '../../../src/households/nation/elsewhere-columns.ts'
import { factsMoved } from '../../../src/households/nation/facts-moved.ts'
import { type HomeRange, readElsewhere } from '../../../src/households/nation/read-chunk.ts'
import { refreshReplica, type ReplicaRefresh } from '../../../src/households/nation/refresh-replica.ts'
import { renewParts } from '../../../src/households/nation/renew-parts.ts'
import { isoOfDay } from '../../../src/kernel/date.ts'
import type { Catalogue } from '../../../src/language/catalogue/catalogue.ts'
import { compileChunk } from '../../../src/language/catalogue/assembly/compile-chunk.ts'
import { closureOf } from '../../../src/language/catalogue/sql/levels.ts'
import type { FactSpace } from '../../../src/language/fact-space.ts'
import { openReplica } from '../../../src/warehouse/replica/open-replica.ts'
import { countOf } from '../../../src/warehouse/replica/read-columns.ts'
import { movedSince } from '../../../src/warehouse/replica/replica-state.ts'
import { BUCKETS } from '../../../src/warehouse/replica/refresh-registry.ts'
import { day, shipped } from '../../rules/real-rows.ts'
import { seededWarehouse, usableRegistries } from '../seeded-warehouse.ts'
import { changeSomething, drawing } from './random-changes.ts'

const { catalogue } = shipped
const asOf = day('2026-11-01')
const STEPS = Number(process.env['RENEW_STEPS'] ?? 6)
const seed = Number(process.env['RENEW_SEED'] ?? 6)
/** Whatever a change reaches, some of these columns are other ones and some stay. */
const someSlots = ({ household, person }: Catalogue): WantedSlots => {
  const third = ({ types }: FactSpace) => new Set(types.flatMap((_, slot) => (slot % 3 === 0 ? [slot] : [])))
  return { household: third(household), person: third(person) }
}
/** Homes of a part: several parts, of which a change touches some. */
const SIZE = 40

type Parts = readonly (AssembledRange & { readonly path: string; readonly range: HomeRange })[]

t.test(`renewed, seed ${seed}`, async (t) => {
  const database = await seededWarehouse(t, 200, isoOfDay(asOf))
  const folder = t.testdir()
  const file = join(folder, 'replica.duckdb')
  const replica = await openReplica({ file, memoryMb: 512, threads: 2 }, 'write')
  t.teardown(() => replica.close())
  const { connection } = replica
  const refresh = (): Promise<ReplicaRefresh> => refreshReplica({ database, catalogue, connection, file })
  const wanted = new Set(catalogue.facts.keys())
  const usable = await usableRegistries(database, asOf)
  const assembly = compileChunk(catalogue, { wanted, usable, asOfDay: asOf })
  const draw = drawing(seed)
  const served: Served = new Map(
    statusSlots(catalogue).map(({ programme }) => [programme, { households: new Set([3, 50]), persons: new Set([12]) }]),
  )
  const given = { catalogue, asOf, wanted, served }

  /** Everybody. */
  const assemble = async (name: string, declared: ReadonlyMap<number, DeclaredAnswers>): Promise<Parts> => {
    mkdirSync(join(folder, name))
    const ranges = await rangesOf(connection)
    const slots = newElsewhere(catalogue, assembly.elsewhereSlots, await countOf(connection, 'SELECT count(*) FROM relative'))
    const elsewhere = elsewhereColumns(catalogue, slots)
    for (const range of [{ from: -BUCKETS, to: 0 }, ...ranges]) {
      const { rows, from } = await readElsewhere(connection, { reads: assembly.reads, asOf, range })
      assembly.elsewhere(rows, columnsFrom(elsewhere, from, rows.persons))
    }
    const parts: Parts[number][] = []
    for (const range of ranges) {
      const path = join(folder, name, String(range.from))
      parts.push({ ...(await assembleRange(connection, assembly, { ...given, range, path, declared, elsewhere })), path, range })
    }
    return parts
  }

  let { stamp } = await refresh()
  let declared: ReadonlyMap<number, DeclaredAnswers> = new Map()
  let before = await assemble('begin', declared)
  let renewed = 0
  let spared = 0
  let kept = 0
  let narrowed = 0
  for (let step = 1; step <= STEPS; step++) {
    const told = await changeSomething(database, draw, { number: step, asOf: isoOfDay(asOf), rows: 6 })
    const answered = step % 2 === 0 ? [] : [1 + draw(200)]
    declared = new Map([
      ...declared,
      ...answered.map((home): [number, DeclaredAnswers] => [
        home,
        { applicationId: null, answers: { expenses: { food: { amount: 100 + step } } }, members: [] },
      ]),
    ])
    const { changedHomes, stamp: now } = await refresh()
    const registries = (await movedSince(connection, stamp))?.registries ?? null
    stamp = now
    const whole = await assemble(`whole-${step}`, declared)
    if (changedHomes) {
      const homes = Float64Array.from(new Set([...changedHomes, ...answered])).toSorted()
      mkdirSync(join(folder, `renewed-${step}`))
      const facts = answered.length > 0 || registries === null ? null : factsMoved(catalogue, registries)
      const [by, few] = facts
        ? [
            compileChunk(catalogue, { wanted: closureOf(catalogue, facts), usable, asOfDay: asOf }),
            { facts, checked: someSlots(catalogue) },
          ]
        : [assembly, null]
      if (facts && facts.size > 0) narrowed++
      const parts = whole.map(({ range }, index) => ({
        range,
        path: join(folder, `renewed-${step}`, String(range.from)),
        base: before[index] ?? null,
      }))
      const came = await renewParts(connection, by, { ...given, parts, homes, declared, few })
      t.same(
        came.map(({ households, persons, hash }) => [households, persons, hash]),
        whole.map(({ households, persons, hash }) => [households, persons, hash]),
        `step ${step}: ${told}; ${homes.length} homes, ${facts?.size ?? 'all'} facts`,
      )
      for (const [index, { hash, checked }] of came.entries()) {
        const file = few && (await readColumnFile(parts[index]?.path ?? '', hash, few.checked))
        t.strictSame(checked, file, 'what was checked is what the file holds')
      }
      // What was left unread is read here.
      for (const [index, { hash }] of came.entries())
        t.strictSame(await readColumnFile(parts[index]?.path ?? '', hash), await readColumnFile(whole[index]?.path ?? '', hash))
      renewed += homes.length
      spared += whole.reduce((total, part) => total + part.households, 0) - homes.length
      kept += parts.filter(({ path }) => existsSync(`${path}.whole`)).length
      // The next begin from what was renewed, whose arrays stand in files of several snapshots.
      before = came.map((part, index) => ({ ...part, path: parts[index]?.path ?? '', range: parts[index]?.range as HomeRange }))
    } else before = whole
  }
  await t.test('a base that lacks a column is none to begin from, whether its part changed or not', async (t) => {
    const { path, range, hash } = before[0] as Parts[number]
    const lacking = join(folder, 'lacking')
    const columns = await readColumnFile(path, hash)
    const { household } = columns
    const slot = household.findIndex((column) => column)
    const base = {
      ...before[0],
      path: lacking,
      hash: await writeColumnFile(lacking, { ...columns, household: household.with(slot, undefined) }),
    }
    for (const home of [range.from, range.to]) {
      const parts = [{ range, path: join(folder, `from-lacking-${home}`), base: base as Parts[number] }]
      await t.rejects(renewParts(connection, assembly, { ...given, parts, homes: Float64Array.of(home), declared, few: null }), {
        message: `${lacking}: ${catalogue.household.types[slot]?.id} of the household is not the column that was written: there is none`,
      })
    }
  })
  t.ok(narrowed > 0, `${narrowed} times a few facts alone were computed`)
  t.ok(kept > 0, `${kept} parts have most of their arrays in a file of an earlier snapshot`)
  t.ok(renewed > 0 && spared > renewed, `${renewed} households assembled again, ${spared} taken over`)
})

async function rangesOf(connection: DuckDBConnection): Promise<HomeRange[]> {
  const last = await countOf(connection, 'SELECT max(home) FROM member')
  return Array.from({ length: Math.floor(last / SIZE) + 1 }, (_, n) => ({ from: n * SIZE, to: (n + 1) * SIZE }))
}
