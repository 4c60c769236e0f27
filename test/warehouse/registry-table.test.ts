import t from 'tap'
import { ensureRegistryTables } from '../../src/warehouse/registry-table.ts'
import { loadRegistryDefinitions } from '../../src/warehouse/registry-definition.ts'
import { testDatabase } from '../support/database.ts'
import { smallRegistry } from './small-registry.ts'

t.test('every shipped definition gets its table, keys and indexes, and a second time changes nothing', async (t) => {
  const database = await testDatabase(t)
  const definitions = loadRegistryDefinitions()
  await ensureRegistryTables(database, definitions)
  await ensureRegistryTables(database, definitions)
  const { rows } = await database.pool.query(
    `SELECT c.relname, count(i.indexrelid) AS indexes FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid
     WHERE c.relnamespace = 'warehouse'::regnamespace AND c.relname = ANY ($1) GROUP BY 1`,
    [definitions.map(({ id }) => id)],
  )
  t.same(
    new Map(rows.map(({ relname, indexes }) => [relname, indexes])),
    new Map(definitions.map(({ id, indexes = [] }) => [id, 2 + indexes.length])),
  )
})

t.test('columns have exact types, and text compares by code', async (t) => {
  const database = await testDatabase(t)
  await ensureRegistryTables(database, [smallRegistry()])
  const { rows } = await database.pool.query(
    `SELECT attname, format_type(atttypid, atttypmod) AS type, attnotnull FROM pg_attribute
     WHERE attrelid = 'warehouse.test_registry'::regclass AND attnum > 0 ORDER BY attnum`,
  )
  t.same(
    rows.map(({ attname, type, attnotnull }) => `${attname} ${type}${attnotnull ? ' not null' : ''}`),
    [
      'person_ref bigint not null',
      'item_no text not null',
      'kind text not null',
      'amount numeric(18,3)',
      'heads bigint',
      'since date',
      'active boolean',
      'partner_ref bigint',
      'load_id bigint not null',
      'seq bigint not null',
    ],
  )
  const { rows: order } = await database.pool.query(`SELECT 'B' COLLATE "C" < 'a' AS by_code`)
  t.same(order, [{ by_code: true }])
})

t.test('a new optional column is added; what would lose or break values is refused', async (t) => {
  const database = await testDatabase(t)
  const definition = smallRegistry()
  await ensureRegistryTables(database, [definition])
  const label = { en: 'x', ar: 'س' }
  const wider = { ...definition, columns: [...definition.columns, { name: 'note', type: 'text', label } as const] }
  await ensureRegistryTables(database, [wider])
  await t.rejects(ensureRegistryTables(database, [definition]), /note, which the definition no longer has/)
  const retyped = {
    ...wider,
    columns: wider.columns.map((column) => (column.name === 'heads' ? { ...column, type: 'text' as const } : column)),
  }
  await t.rejects(ensureRegistryTables(database, [retyped]), /heads: bigint cannot become text/)
  const demanding = { ...wider, columns: [...wider.columns, { name: 'must', type: 'text', label, required: true } as const] }
  await t.rejects(ensureRegistryTables(database, [demanding]), /must: absent cannot become text not null/)
})
