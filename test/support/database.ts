/** A migrated PostgreSQL database for one test file: copied from a template in a server that all test processes share. */
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { extname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import pg from 'pg'
import { readConfig } from '../../src/config.ts'
import { connectDatabase, type Database } from '../../src/db/database.ts'
import { isAlive } from '../../src/db/embedded/postmaster.ts'
import { lockStart } from '../../src/db/embedded/start-lock.ts'
import { migrate, readMigrations } from '../../src/db/migrate.ts'
import { projectRoot } from '../../src/kernel/project-root.ts'

interface Cluster {
  readonly pid: number
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12)

/** The folder beside which the shared server lives: one for each project folder and user. */
const clusterFolder = join(tmpdir(), `mizan-test-${digest(`${projectRoot} ${userInfo().uid}`)}`)

/** Opens a fresh migrated database, dropped at the end of the test; `empty: true` leaves the migrations out, `env` are settings of its pool. */
export async function testDatabase(
  t: Pick<Test, 'teardown'>,
  options: { readonly empty?: boolean; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Database & { url: string }> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const cluster = await withCluster(async (admin, found) => {
    const template = options.empty === true ? 'template1' : await ensureTemplate(admin, found)
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`)
    return found
  })
  const database = connectDatabase({ ...cluster, database: name }, readConfig(options.env ?? {}))
  t.teardown(async () => {
    await database.close()
    await withAdmin(cluster, (admin) => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
  })
  return { ...database, url: urlOf(cluster, name) }
}

const urlOf = ({ host, port, user, password }: Cluster, name: string): string =>
  `postgres://${user}:${password}@localhost:${port}/${name}?host=${encodeURIComponent(host)}`

/** Finds or starts the server and does `work` under the folder's lock, so that no two processes build the same thing. */
async function withCluster<T>(work: (admin: pg.Client, cluster: Cluster) => Promise<T>): Promise<T> {
  const lockFolder = `${clusterFolder}.lock`
  mkdirSync(lockFolder, { recursive: true, mode: 0o700 })
  const unlock = await lockStart(lockFolder)
  try {
    for (let attempt = 0; ; attempt++) {
      const cluster = runningCluster() ?? (await startCluster())
      try {
        return await withAdmin(cluster, (admin) => work(admin, cluster))
      } catch (error) {
        // The keeper may have been about to end: then it is gone a moment later.
        if (attempt >= 3 || (error instanceof pg.DatabaseError && error.code !== '57P03')) throw error
        await sleep(500)
      }
    }
  } finally {
    unlock()
  }
}

function runningCluster(): Cluster | undefined {
  try {
    const cluster = JSON.parse(readFileSync(join(clusterFolder, 'ready.json'), 'utf8')) as Cluster
    return isAlive(cluster.pid) ? cluster : undefined
  } catch {
    return undefined
  }
}

async function startCluster(): Promise<Cluster> {
  const keeperLog = `${clusterFolder}.log`
  rmSync(join(clusterFolder, 'ready.json'), { force: true })
  const log = openSync(keeperLog, 'w')
  // Built beside this file, or its source.
  const ending = extname(import.meta.filename)
  const script = join(import.meta.dirname, `cluster-keeper${ending}`)
  const keeper = spawn(process.execPath, [...(ending === '.ts' ? ['--import=tsx'] : []), script, clusterFolder], {
    cwd: projectRoot,
    detached: true,
    stdio: ['ignore', log, log],
    // It outlives the tests: it would write what it covered while that is summed up.
    env: { PATH: process.env['PATH'], TMPDIR: tmpdir(), NODE_V8_COVERAGE: '' },
  })
  keeper.unref()
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline && isAlive(keeper.pid ?? 0)) {
    const cluster = runningCluster()
    if (cluster !== undefined) return cluster
    await sleep(30)
  }
  throw new Error(`The test server did not start:\n${readFileSync(keeperLog, 'utf8')}`)
}

/** The migrated template of the present migrations, built once; named by their hash, so that an edit makes a new one. */
async function ensureTemplate(admin: pg.Client, cluster: Cluster): Promise<string> {
  const migrations = readMigrations()
  const template = `template_${digest(migrations.map(({ sha256 }) => sha256).join())}`
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [template])
  if (rowCount === 1) return template
  const unfinished = `${template}_unfinished`
  await admin.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`)
  await admin.query(`CREATE DATABASE ${unfinished}`)
  const database = connectDatabase({ ...cluster, database: unfinished }, readConfig({}))
  try {
    await migrate(database.pool, migrations)
  } finally {
    await database.close()
  }
  await admin.query(`ALTER DATABASE ${unfinished} RENAME TO ${template}`)
  return template
}

async function withAdmin<T>(cluster: Cluster, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ ...cluster, database: 'postgres' })
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}
