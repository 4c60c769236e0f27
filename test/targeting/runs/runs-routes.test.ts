/** Runs through the API: asked for once, followed, cancelled, resumed, performed by a worker, and written into the audit chain. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { entities } from '../../../src/warehouse/shared-lists.ts'
import { ensureEntities } from '../../../src/access/entities/entity-store.ts'
import { createKey } from '../../../src/access/key-store.ts'
import type { Permission } from '../../../src/access/permissions.ts'
import { startSchedule } from '../../../src/jobs/schedule.ts'
import { holdLock } from '../../../src/jobs/held-lock.ts'
import { enqueueScheduled, workOnRuns } from '../../../src/targeting/run/work-on-runs.ts'
import { recoverRuns } from '../../../src/targeting/run/recover-runs.ts'
import { createRun, performRun, runLock } from '../../../src/targeting/run/perform-run.ts'
import { follow } from '../../../src/http/follow.ts'
import { readProgress } from '../../../src/targeting/run/run-store.ts'
import { AS_OF } from '../../support/seeded-app.ts'
import { keptLog, quietly, rootHashes, runRequest, seededRuns, traces } from '../support/seeded-runs.ts'

const { app, database, deps, get, post, keyWith, headers } = await seededRuns(t, 120)
await ensureEntities(database.pool, entities)

interface Run {
  readonly id: string
  readonly status: string
  readonly problem: string | null
  readonly code: string
  readonly pointer: string
  readonly expected: string
  readonly cycle: string
  readonly asOf: string
  readonly attempt: number
  readonly detail: string
}

const body = { cycle: 'november', population: 'residents', despiteRegistries: true }
const ask = async (change: object = {}, key: string = randomUUID(), more: Record<string, string> = {}) =>
  post('/v1/runs', { ...body, ...change }, { 'idempotency-key': key, ...more })
const runOf = async (id: string): Promise<Run> => (await get(`/v1/runs/${id}`)).json<Run>()
const ended = async (id: string): Promise<Run> => {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
    const run = await runOf(id)
    if (!['queued', 'running'].includes(run.status)) return run
  }
  throw new Error('the run did not end')
}
const events = async (action: string): Promise<{ actor: string; objects: string[] }[]> =>
  (await database.pool.query<{ body: string }>('select body from audit_event order by id')).rows
    .map(({ body }) => JSON.parse(body))
    .filter((event) => event.action === action)

t.test('what is refused at once', async (t) => {
  const code = async (answer: Promise<{ statusCode: number; json: () => unknown }>): Promise<unknown[]> => {
    const { statusCode, json } = await answer.then((one) => ({ statusCode: one.statusCode, json: one.json() as Run }))
    return [statusCode, json.code]
  }
  t.same(await code(post('/v1/runs', body)), [400, 'idempotency-key-missing'])
  t.same(await code(post('/v1/runs', body, { 'idempotency-key': 'x' })), [400, 'idempotency-key-malformed'])
  for (const cycle of ['', ' ', '\u00a0\u2003', 'a\tb', 'a\u0085b', '---', 'x'.repeat(101)])
    t.match((await ask({ cycle })).json(), { code: 'request-invalid', pointer: '/cycle' }, JSON.stringify(cycle))
  t.same(await code(ask({ population: 'all' })), [400, 'request-invalid'])
  t.same(await code(ask({ undeterminedPercentMax: 101 })), [400, 'request-invalid'])
  t.same(await code(ask({ asOf: '2999-01-01' })), [422, 'as-of-not-available'])
  t.match((await ask({ governorates: ['99'] })).json(), { code: 'request-invalid', pointer: '/governorates/0' })
  t.match((await ask({ registeredBy: 'NAF' })).json(), { code: 'request-invalid', pointer: '/registeredBy' })
  t.match((await ask({ population: 'registrants', registeredBy: 'nobody' })).json(), { code: 'request-invalid', pointer: '/registeredBy' })
  t.match((await ask({ asOf: '1990-01-01' })).json(), { status: 422, code: 'as-of-not-available', pointer: '/asOf' })
  t.match((await ask({ despiteRegistries: false })).json(), { status: 409, code: 'run-registries-unusable', detail: /\(/ })
  const registrantsOnly = await keyWith('runs:write', 'runs:read')
  t.match((await ask({}, randomUUID(), registrantsOnly)).json(), { status: 403, expected: 'runs:write-residents' })
  t.match((await ask({ population: 'registrants' }, randomUUID(), await keyWith('runs:read'))).json(), {
    status: 403,
    expected: 'runs:write',
  })
  t.equal((await database.pool.query('select from run')).rowCount, 0)
  for (const url of ['cancel', 'resume']) t.same(await code(post(`/v1/runs/${randomUUID()}/${url}`, undefined)), [404, 'run-not-found'])
  t.same(await code(get(`/v1/runs/${randomUUID()}/events`)), [404, 'run-not-found'])
})

t.test('one key is one run, also when it is sent twenty times at once', async (t) => {
  const key = randomUUID()
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask({}, key)))
  t.same(new Set(answers.map(({ statusCode }) => statusCode)), new Set([202]))
  const ids = new Set(answers.map((answer) => answer.json<Run>().id))
  t.equal(ids.size, 1)
  const [id] = ids
  t.equal(answers[0]?.headers.location, `/v1/runs/${id}`)
  t.equal(answers.filter((answer) => answer.headers['idempotency-replayed'] === 'true').length, 19)
  t.match((await ask({ cycle: 'december' }, key)).json(), { code: 'idempotency-key-reused' })
  t.equal((await database.pool.query('select from graphile_worker.jobs where key = $1', [id])).rowCount, 1)
  t.equal((await events('run.requested')).length, 1)
  t.match((await post(`/v1/runs/${id}/resume`, undefined)).json(), { code: 'run-in-progress' })
  const cancelled = await post(`/v1/runs/${id}/cancel`, undefined)
  t.match([cancelled.statusCode, cancelled.json()], [200, { status: 'cancelled' }])
  t.equal((await post(`/v1/runs/${id}/cancel`, undefined)).statusCode, 200, 'twice is once')
  t.equal((await events('run.cancelled')).length, 1)
  t.equal((await database.pool.query('select from graphile_worker.jobs where key = $1', [id])).rowCount, 0)
  t.match((await get(`/v1/runs/${id}/events`)).payload, /event: end\ndata: \{"status":"cancelled"/)
})

t.test('a run is its entity’s and the operator’s: nobody else cancels or resumes it; residents need their permission', async (t) => {
  const of = async (entity: string, ...permissions: Permission[]) => ({
    authorization: `Bearer ${await createKey(database.pool, { name: 'test', entity, permissions })}`,
  })
  const fund = await of('NAF', 'runs:write', 'runs:read')
  const { id } = (await ask({ population: undefined, registeredBy: 'NAF' }, randomUUID(), fund)).json<Run>()
  t.match(await runOf(id), { status: 'queued', request: { population: 'registrants', registeredBy: 'NAF' }, putInForce: false })
  const others = await of('MOSD', 'runs:write', 'runs:write-residents', 'runs:read')
  for (const what of ['cancel', 'resume'])
    t.match((await post(`/v1/runs/${id}/${what}`, undefined, others)).json(), { status: 403, code: 'run-not-yours' })
  t.match((await post(`/v1/runs/${id}/cancel`, undefined, fund)).json(), { status: 'cancelled' })
  t.equal((await post(`/v1/runs/${id}/cancel`, undefined)).statusCode, 200, 'the operator may')
  const whole = (await ask()).json<Run>()
  const operator = await keyWith('runs:write')
  t.match((await post(`/v1/runs/${whole.id}/cancel`, undefined, operator)).json(), { status: 403, expected: 'runs:write-residents' })
  t.match((await post(`/v1/runs/${whole.id}/cancel`, undefined)).json(), { status: 'cancelled' })
})

t.test('a worker performs what is queued; the run is followed to its end', async (t) => {
  const log = keptLog()
  const work = await workOnRuns(deps, { cron: '', population: 'registrants' }, log)
  t.teardown(() => work.stop())
  const { id } = (await ask()).json<Run>()
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const response = await fetch(`${address}/v1/runs/${id}/events`, { headers })
  t.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8')
  const heard = (await response.text()).split('\n\n').filter((part) => part.startsWith('event'))
  t.match(heard.at(-1), /^event: end\ndata: \{"status":"completed"/)
  t.ok(heard.length >= 3, `${heard.length} events`)
  t.ok(heard.slice(0, -1).every((event) => /^event: progress\ndata: \{"status":"(queued|running)"/.test(event)))
  t.match(await runOf(id), { status: 'completed', attempt: 1, asOf: AS_OF })
  t.equal(Object.keys(await rootHashes(database, id)).length, 7)
  t.equal((await events('run.published')).length, 1)
  t.match((await post(`/v1/runs/${id}/cancel`, undefined)).json(), { code: 'run-ended' })
  t.match((await post(`/v1/runs/${id}/resume`, undefined)).json(), { code: 'run-ended' })

  t.match((await ask({ cycle: 'second' })).json(), {
    status: 409,
    code: 'run-cycle-fixed',
    pointer: '/cycle',
    expected: 'november',
  })
  const beside = (await ask({ cycle: 'second', governorates: ['11'] })).json<Run>()
  t.match(await ended(beside.id), { status: 'completed', cycle: 'second' }, 'lists beside those in force are settled by any word')
  const second = (await ask({ cycle: undefined })).json<Run>()
  t.match(second, { cycle: 'november' }, 'what is not named is that of the month')
  while ((await runOf(second.id)).status === 'queued') await sleep(20)
  t.match((await post(`/v1/runs/${second.id}/cancel`, undefined)).json(), { status: 'cancelled' })
  t.same(await traces(database, second.id), { published: 0, filled: 0, orphans: 0 })
  t.equal((await post(`/v1/runs/${second.id}/resume`, undefined)).statusCode, 202)
  const resumed = await ended(second.id)
  t.match(resumed, { status: 'completed', attempt: 2 })
  t.equal((await events('run.resumed')).length, 1)

  const failing = (await ask({ undeterminedPercentMax: 0 })).json<Run>()
  t.match(await ended(failing.id), { status: 'failed', problem: 'run-undetermined-share' })
  // The end is stored before it is logged.
  const told = /run not published .*run-undetermined-share/
  for (let tries = 0; tries < 500 && !told.test(log.lines.join('\n')); tries++) await sleep(20)
  t.match(log.lines.join('\n'), told)
})

t.test('a run whose process died is found and performed; one that is being performed is left alone', async (t) => {
  const id = await createRun(deps, runRequest({ cycle: 'broken off' }))
  await database.pool.query("update run set status = 'running', attempt = 1 where id = $1", [id])
  const performer = await holdLock(database.pool, runLock(id), { waitMs: 0, signal: quietly.signal })
  t.same(await recoverRuns(database), [])
  await t.rejects(performRun(deps, id, quietly), { code: 'run-in-progress' })
  await performer?.release()
  t.same(await recoverRuns(database), [id])
  t.same(await recoverRuns(database), [], 'its job waits')
  await database.pool.query("update graphile_worker._private_jobs set locked_at = now(), locked_by = 'dead' where key = $1", [id])
  await database.pool.query(
    "update graphile_worker._private_job_queues set locked_at = now(), locked_by = 'dead' where queue_name = 'runs'",
  )
  t.same(await recoverRuns(database), [], 'a live worker may have taken it just now')
  t.same(await recoverRuns(database, { takenSeconds: 0 }), [id])
  const early = await createRun(deps, runRequest())
  t.same(await recoverRuns(database), [], 'somebody stored it a moment ago')
  t.same(await recoverRuns(database, { waitedSeconds: 0 }), [early])
  const work = await workOnRuns(deps, { cron: '', population: 'registrants' }, keptLog())
  t.match(await ended(id), { status: 'completed', attempt: 2 })
  t.match(await ended(early), { status: 'completed', attempt: 1 })
  await work.stop()
})

t.test('a worker that stops leaves its run to the next one', async (t) => {
  const work = await workOnRuns(deps, { cron: '', population: 'registrants' }, keptLog())
  const { id } = (await ask()).json<Run>()
  while ((await runOf(id)).status === 'queued') await sleep(20)
  await work.stop()
  t.match(await runOf(id), { status: 'queued', attempt: 1 })
  const next = await workOnRuns(deps, { cron: '', population: 'registrants' }, keptLog())
  t.match(await ended(id), { status: 'completed', attempt: 2 })
  await next.stop()
})

t.test('a schedule queues one run a tick, of the day and with the word of its month', async (t) => {
  const before = (await database.pool.query('select from run')).rowCount ?? 0
  const schedules = [1, 2].map(() =>
    startSchedule(database, {
      job: 'test',
      cron: '* * * * * *',
      timeZone: 'Asia/Amman',
      onTick: (transaction, tick) => enqueueScheduled(transaction, deps, 'registrants', tick),
      onError: (error) => t.fail(String(error)),
    }),
  )
  const ticks = async (): Promise<number> => (await database.pool.query("select from job_tick where job = 'test'")).rowCount ?? 0
  while ((await ticks()) < 2) await sleep(50)
  await Promise.all(schedules.map(({ stop }) => stop()))
  const { rows } = await database.pool.query<Run & { ticks: number }>(
    `select cycle, as_of as "asOf", status, (select count(*)::int from job_tick where job = 'test') as ticks from run where actor = 'schedule'`,
  )
  t.ok(rows.length >= 2)
  for (const row of rows) t.match(row, { cycle: 'november', asOf: AS_OF, status: 'queued', ticks: rows.length })
  t.equal((await database.pool.query('select from run')).rowCount, before + rows.length)
})

t.test('a follower hears heartbeats, misses what it does not read in time, and ends with the service', async (t) => {
  const id = await createRun(deps, runRequest())
  const stop = new AbortController()
  const stream = follow(() => readProgress(database.pool, id), { pollMs: 10, heartbeatMs: 40, signal: stop.signal })
  t.equal((await stream.next()).value, 'retry: 2000\n\n')
  t.match((await stream.next()).value, /"status":"queued"/)
  t.equal((await stream.next()).value, ': still there\n\n')
  await database.pool.query("update run set status = 'running', stage = 'replica' where id = $1", [id])
  await database.pool.query("update run set stage = 'facts' where id = $1", [id])
  t.match((await stream.next()).value, /"stage":"facts"/)
  const last = stream.next()
  stop.abort()
  t.same(await last, { value: undefined, done: true })
})
