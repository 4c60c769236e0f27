/** What a worker makes of the queue: cancelled, stopped half way, left behind by a process that died, and in a fair order. */
import t from 'tap'
import { holdLock } from '../../src/jobs/held-lock.ts'
import { newId } from '../../src/kernel/new-id.ts'
import { openLaboratory } from '../../src/simulation/laboratory.ts'
import { performSimulation, simulationLock } from '../../src/simulation/perform-simulation.ts'
import { UNFINISHED_MAX } from '../../src/simulation/request-simulation.ts'
import { storeSimulation } from '../../src/simulation/simulation-store.ts'
import { recoverSimulations } from '../../src/simulation/work-on-simulations.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { quietly } from '../targeting/support/seeded-runs.ts'
import { askedSimulations, body, hashesOf, long, type Simulation } from '../simulation/support/asked-simulations.ts'
import { seededLaboratory } from '../simulation/support/seeded-laboratory.ts'

const seeded = await seededLaboratory(t, 200)
const { database, depsWith, keyWith, post, run } = seeded
const { ask, ended, read, until, worker } = askedSimulations(seeded)
const { pool } = database
const before = await hashesOf(database)

t.test('cancelled while it is performed: the worker goes on with the next', async (t) => {
  const work = await worker()
  t.teardown(() => work.stop())
  const { id } = (await ask(long)).json<Simulation>()
  await until(id, ({ status }) => status === 'running')
  await post(`/v1/simulations/${id}/cancel`, undefined)
  const next = (await ask()).json<Simulation>()
  t.match(await ended(next.id), { status: 'completed' })
  t.match(await read(id), { status: 'cancelled', manifestHash: null })
})

t.test('a worker that stops half way leaves it to the next one, which comes to the same manifest', async (t) => {
  const work = await worker()
  const { id } = (await ask(long)).json<Simulation>()
  await until(id, ({ status }) => status === 'running')
  await sleep(300)
  await work.stop()
  t.match(await read(id), { status: 'queued', attempt: 1, problem: null })
  const next = await worker()
  t.teardown(() => next.stop())
  const resumed = await ended(id)
  t.match(resumed, { status: 'completed', attempt: 2 })
  const again = await ended((await ask(long)).json<Simulation>().id)
  t.match(again, { status: 'completed', attempt: 1 })
  t.equal(again.manifestHash, resumed.manifestHash)
})

t.test('one whose process died is found and performed; one that is being performed is left alone', async (t) => {
  const { id } = (await ask()).json<Simulation>()
  await pool.query("update simulation set status = 'running', attempt = 1 where id = $1", [id])
  await pool.query('select graphile_worker.remove_job($1)', [id])
  const performer = await holdLock(pool, simulationLock(id), { waitMs: 0, signal: quietly.signal })
  t.same(await recoverSimulations(database), [])
  const laboratory = openLaboratory(depsWith(1))
  t.teardown(() => laboratory.close())
  await t.rejects(performSimulation({ database, laboratory }, id, quietly), { code: 'simulation-ended' })
  await performer?.release()
  t.same(await recoverSimulations(database), [id])
  t.same(await recoverSimulations(database), [], 'its job waits')
  await pool.query("update graphile_worker._private_jobs set locked_at = now(), locked_by = 'dead' where key = $1", [id])
  t.same(await recoverSimulations(database), [], 'a live worker may have taken it just now')
  t.same(await recoverSimulations(database, { takenSeconds: 0 }), [id])
  const early = newId()
  await storeSimulation(
    pool,
    { id: early, actor: 'x', entity: 'MODEE', name: 'x', request: JSON.stringify({ ...body, baseline: { run } }) },
    null,
  )
  t.same(await recoverSimulations(database), [], 'somebody stored it a moment ago')
  t.same(await recoverSimulations(database, { waitedSeconds: 0 }), [early])
  const work = await worker()
  t.teardown(() => work.stop())
  t.match(await ended(id), { status: 'completed', attempt: 2 })
  t.match(await ended(early), { status: 'completed', attempt: 1 })
})

t.test('a limit to what one may have waiting, also for those that come together; and first wishes come first', async (t) => {
  const [many, other] = [await keyWith('simulations:write', 'simulations:read'), await keyWith('simulations:write', 'simulations:read')]
  const first = (await ask({ name: 'first' }, many)).json<Simulation>()
  const actor = (await pool.query<{ actor: string }>('select actor from simulation where id = $1', [first.id])).rows[0]?.actor as string
  const second = (await ask({ name: 'second' }, many)).json<Simulation>()
  const third = (await ask({ name: 'third' }, many)).json<Simulation>()
  const theirs = (await ask({ name: 'theirs' }, other)).json<Simulation>()
  const fillers = Array.from({ length: UNFINISHED_MAX - 4 }, () => newId())
  for (const id of fillers) await storeSimulation(pool, { id, actor, entity: 'MODEE', name: 'filler', request: '{}' }, null)
  const together = await Promise.all([ask({ name: 'last' }, many), ask({ name: 'last' }, many)])
  t.same(
    together.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
    [202, 429],
  )
  t.match((await ask({}, many)).json(), { status: 429, code: 'simulations-too-many', expected: `at most ${UNFINISHED_MAX}` })
  t.equal((await ask({ name: 'theirs too' }, other)).statusCode, 202, 'others may')
  await pool.query("update simulation set status = 'cancelled' where id = any($1)", [fillers])

  const work = await worker()
  t.teardown(() => work.stop())
  for (const { id } of [first, second, third, theirs]) t.match(await ended(id), { status: 'completed' })
  const { rows } = await pool.query<{ name: string }>(
    "select name from simulation where status = 'completed' and id = any($1) order by finished_at",
    [[first.id, second.id, third.id, theirs.id]],
  )
  t.same(
    rows.map(({ name }) => name),
    ['first', 'theirs', 'second', 'third'],
  )
  for (const answer of together) if (answer.statusCode === 202) await ended(answer.json<Simulation>().id)
})

t.test('nothing of a run, a list, an enrolment or a version was changed by any of it', async (t) => {
  t.same(await hashesOf(database), before)
})
