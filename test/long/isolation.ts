/** The isolation matrix in full: every entity × every column of every registry × every form, with both walls and with each alone. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { seedPopulation } from '../../src/households/synthetic-nation.ts'
import { entities } from '../../src/warehouse/shared-lists.ts'
import { type Count, holdQuery, holdSql } from '../access/isolation/cells.ts'
import { LIST, LIST_COLUMNS } from '../../src/access/grants/ranked-lists.ts'
import { derivedForms, holdDerived, holdListed, holdSimulated } from '../access/isolation/derived.ts'
import { queryForms, sqlForms } from '../access/isolation/forms.ts'
import { definitions, type Isolation, isolation, LISTED } from '../access/isolation/isolation.ts'
import { testDatabase } from '../support/database.ts'
import { tellCount } from '../support/property-runs.ts'
import { AS_OF } from '../support/seeded-app.ts'

/** Of the entities, for a part of the matrix; all of them unless said. */
const only = process.env['ISOLATION_ENTITIES']?.split(',')
const SEED = 5
const dataDirectory = mkdtempSync(join(tmpdir(), 'mizan-isolation-'))
t.teardown(() => rmSync(dataDirectory, { recursive: true, force: true }))
// Whoever waits for a connection waits: how long that takes is not what is held here.
const database = await testDatabase(t, { env: { DATABASE_POOL_SIZE: '20', DATABASE_CONNECTION_TIMEOUT_MS: '120000' } })
await seedPopulation(database, { households: 12, seed: 7, asOf: AS_OF })
const registries = new Set(definitions.map(({ id }) => id))
const names = entities.map(({ id }) => id).filter((id) => only?.includes(id) ?? true)
const WALLS = ['both', 'serviceOff', 'databaseOff'] as const
/** Entities are held beside each other: each waits for its own connection most of the time. */
const AT_ONCE = 6

async function holdEntity(t: Test, matrix: Isolation, entity: string): Promise<void> {
  const count: Count = { granted: 0, refused: 0 }
  for (const { id: registry, columns } of definitions)
    for (const { name: column } of columns) {
      for (const form of Object.keys(queryForms)) await holdQuery(t, matrix, { entity, registry, column, form }, WALLS, count)
      for (const form of Object.keys(sqlForms)) await holdSql(t, matrix, { entity, registry, column, form }, count)
      for (const form of derivedForms) await holdDerived(t, matrix, { entity, registry, column, form }, WALLS, count)
    }
  await holdSimulated(t, matrix, entity, WALLS, count)
  for (const column of LIST_COLUMNS) {
    await holdListed(t, matrix, entity, column, count)
    for (const form of Object.keys(sqlForms)) await holdSql(t, matrix, { entity, registry: LIST + LISTED, column, form }, count)
  }
  t.ok(count.granted > 1_000 && count.refused > 1_000, `${entity} ${JSON.stringify(count)}`)
  tellCount(count.granted + count.refused, 'cells', SEED)
}

t.test('every entity', async (t) => {
  const matrix = await isolation(database, dataDirectory, new Map(names.map((entity) => [entity, registries])), SEED)
  const waiting = [...names]
  const work = async (): Promise<void> => {
    for (let entity = waiting.shift(); entity !== undefined; entity = waiting.shift()) await holdEntity(t, matrix, entity)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  await matrix.close()
})
