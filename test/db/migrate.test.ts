/** Migrations apply once, in order, alone, and never change afterwards. */
import { createHash } from 'node:crypto'
import t from 'tap'
import { migrate, type Migration, readMigrations } from '../../src/db/migrate.ts'
import { testDatabase } from '../support/database.ts'

const migration = (name: string, sql: string): Migration => ({ name, sql, sha256: createHash('sha256').update(sql).digest('hex') })
const one = migration('0001_one.sql', 'CREATE TABLE one (id int)')
const two = migration('0002_two.sql', 'CREATE TABLE two (id int); INSERT INTO one VALUES (1)')

t.test('pending migrations apply in order and once, however many processes try', async (t) => {
  const { pool } = await testDatabase(t, { empty: true })
  t.same(await migrate(pool, [one]), ['0001_one.sql'])
  const applied = await Promise.all([migrate(pool, [one, two]), migrate(pool, [one, two]), migrate(pool, [one, two])])
  t.same(applied.flat(), ['0002_two.sql'])
  t.same((await pool.query('SELECT * FROM one')).rows, [{ id: 1 }])
})

t.test('a failing migration leaves nothing of itself', async (t) => {
  const { pool } = await testDatabase(t, { empty: true })
  const bad = migration('0002_bad.sql', 'CREATE TABLE half (id int); SELECT 1/0')
  await t.rejects(migrate(pool, [one, bad]), /0002_bad.sql failed: division by zero/)
  t.same((await pool.query("SELECT to_regclass('one') IS NULL AS one, to_regclass('half') IS NULL AS half")).rows, [
    { one: false, half: true },
  ])
  t.same(await migrate(pool, [one, two]), ['0002_two.sql'])
})

t.test('an applied file that was changed, or that this version lacks, is refused', async (t) => {
  const { pool } = await testDatabase(t, { empty: true })
  await migrate(pool, [one, two])
  await t.rejects(migrate(pool, [migration(one.name, `${one.sql};`), two]), /0001_one.sql was changed after it was applied/)
  await t.rejects(migrate(pool, [one]), /newer/)
})

t.test('the project’s migrations are numbered and apply to an empty database', async (t) => {
  const { pool } = await testDatabase(t, { empty: true })
  const names = readMigrations().map(({ name }) => name)
  t.equal(names[0], '0001_platform.sql')
  t.same(await migrate(pool), names)
  t.same(await migrate(pool), [])
})
