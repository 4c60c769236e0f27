/** An impact whose worker died is taken up again, by one worker; one that is being measured, or has just been taken, is left alone. */
import t from 'tap'
import { setTimeout as sleep } from 'node:timers/promises'
import { readConfig } from '../../../src/config.ts'
import { connectDatabase } from '../../../src/db/database.ts'
import { holdLock } from '../../../src/jobs/held-lock.ts'
import { recoverImpact } from '../../../src/simulation/impact/ask-impact.ts'
import { unattendedImpacts, waitAgain } from '../../../src/simulation/impact/impact-store.ts'
import { impactLock, performImpact } from '../../../src/simulation/impact/perform-impact.ts'
import { openLaboratory } from '../../../src/simulation/laboratory.ts'
import { quietly } from '../../targeting/support/seeded-runs.ts'
import { seededImpacts } from './support.ts'
import { shipped } from '../../programmes/authoring/support.ts'

const { as, put, seeded, startWorker } = await seededImpacts(t, 120)
const { database, laboratory } = seeded
const { pool } = database
const effectiveFrom = '2027-01-01'
const ask = () => as('maker')('GET', `/v1/drafts/impact?effectiveFrom=${effectiveFrom}&wait=0`)

const ceiling = shipped('parameter', 'health-income-ceiling')
ceiling.values.push({ from: effectiveFrom, value: 900, citation: 'Illustrative: test' })
await put('maker', 'parameter', 'health-income-ceiling', ceiling)
await ask()
const { rows } = await pool.query<{ id: string }>('select id from impact')
const [{ id } = { id: '' }] = rows

/** As a worker leaves it that was killed while it measured. */
const killed = async (): Promise<void> => {
  await pool.query("update impact set status = 'running' where id = $1", [id])
  await pool.query('select graphile_worker.remove_job($1)', [id])
}

t.test('nobody takes up what somebody measures, or has just taken', async (t) => {
  t.equal(await recoverImpact(database, id), false, 'its job waits')
  await killed()
  t.same(await unattendedImpacts(pool, 60), [id])
  const performer = await holdLock(pool, impactLock(id), { waitMs: 0, signal: quietly.signal })
  t.equal(await recoverImpact(database, id), false, 'its performer lives')
  await t.rejects(performImpact(laboratory, id, quietly), { code: 'simulation-ended' })
  await performer?.release()
  t.equal(await recoverImpact(database, id), true)
  t.equal(await recoverImpact(database, id), false, 'it has a job again')
  t.equal((await pool.query('select from graphile_worker.jobs where key = $1', [id])).rowCount, 1)
  await pool.query("update graphile_worker._private_jobs set locked_at = now(), locked_by = 'dead' where key = $1", [id])
  t.equal(await recoverImpact(database, id), false, 'a live worker may have taken it just now')
  await pool.query("update graphile_worker._private_jobs set locked_at = now() - interval '6 seconds' where key = $1", [id])
  t.equal(await recoverImpact(database, id), true, 'that one is dead')
  t.equal(await recoverImpact(database, '01a20ae3-5581-7377-9bfe-7dbbb80314a9'), false, 'there is no such impact')
})

t.test('a database that is too busy: it waits again where somebody comes back to it, and has failed otherwise', async (t) => {
  const impatient = connectDatabase(database.url, readConfig({ DATABASE_LOCK_TIMEOUT_MS: '100' }))
  const busy = openLaboratory({ ...seeded.depsWith(1), database: impatient })
  const blocker = await pool.connect()
  t.teardown(async () => {
    blocker.release()
    await busy.close()
    await impatient.close()
  })
  await killed()
  await blocker.query('begin; lock table run in access exclusive mode')
  const status = async () => (await pool.query('select status, problem from impact where id = $1', [id])).rows[0]
  await t.rejects(performImpact(busy, id, { ...quietly, again: true }), { code: 'database-busy' })
  t.same(await status(), { status: 'queued', problem: null })
  await t.rejects(performImpact(busy, id, quietly), { code: 'database-busy' })
  t.same(await status(), { status: 'failed', problem: 'database-busy' })
  await blocker.query('rollback')
  await waitAgain(pool, id)
})

t.test('a worker finds it, measures it, and it is answered', async (t) => {
  await killed()
  await startWorker()
  const status = async (): Promise<string | undefined> =>
    (await pool.query<{ status: string }>('select status from impact where id = $1', [id])).rows[0]?.status
  for (const deadline = Date.now() + 90_000; (await status()) !== 'completed' && Date.now() < deadline;) await sleep(50)
  t.equal(await status(), 'completed')
  t.equal(await recoverImpact(database, id), false, 'what has ended is left alone')
  const answer = await ask()
  t.equal(answer.statusCode, 200)
  t.match(answer.json(), { impact: { effectiveFrom } })
  t.equal((await pool.query('select from impact')).rowCount, 1, 'one question, one answer')
})
