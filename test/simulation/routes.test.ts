/** Simulations through the API: asked for, performed by a worker, told under disclosure control, cancelled, recovered; and nothing else is touched. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createKey } from '../../src/access/key-store.ts'
import { allPermissions } from '../../src/access/permissions.ts'
import { holdLock } from '../../src/jobs/held-lock.ts'
import { newId } from '../../src/kernel/new-id.ts'
import { openLaboratory } from '../../src/simulation/laboratory.ts'
import { performSimulation, simulationLock } from '../../src/simulation/perform-simulation.ts'
import { UNFINISHED_MAX } from '../../src/simulation/request-simulation.ts'
import { storeSimulation } from '../../src/simulation/simulation-store.ts'
import { recoverSimulations, type SimulationWork, workOnSimulations } from '../../src/simulation/work-on-simulations.ts'
import { factsAssembled } from '../../src/determinations/facts-assembled.ts'
import { keptLog, quietly } from '../targeting/support/seeded-runs.ts'
import { shipped } from '../rules/real-rows.ts'
import { CASH, programmeSet, scenario, seededLaboratory } from './support/seeded-laboratory.ts'

const { app, database, depsWith, get, headers, keyWith, post, run } = await seededLaboratory(t, 200)
const { pool } = database

interface Simulation {
  readonly id: string
  readonly status: string
  readonly code: string
  readonly pointer: string
  readonly expected: string
  readonly attempt: number
  readonly problem: string | null
  readonly detail: string | null
  readonly manifestHash: string | null
  readonly errors: readonly { readonly code: string; readonly pointer: string }[] | null
  readonly request: { readonly baseline: { readonly run: string } }
}

const budget = scenario('budget', programmeSet(CASH, { '/targeting/budget': 10_000 }))
const body = { name: 'less money', baseline: { run: 'latest' }, scenarios: [scenario('nothing'), budget] }
/** Long enough to be met half way. */
const long = {
  ...body,
  scenarios: Array.from({ length: 10 }, (_, n) =>
    scenario(`intercept ${n}`, { object: 'formula', id: 'welfare-ranking', set: { '/intercept': 3 + n / 10 } }),
  ),
}
const ask = (change: object = {}, more: Record<string, string> = {}) =>
  post('/v1/simulations', { ...body, ...change }, { 'idempotency-key': randomUUID(), ...more })
const read = async (id: string): Promise<Simulation> => (await get(`/v1/simulations/${id}`)).json<Simulation>()
const until = async (id: string, is: (simulation: Simulation) => boolean): Promise<Simulation> => {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(25)) {
    const found = await read(id)
    if (is(found)) return found
  }
  throw new Error(`waited too long: ${JSON.stringify(await read(id))}`)
}
const ended = (id: string): Promise<Simulation> => until(id, ({ status }) => !['queued', 'running'].includes(status))
const events = async (action: string): Promise<{ actor: string; objects: string[]; outcome: string }[]> =>
  (await pool.query<{ body: string }>('select body from audit_event order by id')).rows
    .map((row) => JSON.parse(row.body))
    .filter((event) => event.action === action)

const worker = async (): Promise<SimulationWork> => workOnSimulations({ database, laboratory: openLaboratory(depsWith(1)) }, keptLog())

/** Everything that a simulation may never touch, as one hash for each table. */
async function hashes(): Promise<Record<string, string>> {
  const tables = [
    'run',
    'ranked_list',
    'ranked_unit',
    'published_list',
    'enrolment',
    'application',
    'determination',
    'object_version',
    'household',
  ]
  const found: Record<string, string> = {}
  for (const table of tables) {
    const { rows } = await pool.query<{ hash: string }>(
      `select count(*) || ' ' || md5(coalesce(string_agg(x::text, '' order by x::text), '')) as hash from ${table} x`,
    )
    found[table] = rows[0]?.hash as string
  }
  return found
}
const before = await hashes()

