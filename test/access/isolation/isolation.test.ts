/** The isolation matrix in pairs: every registry and every entity in every form, every column at least once. Whole: `npm run test:long isolation`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { seedPopulation } from '../../../src/households/synthetic-nation.ts'
import { entities } from '../../../src/warehouse/shared-lists.ts'
import { testDatabase } from '../../support/database.ts'
import { AS_OF } from '../../support/seeded-app.ts'
import { LIST, LIST_COLUMNS } from '../../../src/access/grants/ranked-lists.ts'
import { derivedForms, holdDerived, holdListed } from './derived.ts'
import { type Cell, type Count, holdQuery, holdSql } from './cells.ts'
import { queryForms, sqlForms } from './forms.ts'
import { definitions, isolation, LISTED } from './isolation.ts'

const dataDirectory = mkdtempSync(join(tmpdir(), 'mizan-isolation-'))
t.teardown(() => rmSync(dataDirectory, { recursive: true, force: true }))
const database = await testDatabase(t)
await seedPopulation(database, { households: 12, seed: 7, asOf: AS_OF })
const names = entities.map(({ id }) => id)

/** Registry n with entity n + f in form f: each form meets all registries and all entities, and columns take turns. */
function cellsOf(forms: readonly string[]): Cell[] {
  const turn = new Map<string, number>()
  const most = Math.max(definitions.length, names.length)
  return forms.flatMap((form, f) =>
    Array.from({ length: most }, (_, n): Cell => {
      const { id: registry, columns } = definitions[n % definitions.length] as (typeof definitions)[number]
      const next = turn.get(registry) ?? 0
      turn.set(registry, next + 1)
      const column = (columns[next % columns.length] as (typeof columns)[number]).name
      return { entity: names[(n + f) % names.length] as string, registry, column, form }
    }),
  )
}

const queries = cellsOf(Object.keys(queryForms))
const statements = cellsOf(Object.keys(sqlForms))
const wanted = new Map<string, Set<string>>()
for (const { entity, registry } of [...queries, ...statements]) wanted.set(entity, (wanted.get(entity) ?? new Set()).add(registry))
const walls = await isolation(database, dataDirectory, wanted, 5)
t.teardown(walls.close)

t.test('queries through the service: with both walls, and with either of them alone', async (t) => {
  const count: Count = { granted: 0, refused: 0 }
  // With both walls, and in turn with one of them alone.
  for (const [n, cell] of queries.entries()) await holdQuery(t, walls, cell, ['both', n % 2 === 0 ? 'serviceOff' : 'databaseOff'], count)
  t.ok(count.granted > 100 && count.refused > 100, JSON.stringify(count))
})

t.test('plain SQL on the entity’s own connection', async (t) => {
  const count: Count = { granted: 0, refused: 0 }
  for (const cell of statements) await holdSql(t, walls, cell, count)
  t.ok(count.granted > 100 && count.refused > 100, JSON.stringify(count))
})

t.test('what is derived: explanations and simulations tell of no column that is not granted', async (t) => {
  const count: Count = { granted: 0, refused: 0 }
  for (const [n, cell] of cellsOf(derivedForms).entries())
    await holdDerived(t, walls, cell, ['both', n % 2 === 0 ? 'serviceOff' : 'databaseOff'], count)
  t.ok(count.granted > 20 && count.refused > 100, JSON.stringify(count))
})

t.test('columns of a list, as pages, files and fields that are named, and as plain SQL', async (t) => {
  const count: Count = { granted: 0, refused: 0 }
  for (const [n, column] of LIST_COLUMNS.entries()) {
    const entity = names[n % names.length] as string
    await holdListed(t, walls, entity, column, count)
    for (const form of Object.keys(sqlForms)) await holdSql(t, walls, { entity, registry: LIST + LISTED, column, form }, count)
  }
  t.ok(count.granted > 20 && count.refused > 20, JSON.stringify(count))
})

t.test('the pairs are all there', async (t) => {
  for (const [cells, forms] of [
    [queries, Object.keys(queryForms)],
    [statements, Object.keys(sqlForms)],
  ] as const)
    for (const form of forms) {
      const own = cells.filter((cell) => cell.form === form)
      t.equal(new Set(own.map(({ registry }) => registry)).size, definitions.length, form)
      t.equal(new Set(own.map(({ entity }) => entity)).size, names.length, form)
    }
  const met = new Set([...queries, ...statements].map(({ registry, column }) => `${registry}.${column}`))
  t.same(
    definitions.flatMap(({ id, columns }) => columns.map(({ name }) => `${id}.${name}`)).filter((column) => !met.has(column)),
    [],
  )
})
