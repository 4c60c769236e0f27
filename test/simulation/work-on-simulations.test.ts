/** A simulation that finds no connection waits again and comes through; one that never finds one has failed, after so many attempts. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { readConfig } from '../../src/config.ts'
import { connectDatabase, type Database } from '../../src/db/database.ts'
import { openLaboratory } from '../../src/simulation/laboratory.ts'
import { workOnSimulations } from '../../src/simulation/work-on-simulations.ts'
import { keptLog } from '../targeting/support/seeded-runs.ts'
import { askedSimulations, type Simulation } from './support/asked-simulations.ts'
import { seededLaboratory } from './support/seeded-laboratory.ts'

const seeded = await seededLaboratory(t, 60)
const { database, depsWith } = seeded
const { pool } = database
const { ask, ended, read, until } = askedSimulations(seeded)

/** A pool of one connection, which somebody holds: whoever else wants one is refused after a moment. */
async function withoutConnection(): Promise<{ readonly starved: Database; readonly feed: () => void }> {
  const starved = connectDatabase(database.url, readConfig({ DATABASE_POOL_SIZE: '1', DATABASE_CONNECTION_TIMEOUT_MS: '100' }))
  t.teardown(() => starved.close())
  const held = await starved.pool.connect()
  let isHeld = true
  const feed = (): void => {
    if (isHeld) held.release()
    isHeld = false
  }
  t.teardown(feed)
  return { starved, feed }
}

async function worker(laboratoryOf: Database) {
  const log = keptLog()
  const work = await workOnSimulations({ database, laboratory: openLaboratory({ ...depsWith(1), database: laboratoryOf }) }, log)
  return { ...work, log }
}

const attemptsOfJob = (key: string, attempts: number): Promise<unknown> =>
  pool.query('update graphile_worker._private_jobs set attempts = $2, run_at = now() where key = $1', [key, attempts])

t.test('no connection for a moment: it waits again, and comes through', async (t) => {
  const { starved, feed } = await withoutConnection()
  const work = await worker(starved)
  t.teardown(() => work.stop())
  const { id } = (await ask()).json<Simulation>()
  await until(id, ({ status, attempt }) => attempt === 1 && status !== 'running')
  t.match(await read(id), { status: 'queued', problem: null, detail: null, manifestHash: null })
  t.match(work.log.lines.join('\n'), /simulation not completed .*database-unavailable/)
  feed()
  const done = await ended(id)
  t.match(done, { status: 'completed', problem: null })
  t.ok(done.attempt >= 2, `${done.attempt} attempts`)
})

t.test('no connection at the last attempt: it has failed, and says of what', async (t) => {
  const { starved } = await withoutConnection()
  const { id } = (await ask()).json<Simulation>()
  await attemptsOfJob(id, 4)
  const work = await worker(starved)
  t.teardown(() => work.stop())
  t.match(await ended(id), { status: 'failed', attempt: 1, problem: 'database-unavailable' })
  // Its job ends a moment after the simulation.
  const jobs = async (): Promise<number | null> => (await pool.query('select from graphile_worker.jobs where key = $1', [id])).rowCount
  for (const deadline = Date.now() + 10_000; (await jobs()) !== 0 && Date.now() < deadline; await sleep(20));
  t.equal(await jobs(), 0, 'nobody tries again')
})