t.test('what is refused at once, each with its status, code and place', async (t) => {
  const readsAlso = shipped.catalogue.facts
  const held = factsAssembled(shipped)
  const [absent] = [...readsAlso.values()].filter(
    ({ id, entity, type, definition, protected: isProtected }) =>
      entity === 'household' && type === 'integer' && definition.kind !== 'computed' && !held.has(id) && !isProtected,
  )
  const rule = (conditions: unknown) => [scenario('a', { object: 'rule', id: CASH, set: { '/conditions': conditions } })]
  const one = (change: object) => ({ scenarios: [{ name: 'a', changes: [change] }] })
  const faulty: readonly (readonly [change: object, status: number, code: string, pointer: string | undefined])[] = [
    [{ name: '' }, 400, 'request-invalid', '/name'],
    [{ name: 7 }, 400, 'request-invalid', '/name'],
    [{ other: 1 }, 400, 'request-invalid', '/other'],
    [{ baseline: {} }, 400, 'request-invalid', '/baseline/run'],
    [{ baseline: { run: 'x' } }, 400, 'request-invalid', '/baseline/run'],
    [{ baseline: { run: '-'.repeat(36) } }, 400, 'request-invalid', '/baseline/run'],
    [{ baseline: { run, versions: 'newest' } }, 400, 'request-invalid', '/baseline/versions'],
    [{ baseline: { run: randomUUID() } }, 404, 'run-not-found', '/baseline/run'],
    [{ scenarios: [] }, 400, 'request-invalid', '/scenarios'],
    [{ scenarios: Array.from({ length: 11 }, (_, n) => scenario(`${n}`)) }, 400, 'request-invalid', '/scenarios'],
    [{ scenarios: [{ name: 'a' }] }, 400, 'request-invalid', '/scenarios/0/changes'],
    [
      { scenarios: [{ name: 'a', changes: Array.from({ length: 51 }, () => ({ object: 'rule', id: CASH, set: {} })) }] },
      400,
      'request-invalid',
      '/scenarios/0/changes',
    ],
    [one({ object: 'catalogue', id: 'head', set: {} }), 400, 'request-invalid', '/scenarios/0/changes/0/object'],
    [one({ object: 'rule', id: '../../etc', set: {} }), 400, 'request-invalid', '/scenarios/0/changes/0/id'],
    [one({ object: 'rule', id: CASH, version: 0, set: {} }), 400, 'request-invalid', '/scenarios/0/changes/0/version'],
    [one({ object: 'parameter', id: 'povertyLine', value: '7' }), 400, 'request-invalid', '/scenarios/0/changes/0/value'],
    [{ governorates: [] }, 400, 'request-invalid', '/governorates'],
    [{ governorates: ['11', '11'] }, 400, 'request-invalid', '/governorates'],
    [{ governorates: ['11', '99'] }, 400, 'request-invalid', '/governorates/1'],
    [{ line: 0 }, 400, 'request-invalid', '/line'],
    [{ scenarios: [scenario('a'), scenario('b'), scenario('a')] }, 422, 'simulation-refused', '/scenarios/2/name'],
    [one({ object: 'rule', id: 'none', set: {} }), 422, 'simulation-refused', '/scenarios/0/changes/0/id'],
    [one({ object: 'rule', id: CASH }), 422, 'simulation-refused', '/scenarios/0/changes/0'],
    [one({ object: 'programme', id: CASH, set: { '/unit': 'person' } }), 422, 'simulation-refused', '/scenarios/0/changes/0/set'],
    [
      one({ object: 'programme', id: CASH, set: { '/targeting/budget': -1 } }),
      422,
      'simulation-refused',
      '/scenarios/0/changes/0/set/~1targeting~1budget',
    ],
    [{ scenarios: rule({ all: [] }) }, 422, 'simulation-refused', '/scenarios/0/changes/0/set/~1conditions/all'],
    [{ scenarios: rule({ all: [{ fact: absent?.id, operator: 'greaterThan', value: 0 }] }) }, 422, 'simulation-refused', '/scenarios/0'],
    [{ name: 'a\0b' }, 400, 'text-has-nul', '/name'],
    [{ name: 'a\ud800b' }, 400, 'text-not-unicode', '/name'],
    [one({ object: 'rule', id: CASH, source: { '\ud800': 1 } }), 400, 'text-not-unicode', '/scenarios/0/changes/0/source'],
  ]
  for (const [change, status, code, pointer] of faulty) {
    const answer = await ask(change)
    const what = JSON.stringify(change).slice(0, 100)
    t.match([answer.statusCode, answer.json()], [status, { code, pointer }], what)
    t.match(answer.headers['content-type'], /^application\/problem\+json/, what)
  }
  t.match((await ask(faulty.find(([, , , pointer]) => pointer === '/scenarios/0')?.[0])).json(), {
    errors: [{ code: 'fact-not-in-snapshot', message: new RegExp(`${absent?.id}`), hint: /Run the nation/ }],
  })
  const raw = (payload: string) =>
    app.inject({
      method: 'POST',
      url: '/v1/simulations',
      headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      payload,
    })
  const text = JSON.stringify({ ...body, ...one({ object: 'programme', id: CASH, set: { '/targeting/budget': 12_345 } }) })
  t.match((await raw(text.replace('12345', '1e999'))).json(), { status: 422, errors: [{ code: 'json-number-precision' }] })
  t.match((await raw(text.replace('"/targeting/budget":12345', '"__proto__":{"x":1}'))).json(), { status: 400, code: 'json-key-forbidden' })
  t.match((await raw(text.replace('12345', '['.repeat(100) + ']'.repeat(100)))).json(), { status: 400, code: 'json-too-deep' })
  t.match((await raw(text.replace('12345', `"${'x'.repeat(1_100_000)}"`))).json(), { status: 413 })
  t.match((await raw('{')).json(), { status: 400, code: 'json-malformed' })
  t.match((await post('/v1/simulations', body)).json(), { status: 400, code: 'idempotency-key-missing' })
  t.match((await ask({}, await keyWith('simulations:read'))).json(), { status: 403, expected: 'simulations:write' })
  t.equal((await pool.query('select from simulation')).rowCount, 0, 'nothing was stored')
})

