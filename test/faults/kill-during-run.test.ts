/** A run that is killed, cancelled, cut off from its database, or out of disk or memory: its lists are absent or complete, and resumed they are the same bytes. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { OPERATOR } from '../../src/access/operator.ts'
import { readConfig } from '../../src/config.ts'
import { connectDatabase } from '../../src/db/database.ts'
import { seedPopulation } from '../../src/households/synthetic-nation.ts'
import { holdLock } from '../../src/jobs/held-lock.ts'
import { migrateQueue } from '../../src/jobs/queue.ts'
import { loadShippedVersions } from '../../src/programmes/load-shipped.ts'
import { NATION_LOCK } from '../../src/targeting/run/nation-lock.ts'
import { createRun, performRun } from '../../src/targeting/run/perform-run.ts'
import { cancelRun } from '../../src/targeting/run/request-run.ts'
import { readRun, requeueRun, type StoredRun } from '../../src/targeting/run/run-store.ts'
import { testDatabase } from '../support/database.ts'
import { drawFrom } from '../support/random-draw.ts'
import { AS_OF } from '../support/seeded-app.ts'
import { performer as startPerformer, type Performer } from '../targeting/support/performer.ts'
import { quietly, rootHashes, runDepsOf, runRequest, traces } from '../targeting/support/seeded-runs.ts'

const KILLS = Number(process.env['MIZAN_RUN_KILLS'] ?? 1)
const SEED = Number(process.env['MIZAN_RUN_KILL_SEED'] ?? 1)
const NOTHING = { published: 0, filled: 0, orphans: 0 }

const database = await testDatabase(t)
await seedPopulation(database, { households: 300, seed: 7, asOf: AS_OF })
await loadShippedVersions(database)
await migrateQueue(database.pool)
const folders = t.testdir()
const depsIn = (folder: string, memoryMb?: number) => runDepsOf(database, join(folders, folder), memoryMb)
const stored = async (id: string): Promise<StoredRun> => (await readRun(database.pool, id)) as StoredRun
const newRun = (): Promise<string> => createRun({ database }, runRequest())

const performer = (id: string, folder: string, prefix: readonly string[] = []): Performer =>
  startPerformer(id, { databaseUrl: database.url, dataDirectory: join(folders, folder), prefix })

async function begun(id: string, { child, output }: Performer): Promise<void> {
  while ((await stored(id)).status === 'queued') {
    if (child.exitCode !== null) throw new Error(`the run did not begin:\n${output()}`)
    await sleep(5)
  }
}

const lastStage = (output: string): string => /(?:.*\n)*.* s {2}([^/\n]+) \//.exec(output)?.[1] ?? 'before the first'

const whole = await newRun()
const baseline = performer(whole, 'whole')
await begun(whole, baseline)
const started = performance.now()
await baseline.exited
const duration = performance.now() - started
const expected = await rootHashes(database, whole)
const { manifestHash } = await stored(whole)

t.test('the uninterrupted run publishes seven lists', async (t) => {
  t.equal(Object.keys(expected).length, 7, baseline.output())
  t.comment(`${Math.round(duration)} ms uninterrupted`)
})

t.test(`kill -9 at ${KILLS} random moments, then resume: the same bytes`, { timeout: 60_000 + 40_000 * KILLS }, async (t) => {
  const draw = drawFrom(SEED)
  for (let round = 0; round < KILLS; round++) {
    const folder = `killed-${round}`
    const before = await inForce()
    const id = await newRun()
    const victim = performer(id, folder)
    await begun(id, victim)
    // Every third time at publication, which is short.
    if (round % 3 === 2) while (victim.child.exitCode === null && !/ lists \//.test(victim.output())) await sleep(2)
    await sleep(draw.between(0, round % 3 === 2 ? 250 : Math.floor(duration)))
    victim.child.kill('SIGKILL')
    const [code] = await victim.exited
    const seen = await traces(database, id)
    const { status } = await stored(id)
    t.comment(
      `round ${round}: killed at ${lastStage(victim.output())}${code === null ? '' : ' (it had ended)'}; ${seen.published} lists published, ${seen.filled} filled`,
    )
    t.ok(seen.published === 0 || seen.published === 7, 'absent or complete')
    t.equal(seen.published === 7, status === 'completed')
    if (seen.published === 0) t.same(await inForce(), before, 'what was in force stays in force')
    t.equal(await performRun(depsIn(folder), id, quietly), manifestHash)
    t.same(await rootHashes(database, id), expected)
    t.same(await traces(database, id), { published: 7, filled: 0, orphans: 0 })
    rmSync(join(folders, folder), { recursive: true, force: true })
  }
})

t.test('two processes cannot perform the same run; cancelled by another process it publishes nothing', async (t) => {
  const id = await newRun()
  const replica = await holdLock(database.pool, NATION_LOCK, { waitMs: Infinity, signal: quietly.signal })
  t.teardown(() => replica?.release())
  const one = performer(id, 'cancelled')
  await begun(id, one)
  await t.rejects(performRun(depsIn('other'), id, quietly), { code: 'run-in-progress' })
  const asker = { entity: OPERATOR, permissions: new Set(['runs:write-residents'] as const) }
  const audit = { actor: 'test', entity: 'NAF', purpose: 'test', requestId: 'test' }
  t.match(await cancelRun({ database }, { id, asker, audit: (event) => ({ ...event, ...audit }) }), { status: 'cancelled' })
  t.same(await one.exited, [1, null])
  t.match(one.output(), /run-cancelled/)
  t.same(await traces(database, id), NOTHING)
  t.match(await stored(id), { status: 'cancelled', problem: null })
})

t.test('interrupted at the terminal it is cancelled and says how it goes on', async (t) => {
  const id = await newRun()
  const one = performer(id, 'interrupted')
  await begun(id, one)
  one.child.kill('SIGINT')
  t.same(await one.exited, [0, null])
  t.match(one.output(), new RegExp(`mizan run --resume ${id}`))
  t.match(await stored(id), { status: 'cancelled', problem: null })
  t.same(await traces(database, id), NOTHING)
})

t.test('a second run waits while the first has the replica', async (t) => {
  const [a, b] = [await newRun(), await newRun()]
  const stages: string[] = []
  const deps = depsIn('shared')
  let release = (): void => undefined
  const first = performRun(deps, a, { ...quietly, onProgress: (stage) => stage === 'replica' && release() })
  await new Promise<void>((resolve) => (release = resolve))
  const second = performRun(deps, b, { ...quietly, onProgress: (stage) => void stages.push(stage) })
  t.same(await Promise.all([first, second]), [manifestHash, manifestHash])
  t.equal(stages[0], 'waiting')
})

t.test('the connections are cut during publication: it begins anew, or nothing is half published and a retry succeeds', async (t) => {
  const killer = connectDatabase(database.url, readConfig({}))
  const cut = async (which: string): Promise<void> => {
    const id = await newRun()
    let publishing = false
    let killed = 0
    const stop = (async () => {
      while (!publishing) await sleep(2)
      for (const deadline = Date.now() + 10_000; killed === 0 && Date.now() < deadline;) {
        const { rowCount } = await killer.pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and ${which}`,
        )
        killed += rowCount ?? 0
      }
    })()
    const outcome = performRun(depsIn('shared'), id, { ...quietly, onProgress: (stage) => void (publishing ||= stage === 'publish') })
    const code = await outcome.then(
      () => null,
      (error: { readonly code: string }) => error.code,
    )
    await stop
    t.ok(killed > 0)
    const { status } = await stored(id)
    t.comment(`${which}: ${killed} connections cut, ${code ?? 'published all the same'}`)
    // Publishing begins anew while the run's lock is held, and what is published then is whole.
    if (which !== 'true' || code === null) {
      t.same([code, status], [null, 'completed'])
      t.same(await traces(database, id), { ...NOTHING, published: 7 })
    } else {
      t.equal(code, 'database-unavailable')
      t.equal((await traces(database, id)).published, 0)
      t.ok(status === 'failed' || status === 'running', status)
    }
    await requeueRun(database.pool, id, ['failed'])
    t.equal(await performRun(depsIn('shared'), id, quietly), manifestHash)
    t.same(await rootHashes(database, id), expected)
  }
  await cut("query ~* '^(copy|create table|alter table) ranked_unit_'")
  await cut('true')
  await killer.close()
})

/** A file system of 64 KB that only the performer sees, and that is gone with it. */
const smallDisk = (folder: string): string[] => [
  'unshare',
  ...(process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount']),
  'sh',
  '-c',
  `mount -t tmpfs -o size=64k tmpfs "$0" && exec "$@"`,
  folder,
]
const canMount = (): boolean => {
  const [command, ...args] = [...smallDisk(folders), 'true']
  return spawnSync(command as string, args).status === 0
}

t.test(
  'the disk is full while a snapshot is written: a clear error, nothing published, a retry succeeds',
  { skip: canMount() ? false : 'no small file system can be mounted here' },
  async (t) => {
    const id = await newRun()
    const snapshots = join(folders, 'shared', 'nation', 'snapshots')
    rmSync(snapshots, { recursive: true, force: true })
    mkdirSync(snapshots)
    const child = performer(id, 'shared', smallDisk(snapshots))
    t.same(await child.exited, [1, null])
    t.match(child.output(), /^storage-full: /m)
    t.match(await stored(id), { status: 'failed', problem: 'storage-full' })
    t.same(await traces(database, id), NOTHING)
    await requeueRun(database.pool, id, ['failed'])
    t.equal(await performRun(depsIn('shared'), id, quietly), manifestHash)
  },
)

t.test('the memory limit is too small: a clear error, nothing published, a retry succeeds', async (t) => {
  const id = await newRun()
  mkdirSync(join(folders, 'small'))
  await t.rejects(performRun(depsIn('small', 2), id, quietly), { code: 'run-memory-exceeded' })
  t.match(await stored(id), { status: 'failed', problem: 'run-memory-exceeded' })
  t.same(await traces(database, id), NOTHING)
  await requeueRun(database.pool, id, ['failed'])
  t.equal(await performRun(depsIn('small'), id, quietly), manifestHash)
})

async function inForce(): Promise<unknown> {
  return (await database.pool.query('select programme, list_number from published_list order by 1')).rows
}
