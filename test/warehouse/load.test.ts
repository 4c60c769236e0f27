import t from 'tap'
import { personOf, supersede } from '../../src/warehouse/identity-vault.ts'
import { type Delivery, loadDelivery } from '../../src/warehouse/load.ts'
import { ensureRegistryTables } from '../../src/warehouse/registry-table.ts'
import { testDatabase } from '../support/database.ts'
import { smallRegistry } from './small-registry.ts'

const registry = smallRegistry()
const delivery = (id: string, rows: readonly unknown[]): Delivery => ({ id, asOf: '2026-01-10', rows })
const row = (person: number, item: string, more: object = {}) => ({
  national_number: String(person).padStart(10, '0'),
  item_no: item,
  kind: 'a',
  ...more,
})

t.test('good rows go in, bad ones are kept with their reasons, and the totals add up', async (t) => {
  const database = await testDatabase(t)
  await ensureRegistryTables(database, [registry])
  const rows = [
    row(101, 'a', { amount: '12.5', partner_ref: '0000000102' }),
    row(101, 'b'),
    row(101, 'a', { amount: '13' }),
    { ...row(103, 'c'), national_number: '١٠٣' },
    row(104, 'd\0'),
    row(102, 'e', { heads: 3, since: '2026-01-01', active: false }),
  ]
  const totals = await loadDelivery(database, registry, delivery('d1', rows))
  t.match(totals, { received: 6, inserted: 3, updated: 0, unchanged: 0, rejected: 3, repeated: false })
  const { rows: rejected } = await database.pool.query('SELECT line, reasons, content FROM identity.rejected_row ORDER BY line')
  t.same(
    rejected.map(({ line, reasons }) => [line, reasons]),
    [
      [3, ['row-repeats']],
      [4, ['national_number: national-id-malformed']],
      [5, ['item_no: text-has-nul']],
    ],
  )
  t.match(rejected[2].content, '\\u0000')
  const { rows: held } = await database.pool.query('SELECT * FROM warehouse.test_registry ORDER BY item_no')
  const [first, second] = [await personOf(database.pool, '0000000101'), await personOf(database.pool, '0000000102')]
  t.match(held[0], { person_ref: first, item_no: 'a', amount: '12.500', partner_ref: second, load_id: totals.loadId, seq: totals.seq })
  t.match(held[2], { person_ref: second, heads: 3, since: '2026-01-01', active: false, amount: null })
  t.equal(await personOf(database.pool, '0000000104'), null, 'a refused row makes nobody known')
  const { rows: state } = await database.pool.query('SELECT registry, load_id, as_of, seq, row_count FROM warehouse.registry_state')
  t.same(state, [{ registry: 'test_registry', load_id: totals.loadId, as_of: '2026-01-10', seq: totals.seq, row_count: 3 }])
})

t.test('an upsert counts what is new, changed and as before, and moves the sequence on', async (t) => {
  const database = await testDatabase(t)
  await ensureRegistryTables(database, [registry])
  const one = await loadDelivery(database, registry, delivery('d1', [row(1, 'a', { amount: 1 }), row(2, 'a'), row(3, 'a')]))
  const two = await loadDelivery(database, registry, delivery('d2', [row(1, 'a', { amount: 2 }), row(2, 'a'), row(4, 'a')]))
  t.match(two, { received: 3, inserted: 1, updated: 1, unchanged: 1, rejected: 0 })
  t.ok(two.seq > one.seq)
  const { rows } = await database.pool.query('SELECT seq, count(*) FROM warehouse.test_registry GROUP BY seq ORDER BY seq')
  t.same(
    rows,
    [
      { seq: one.seq, count: 2 },
      { seq: two.seq, count: 2 },
    ],
    'an unchanged row keeps the place it had',
  )
  const { rows: state } = await database.pool.query('SELECT row_count FROM warehouse.registry_state')
  t.same(state, [{ row_count: 4 }])
})

t.test('a delivery that comes late adds rows and does not overwrite what a later day says', async (t) => {
  const database = await testDatabase(t)
  await ensureRegistryTables(database, [registry])
  await loadDelivery(database, registry, { id: 'march', asOf: '2026-03-01', rows: [row(1, 'a', { amount: 3 })] })
  const rows = [row(1, 'a', { amount: 1 }), row(1, 'b', { amount: 1 })]
  t.match(await loadDelivery(database, registry, { id: 'january', asOf: '2026-01-01', rows }), { inserted: 1, updated: 0, unchanged: 1 })
  const { rows: held } = await database.pool.query('SELECT item_no, amount FROM warehouse.test_registry ORDER BY 1')
  t.same(held, [
    { item_no: 'a', amount: '3.000' },
    { item_no: 'b', amount: '1.000' },
  ])
  t.match((await database.pool.query('SELECT as_of FROM warehouse.registry_state')).rows, [{ as_of: '2026-03-01' }])
})