t.test('one key is one simulation, and stays it when its baseline is gone', async (t) => {
  const key = { 'idempotency-key': randomUUID() }
  // Two are checked at a time; who is sent away asks again.
  const once = async (): Promise<Awaited<ReturnType<typeof ask>>> => {
    for (;;) {
      const answer = await ask({}, key)
      if (answer.statusCode !== 503) return answer
      t.ok(Number(answer.headers['retry-after']) > 0)
      await sleep(300)
    }
  }
  const answers = await Promise.all(Array.from({ length: 6 }, once))
  t.same(new Set(answers.map(({ statusCode }) => statusCode)), new Set([202]))
  const ids = new Set(answers.map((answer) => answer.json<Simulation>().id))
  t.equal(ids.size, 1)
  const [id = ''] = ids
  t.equal(answers.filter((answer) => answer.headers['idempotency-replayed'] === 'true').length, 5)
  t.equal(answers[0]?.headers.location, `/v1/simulations/${id}`)
  t.match((await ask({ name: 'other' }, key)).json(), { status: 422, code: 'idempotency-key-reused' })
  t.equal((await read(id)).request.baseline.run, run, 'the latest of then')
  await pool.query("update run set snapshot = repeat('0', 64) where id = $1", [run]).then(
    async () => {
      t.equal((await ask({}, key)).statusCode, 202)
      t.match((await ask()).json(), { code: 'snapshot-not-kept', pointer: '/baseline/run' })
    },
    (error: unknown) => t.fail(String(error)),
  )
  await pool.query("update run set snapshot = manifest::json->>'snapshot' where id = $1", [run])
  t.equal((await events('simulation.requested')).length, 1)
  t.match((await get(`/v1/simulations/${id}/result`)).json(), { status: 409, code: 'simulation-not-completed', detail: 'queued' })

  const cancelled = await post(`/v1/simulations/${id}/cancel`, undefined)
  t.match([cancelled.statusCode, cancelled.json()], [200, { status: 'cancelled' }])
  t.equal((await post(`/v1/simulations/${id}/cancel`, undefined)).statusCode, 200, 'twice is once')
  t.equal((await events('simulation.cancelled')).length, 1)
  t.equal((await pool.query('select from graphile_worker.jobs where key = $1', [id])).rowCount, 0)
})

