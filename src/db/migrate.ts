/** Applies the plain SQL files of migrations/ in order, each once and in one transaction; an applied file never changes. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { projectRoot } from '../kernel/project-root.ts'

/** One migration file. */
export interface Migration {
  readonly name: string
  readonly sql: string
  readonly sha256: string
}

/** Holds other processes back while one migrates; any number that nothing else locks. */
const lockKey = 4_917_251

/** The migrations of a folder in the order of their four-digit numbers, each of which occurs once. */
export function readMigrations(folder: string = join(projectRoot, 'migrations')): Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
  const numbers = new Set<string>()
  return names.map((name) => {
    const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1]
    if (number === undefined || numbers.has(number)) throw new Error(`migrations/${name}: expected NNNN_name.sql with a number of its own`)
    numbers.add(number)
    const sql = readFileSync(join(folder, name), 'utf8')
    return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') }
  })
}

/** Brings the database up to date and returns the names applied now; throws when an applied file was changed or is missing. */
export async function migrate(pool: pg.Pool, migrations: readonly Migration[] = readMigrations()): Promise<string[]> {
  const client = await pool.connect()
  let broken = true
  try {
    await client.query('SET statement_timeout = 0; SET lock_timeout = 0')
    await client.query('SELECT pg_advisory_lock($1)', [lockKey])
    const applied = await appliedNames(client, migrations)
    const pending = migrations.filter(({ name }) => !applied.has(name))
    for (const migration of pending) await apply(client, migration)
    await client.query('SELECT pg_advisory_unlock($1)', [lockKey])
    await client.query('RESET statement_timeout; RESET lock_timeout')
    broken = false
    return pending.map(({ name }) => name)
  } finally {
    // A client that failed half way is closed, which also gives its lock back.
    client.release(broken)
  }
}

async function appliedNames(client: pg.PoolClient, migrations: readonly Migration[]): Promise<Set<string>> {
  await client.query(`CREATE TABLE IF NOT EXISTS schema_migration (
    name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`)
  const { rows } = await client.query<{ name: string; sha256: string }>('SELECT name, sha256 FROM schema_migration ORDER BY name')
  const files = new Map(migrations.map((migration) => [migration.name, migration]))
  for (const { name, sha256 } of rows) {
    const file = files.get(name)
    if (file === undefined)
      throw new Error(`The database has migration ${name}, which this version of Mizan does not: it was used by a newer one`)
    if (file.sha256 !== sha256)
      throw new Error(`migrations/${name} was changed after it was applied: applied files are frozen, write a new one`)
  }
  return new Set(rows.map(({ name }) => name))
}

async function apply(client: pg.PoolClient, { name, sql, sha256 }: Migration): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(sql)
    await client.query('INSERT INTO schema_migration (name, sha256) VALUES ($1, $2)', [name, sha256])
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw new Error(`Migration ${name} failed: ${(error as Error).message}`, { cause: error })
  }
}
