/** The queue, its worker, the lock that a process holds, and a schedule that two instances hear. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { readConfig } from '../../src/config.ts'
import { connectDatabase } from '../../src/db/database.ts'
import { holdLock, isLockFree } from '../../src/jobs/held-lock.ts'
import { dropJob, enqueue, freeJob, migrateQueue, readJob } from '../../src/jobs/queue.ts'
import { startSchedule, takeTick } from '../../src/jobs/schedule.ts'
import { startWorker } from '../../src/jobs/start-worker.ts'
import { testDatabase } from '../support/database.ts'

const database = await testDatabase(t)
const { pool } = database
await Promise.all([migrateQueue(pool), migrateQueue(pool)])
await migrateQueue(pool)
const warnings: string[] = []
const log = { warn: (_fields: object, message: string) => void warnings.push(message) }
const never = new AbortController().signal

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 60_000; !(await what()); await sleep(20)) if (Date.now() > deadline) throw new Error('waited too long')
}

t.test('a job is there when its transaction is committed, and only then', async (t) => {
  await t.rejects(
    database.transaction(async ({ client }) => {
      await enqueue(client, { task: 'count', queue: 'q', key: 'undone' })
      throw new Error('undone')
    }),
    /undone/,
  )
  t.equal(await readJob(pool, 'undone'), null)
  await enqueue(pool, { task: 'count', queue: 'q', key: 'dropped' })
  t.match(await readJob(pool, 'dropped'), { lockedSeconds: null, spent: false })
  await dropJob(pool, 'dropped')
  t.equal(await readJob(pool, 'dropped'), null)
})

t.test('jobs of a queue are done one after another by two workers, and again after a failure', async (t) => {
  const done: string[] = []
  let open = 0
  let most = 0
  const tasks = {
    count: async (key: string): Promise<void> => {
      most = Math.max(most, ++open)
      await sleep(30)
      open--
      done.push(key)
      if (key === 'b' && done.filter((one) => one === 'b').length === 1) throw new Error('the first time')
    },
  }
  const workers = [await startWorker(pool, tasks, log), await startWorker(pool, tasks, log)]
  for (const key of ['a', 'b', 'c']) await enqueue(pool, { task: 'count', queue: 'q', key })
  await until(() => done.length === 4)
  await Promise.all(workers.map(({ stop }) => stop()))
  t.same(done.toSorted(), ['a', 'b', 'b', 'c'])
  t.equal(most, 1)
  t.match(warnings.join('\n'), /the first time/)
})

t.test('what a dead worker holds is given back', async (t) => {
  await enqueue(pool, { task: 'late', queue: 'dead', key: 'd' })
  await pool.query("update graphile_worker._private_jobs set locked_at = now(), locked_by = 'gone' where key = 'd'")
  await pool.query("update graphile_worker._private_job_queues set locked_at = now(), locked_by = 'gone' where queue_name = 'dead'")
  const done: string[] = []
  const worker = await startWorker(pool, { late: async (key) => void done.push(key) }, log)
  await sleep(300)
  t.same(done, [])
  await freeJob(pool, 'd')
  await until(() => done.length === 1)
  await freeJob(pool, 'none')
  await worker.stop()
})

t.test('a worker that has to stop tells its job so', async (t) => {
  let told = false
  const worker = await startWorker(
    pool,
    {
      long: (_key, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            told = true
            reject(new Error('stopped'))
          })
        }),
    },
    log,
  )
  await enqueue(pool, { task: 'long', queue: 'long', key: 'long' })
  await until(async () => (await readJob(pool, 'long'))?.lockedSeconds !== null)
  await worker.stop()
  t.ok(told)
  // Free for the next one, as soon as its end is written down.
  await until(async () => (await readJob(pool, 'long'))?.lockedSeconds === null)
})

t.test('a lock is held by one, until that connection ends', async (t) => {
  const first = await holdLock(pool, 'x', { waitMs: 0, signal: never })
  t.equal(await holdLock(pool, 'x', { waitMs: 0, signal: never }), null)
  t.equal(await database.transaction(({ client }) => isLockFree(client, 'x')), false)
  let waited = 0
  const second = holdLock(pool, 'x', { waitMs: Infinity, signal: never, onWait: () => waited++ })
  await until(() => waited === 1)
  await pool.query(
    "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and pid <> pg_backend_pid() and database = (select oid from pg_database where datname = current_database())",
  )
  await until(() => first?.lost.aborted === true)
  const held = await second
  t.equal(waited, 1)
  t.equal(held?.lost.aborted, false)
  await first?.release()
  await held?.release()
  await until(() => database.transaction(({ client }) => isLockFree(client, 'x')))
  const stop = new AbortController()
  const third = await holdLock(pool, 'x', { waitMs: 0, signal: never })
  const asking = holdLock(pool, 'x', { waitMs: Infinity, signal: stop.signal })
  stop.abort()
  await t.rejects(asking)
  await third?.release()
})

t.test('each tick is taken once: by twenty at once, and by two instances with a database of their own', async (t) => {
  const taken = await Promise.all(Array.from({ length: 20 }, () => takeTick(database, 'race', new Date(0), async () => undefined)))
  t.equal(taken.filter(Boolean).length, 1)
  await t.rejects(
    takeTick(database, 'broken', new Date(0), async () => {
      throw new Error('not enqueued')
    }),
  )
  t.equal(await takeTick(database, 'broken', new Date(0), async () => undefined), true, 'a tick whose work was not stored is not taken')
  const ticks: string[] = []
  const heard: number[] = [0, 0]
  const instances = [database, connectDatabase(database.url, readConfig({}))]
  const schedules = instances.map((instance, index) =>
    startSchedule(instance, {
      job: 'each second',
      cron: '* * * * * *',
      timeZone: 'Asia/Amman',
      onTick: async (_transaction, tick) => {
        ticks.push(tick.toISOString())
        heard[index] = (heard[index] as number) + 1
      },
      onError: (error) => t.fail(String(error)),
    }),
  )
  await until(() => ticks.length >= 4)
  await Promise.all(schedules.map(({ stop }) => stop()))
  await instances[1]?.close()
  t.equal(new Set(ticks).size, ticks.length, `${heard.join(' and ')} ticks`)
  const { rows } = await pool.query("select count(*)::int as n from job_tick where job = 'each second'")
  t.same(rows, [{ n: ticks.length }])
})
