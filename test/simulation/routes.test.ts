/** Simulations through the API: asked for, told under disclosure control, exact by permission, to others not there; and nothing else is touched. */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { createKey } from '../../src/access/key-store.ts'
import { allPermissions } from '../../src/access/permissions.ts'
import { factsAssembled } from '../../src/determinations/facts-assembled.ts'
import { shipped } from '../rules/real-rows.ts'
import { askedSimulations, body, hashesOf, type Simulation } from './support/asked-simulations.ts'
import { CASH, programmeSet, scenario, seededLaboratory } from './support/seeded-laboratory.ts'

const seeded = await seededLaboratory(t, 200)
const { app, database, get, headers, keyWith, post, run } = seeded
const { ask, ended, events, read, worker } = askedSimulations(seeded)
const { pool } = database
const before = await hashesOf(database)

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
    [{ baseline: {} }, 400, 'request-invalid', '/baseline'],
    [{ baseline: { versions: 'ofRun' } }, 400, 'request-invalid', '/baseline'],
    [{ baseline: { snapshot: 'x' } }, 400, 'request-invalid', '/baseline/snapshot'],
    [{ baseline: { snapshot: 'f'.repeat(64) } }, 404, 'snapshot-not-found', '/baseline/snapshot'],
    [{ withinPoints: 0.0000001 }, 400, 'request-invalid', '/withinPoints'],
    [{ withinPoints: -1 }, 400, 'request-invalid', '/withinPoints'],
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
    [{ line: 0.0015 }, 400, 'request-invalid', '/line'],
    [{ line: 100, lines: [100, 68.5, 70.0005] }, 400, 'request-invalid', '/lines/2'],
    [{ scenarios: [scenario('a'), scenario('b'), scenario('a')] }, 422, 'simulation-refused', '/scenarios/2/name'],
    [one({ object: 'rule', id: 'none', set: {} }), 422, 'simulation-refused', '/scenarios/0/changes/0/id'],
    [one({ object: 'rule', id: CASH, set: {} }), 422, 'simulation-refused', '/scenarios/0/changes/0/set'],
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
  // Two are checked at a time; the others wait their turn.
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask({}, key)))
  t.same(new Set(answers.map(({ statusCode }) => statusCode)), new Set([202]))
  const ids = new Set(answers.map((answer) => answer.json<Simulation>().id))
  t.equal(ids.size, 1)
  const [id = ''] = ids
  t.equal(answers.filter((answer) => answer.headers['idempotency-replayed'] === 'true').length, 9)
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
  const listed = (await get('/v1/simulations')).json<{ readonly simulations: readonly object[] }>()
  t.match(listed, { simulations: [{ id, status: 'completed', run, manifestHash: done.manifestHash }, {}] })
  t.notMatch(JSON.stringify(listed), /"(request|manifest|actor)"/, 'a list does not repeat what was asked')

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
  t.notMatch(told.payload, /"(key|largest\w*|paid\w*|codes|behind)"/, 'nothing of what the control needs')
  const kept = await pool.query<{ behind: string }>('select behind from simulation where id = $1', [id])
  t.match(kept.rows[0]?.behind, /"poorBy":/, 'which is kept beside the result')
  t.equal((await get(`/v1/simulations/${id}/result`, reader)).payload, told.payload, 'asked twice it is the same')

  t.match((await get(`/v1/simulations/${id}/result?exact=true`, reader)).json(), { status: 403, expected: 'simulations:exact' })
  t.equal((await events('simulation.read-exact')).length, 0)
  const answer = await get(`/v1/simulations/${id}/result?exact=true`, await keyWith('simulations:read', 'simulations:exact'))
  t.notMatch(answer.payload, /"behind"/)
  const exact = answer.json<Result>()
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

  const heavier = scenario('heavier', { object: 'formula', id: 'welfare-ranking', set: { '/intercept': 3 } })
  const made = await ended((await ask({ scenarios: [heavier], witnesses: true })).json<Simulation>().id)
  const [{ movedScores }] = (await get(`/v1/simulations/${made.id}/result`, reader)).json().scenarios
  t.same(movedScores, [], 'nowhere did ten compete, some of them in vain')

  // What stops one while it is performed is told without counts.
  const none = [scenario('none', programmeSet(CASH, { '/targeting/places': 0 }))]
  const failing = await ended((await ask({ scenarios: none })).json<Simulation>().id)
  t.match(failing, { status: 'failed', problem: 'run-enrolled-exceed', detail: CASH, errors: [{ pointer: '/scenarios/0' }] })
})

t.test('nothing of a run, a list, an enrolment or a version was changed by any of it', async (t) => {
  t.same(await hashesOf(database), before)
})