t.test('performed, told under control, exact by permission and in the audit chain, and to others not there', async (t) => {
  const work = await worker()
  t.teardown(() => work.stop())
  const { id } = (await ask()).json<Simulation>()
  const done = await ended(id)
  t.match(done, { status: 'completed', attempt: 1, manifestHash: /^[0-9a-f]{64}$/, problem: null })
  t.match((await get('/v1/simulations')).json(), { simulations: [{ id, status: 'completed' }, {}] })

  const reader = await keyWith('simulations:read')
  interface Cell {
    readonly units: number | null
  }
  interface Result {
    readonly exact: boolean
    readonly households: number | null
    readonly scenarios: readonly {
      readonly programmes: readonly {
        readonly programme: string
        readonly spent: { readonly before: number | null }
        readonly all: { readonly selectedBefore: Cell; readonly transitions: readonly Cell[] }
        readonly by: Readonly<Record<string, readonly { readonly selectedBefore: Cell }[]>>
      }[]
    }[]
  }
  const cellsOf = (told: unknown): Cell[] =>
    typeof told !== 'object' || told === null
      ? []
      : 'units' in told
        ? [told as Cell]
        : Object.values(told).flatMap((part: unknown) => cellsOf(part))
  const told = await get(`/v1/simulations/${id}/result`, reader)
  t.equal(told.statusCode, 200)
  const disclosed = told.json<Result>()
  t.equal(disclosed.exact, false)
  t.same(
    cellsOf(disclosed.scenarios).filter(({ units }) => units !== null && units > 0 && units < 10),
    [],
    'no count below ten',
  )
  t.ok(cellsOf(disclosed.scenarios).some(({ units }) => units === null))
  t.ok(cellsOf(disclosed.scenarios).some(({ units }) => units !== null && units >= 10))
  t.notMatch(told.payload, /"(key|largest\w*|paid\w*|codes)"/, 'nothing of what the control needs')
  t.equal((await get(`/v1/simulations/${id}/result`, reader)).payload, told.payload, 'asked twice it is the same')

  t.match((await get(`/v1/simulations/${id}/result?exact=true`, reader)).json(), { status: 403, expected: 'simulations:exact' })
  t.equal((await events('simulation.read-exact')).length, 0)
  const exact = (
    await get(`/v1/simulations/${id}/result?exact=true`, await keyWith('simulations:read', 'simulations:exact'))
  ).json<Result>()
  const { rows } = await pool.query<{ spent: number; households: number }>(
    `select spent::float8 as spent, ((select manifest::json from run where id = run_id)->'counts'->>'households')::int as households
     from ranked_list where run_id = $1 and programme = $2`,
    [run, CASH],
  )
  t.equal(exact.scenarios[0]?.programmes.find(({ programme }) => programme === CASH)?.spent.before, rows[0]?.spent)
  t.ok(cellsOf(exact.scenarios).some(({ units }) => units !== null && units > 0 && units < 10))
  t.match(await events('simulation.read-exact'), [{ objects: [`simulation:${id}`], outcome: 'told' }])

  const stranger = { authorization: `Bearer ${await createKey(pool, { name: 'other', entity: 'NAF', permissions: allPermissions })}` }
  for (const path of [`/v1/simulations/${id}`, `/v1/simulations/${id}/result`, `/v1/simulations/${id}/result?exact=true`])
    t.match((await get(path, stranger)).json(), { status: 404, code: 'simulation-not-found' })
  t.match((await post(`/v1/simulations/${id}/cancel`, undefined, stranger)).json(), { status: 404 })
  t.same((await get('/v1/simulations', stranger)).json(), { simulations: [] })
  t.match((await get(`/v1/simulations/${randomUUID()}`)).json(), { status: 404, code: 'simulation-not-found' })
  t.match((await get('/v1/simulations/x')).json(), { status: 400 })
  t.match((await post(`/v1/simulations/${id}/cancel`, undefined)).json(), { status: 409, code: 'simulation-ended' })

  // What stops one while it is performed is told without counts.
  const none = [scenario('none', programmeSet(CASH, { '/targeting/places': 0 }))]
  const failing = await ended((await ask({ scenarios: none })).json<Simulation>().id)
  t.match(failing, { status: 'failed', problem: 'run-enrolled-exceed', detail: CASH, errors: [{ pointer: '/scenarios/0' }] })
})

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
  t.same(together.map(({ statusCode }) => statusCode).toSorted(), [202, 429])
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
  t.same(await hashes(), before)
})
