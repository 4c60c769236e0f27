/** A database for each test, values exact, transactions that hold or leave nothing. */
import type { EventEmitter } from 'node:events'
import t from 'tap'
import { whenThere } from '../../src/db/when-there.ts'
import { testDatabase } from '../support/database.ts'

t.test('dates stay text, bigints are exact or refused, numerics stay text', async (t) => {
  const { pool } = await testDatabase(t)
  const { rows } = await pool.query(`SELECT date '2024-02-29' AS d, 9007199254740991::bigint AS b, 12.340::numeric AS n,
    ARRAY[date '2024-01-01', NULL] AS ds, ARRAY[1, NULL]::bigint[] AS bs, '{}'::date[] AS none`)
  t.same(rows[0], { d: '2024-02-29', b: 9007199254740991, n: '12.340', ds: ['2024-01-01', null], bs: [1, null], none: [] })
  await t.rejects(pool.query('SELECT 9007199254740993::bigint AS b'), /beyond the exact integers/)
})

t.test('a transaction commits on success and leaves nothing on failure, for the client and for Kysely alike', async (t) => {
  const { pool, transaction } = await testDatabase(t)
  await pool.query('CREATE TABLE thing (id int PRIMARY KEY)')
  const count = await transaction(async ({ client, kysely }) => {
    await client.query('INSERT INTO thing VALUES (1)')
    await kysely.insertInto('thing').values({ id: 2 }).execute()
    return (await kysely.selectFrom('thing').selectAll().execute()).length
  })
  t.equal(count, 2)
  const failed = transaction(async ({ kysely }) => {
    await kysely.insertInto('thing').values({ id: 3 }).execute()
    throw new Error('stop')
  })
  await t.rejects(failed, /stop/)
  const { rows } = await pool.query('SELECT id FROM thing ORDER BY id')
  t.same(rows, [{ id: 1 }, { id: 2 }])
})

t.test('statements that are sent together are all kept or none, and the first failure is told', async (t) => {
  const { pool, together, transaction } = await testDatabase(t)
  await pool.query('CREATE TABLE thing (id int PRIMARY KEY, of int REFERENCES thing DEFERRABLE INITIALLY DEFERRED)')
  const insert = (id: number, of: number | null = null) => ({
    name: 'insert-thing',
    text: 'INSERT INTO thing VALUES ($1, $2)',
    values: [id, of],
  })
  await together((client) => [client.query(insert(1)), client.query(insert(2, 1))])
  await t.rejects(
    together((client) => [client.query(insert(3)), client.query(insert(1)), client.query('SELECT never'), client.query(insert(4))]),
    /thing_pkey/,
  )
  await t.rejects(
    together((client) => [client.query(insert(5, 99))]),
    /thing_of_fkey/,
    'a deferred constraint fails at the commit',
  )
  const ended = together((client) => [
    client.query(insert(6)),
    client.query('SELECT pg_terminate_backend(pg_backend_pid())'),
    client.query(insert(7)),
  ])
  await t.rejects(ended, 'the server ends the connection')
  await t.rejects(
    together((client) => [client.query(insert(10)), Promise.reject(new Error('no statement at all'))]),
    /no statement at all/,
  )
  await t.rejects(
    together((client) => {
      void client.query(insert(11))
      throw new Error('thrown at once')
    }),
    /thrown at once/,
  )
  const hostile = { toPostgres: () => { throw new Error('no value') } } // prettier-ignore
  await t.rejects(
    together((client) => [client.query(insert(12)), client.query('SELECT $1::int', [hostile])]),
    /no value/,
  )
  await together((client) => [
    (async () => {
      await client.query('SELECT 1')
      await client.query(insert(13))
    })(),
  ])
  await together((client) => [client.query(insert(8))])
  await transaction(async ({ client }) => void (await client.query(insert(9))))
  const { rows } = await pool.query('SELECT id FROM thing ORDER BY id')
  t.same(
    rows.map(({ id }) => id),
    [1, 2, 8, 9, 13],
  )
})

t.test('isolation is what was asked for', async (t) => {
  const { transaction } = await testDatabase(t)
  const level = await transaction(async ({ client }) => (await client.query('SHOW transaction_isolation')).rows[0], {
    isolation: 'serializable',
  })
  t.same(level, { transaction_isolation: 'serializable' })
})

t.test('a connection that the server ends while idle does not end the process', async (t) => {
  const { pool } = await testDatabase(t)
  await pool.query('SELECT 1')
  await t.rejects(pool.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()'))
  t.equal((await pool.query('SELECT 1 AS one')).rows[0].one, 1)
})

t.test('a connection that the server ends inside a transaction does not end the process', async (t) => {
  const { pool, transaction } = await testDatabase(t)
  const failed = transaction(async ({ client }) => {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    const ended = new Promise((resolve) => (client as unknown as EventEmitter).once('end', resolve))
    await pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid])
    await ended
    await client.query('SELECT 1')
  })
  await t.rejects(failed)
  t.equal((await pool.query('SELECT 1 AS one')).rows[0].one, 1)
})

t.test('patient work waits for a connection, but not for ever, nor for another failure, nor when it is told to stop', async (t) => {
  const { pool } = await testDatabase(t, { empty: true, env: { DATABASE_POOL_SIZE: '1', DATABASE_CONNECTION_TIMEOUT_MS: '20' } })
  const { signal } = new AbortController()
  const held = await pool.connect()
  let tries = 0
  const ask = (): Promise<unknown> => {
    if (++tries === 2) held.release()
    return pool.query('SELECT 1')
  }
  await t.resolves(whenThere(ask, { signal }))
  t.equal(tries, 2)
  const again = await pool.connect()
  await t.rejects(
    whenThere(() => pool.query('SELECT 1'), { signal, waitMs: 0 }),
    /timeout exceeded/,
  )
  const stop = new AbortController()
  const stopped = whenThere(
    () => {
      stop.abort()
      return pool.query('SELECT 1')
    },
    { signal: stop.signal },
  )
  await t.rejects(stopped, { name: 'AbortError' })
  again.release()
  tries = 0
  const wrong = (): Promise<unknown> => pool.query(`SELECT ${++tries} FROM nowhere`)
  await t.rejects(whenThere(wrong, { signal }), /nowhere/)
  t.equal(tries, 1)
})