t.test('the same delivery is loaded once', async (t) => {
  const database = await testDatabase(t)
  await ensureRegistryTables(database, [registry])
  const first = await loadDelivery(database, registry, delivery('d1', [row(1, 'a')]))
  t.same(await loadDelivery(database, registry, delivery('d1', [row(1, 'b')])), { ...first, repeated: true })
  t.equal((await database.pool.query('SELECT FROM warehouse.test_registry')).rowCount, 1)
})

t.test('a delivery that breaks off leaves nothing and can be sent again', async (t) => {
  const database = await testDatabase(t)
  await ensureRegistryTables(database, [registry])
  async function* broken() {
    yield row(1, 'a')
    throw new Error('line is dead')
  }
  await t.rejects(loadDelivery(database, registry, { id: 'd1', asOf: '2026-01-10', rows: broken() }), /line is dead/)
  t.equal((await database.pool.query('SELECT FROM warehouse.test_registry')).rowCount, 0)
  t.equal((await database.pool.query('SELECT FROM warehouse.registry_state')).rowCount, 0)
  t.match(await loadDelivery(database, registry, delivery('d1', [row(1, 'a')])), { inserted: 1, repeated: false })
})

t.test('a superseded number means the same person, in the row and in references', async (t) => {
  const database = await testDatabase(t)
  await ensureRegistryTables(database, [registry])
  await loadDelivery(database, registry, delivery('d1', [row(1, 'a')]))
  await database.transaction(({ client }) => supersede(client, '0000000001', '0000000009'))
  const totals = await loadDelivery(
    database,
    registry,
    delivery('d2', [row(9, 'b'), row(1, 'c'), row(1, 'b'), row(5, 'x', { partner_ref: '0000000009' })]),
  )
  t.match(totals, { inserted: 3, rejected: 1 }, 'the third row repeats the first under the old number')
  const ref = await personOf(database.pool, '0000000009')
  t.equal(await personOf(database.pool, '0000000001'), ref)
  const { rows } = await database.pool.query(
    'SELECT count(*) FILTER (WHERE person_ref = $1) AS own, count(*) FILTER (WHERE partner_ref = $1) AS named FROM warehouse.test_registry',
    [ref],
  )
  t.same(rows, [{ own: 3, named: 1 }])
})

t.test('a number is told to be national or personal by the registries that cover only one of them', async (t) => {
  const database = await testDatabase(t)
  const residents = smallRegistry({ id: 'test_residents', population: 'nonJordanians' })
  const everyone = smallRegistry({ id: 'test_everyone', population: 'everyone' })
  await ensureRegistryTables(database, [registry, residents, everyone])
  await loadDelivery(database, everyone, delivery('d1', [row(1, 'a'), row(2, 'a')]))
  const kinds = async () =>
    (
      await database.pool.query(
        'SELECT i.kind, p.is_jordanian FROM identity.identifier i JOIN warehouse.person p USING (person_ref) ORDER BY number',
      )
    ).rows
  t.same(await kinds(), [
    { kind: null, is_jordanian: null },
    { kind: null, is_jordanian: null },
  ])
  await loadDelivery(database, registry, delivery('d1', [row(1, 'a')]))
  const totals = await loadDelivery(database, residents, delivery('d1', [row(2, 'a'), row(1, 'a')]))
  t.match(totals, { inserted: 1, rejected: 1 })
  t.same(await kinds(), [
    { kind: 'national', is_jordanian: true },
    { kind: 'personal', is_jordanian: false },
  ])
})

t.test('loads at the same time take the sequence in the order in which they commit', async (t) => {
  const database = await testDatabase(t)
  await ensureRegistryTables(database, [registry])
  const people = (from: number) => Array.from({ length: 300 }, (_, i) => row(from + i, 'a', { heads: from % 100 }))
  const totals = await Promise.all([1, 101, 201, 301].map((from) => loadDelivery(database, registry, delivery(`d${from}`, people(from)))))
  t.equal(new Set(totals.map(({ seq }) => seq)).size, 4)
  t.equal(
    totals.reduce((sum, { inserted }) => sum + inserted, 0),
    600,
  )
  const { rows } = await database.pool.query('SELECT row_count FROM warehouse.registry_state')
  t.same(rows, [{ row_count: 600 }])
})
