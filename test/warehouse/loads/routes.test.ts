/** Loads through the service: streamed past the limits of other bodies, answered, followed, audited; refused rows by their own permission only. */
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createKey } from '../../../src/access/key-store.ts'
import { migrateQueue } from '../../../src/jobs/queue.ts'
import { loadRegistryDefinitions } from '../../../src/warehouse/registry-definition.ts'
import { ensureRegistryTables } from '../../../src/warehouse/registry-table.ts'
import { testApp } from '../../support/app.ts'

const { app, database, headers, keyWith, logged } = await testApp(
  t,
  { MIZAN_DATA_DIR: t.testdir(), REQUEST_TIMEOUT_MS: '1000', BODY_LIMIT_BYTES: '2000', LOAD_BYTES_MAX: '3000000' },
  (made) => ensureRegistryTables(made, loadRegistryDefinitions()),
)
await migrateQueue(database.pool)
const HEADER = 'national_number,establishment_no,salary_month,gross_wage\n'
const row = (n: number, wage: string = '300.5'): string => `${String(9_000_000_000 + n)},E1,2025-12-01,${wage}\n`
const url = '/v1/registries/ssc_salaries/loads'
const post = (query: string, payload: string, type = 'text/csv', more: object = headers) =>
  app.inject({ method: 'POST', url: `${url}?${query}`, headers: { ...more, 'content-type': type }, payload })

t.test('a delivery larger than other bodies is loaded, answered and audited; sent again it is the same', async (t) => {
  const rows = Array.from({ length: 500 }, (_, n) => row(n)).join('')
  const answer = await post('delivery=dec&asOf=2026-01-05', HEADER + rows + row(1, '=1+2') + row(600, '-5'))
  t.equal(answer.statusCode, 201)
  const load = answer.json()
  t.match(load, {
    registry: 'ssc_salaries',
    delivery: 'dec',
    status: 'completed',
    received: 502,
    inserted: 500,
    rejected: 2,
    removed: 0,
    problem: null,
  })
  const again = await post('delivery=dec&asOf=2026-01-05', HEADER)
  t.match([again.statusCode, again.headers['idempotency-replayed'], again.json()], [200, 'true', load])
  t.same((await app.inject({ url: answer.headers.location as string, headers })).json(), load)
  t.match((await app.inject({ url, headers })).json(), { loads: [load] })
  t.match((await app.inject({ url: `${answer.headers.location}/events`, headers })).body, /event: end\ndata: .*"status":"completed"/)
  const { rows: events } = await database.pool.query(
    "SELECT body::jsonb AS body FROM audit_event WHERE body::jsonb ->> 'action' = 'registry.loaded'",
  )
  const objects = ['registry:ssc_salaries', `load:${load.id}`]
  t.match(events, [{ body: { outcome: 'completed', entity: 'MODEE', objects } }, { body: { outcome: 'repeated', objects } }])
})

t.test('refused rows are told to who may read them, each time on the record', async (t) => {
  const { id } = (await app.inject({ url, headers })).json().loads[0]
  t.match((await app.inject({ url: `${url}/${id}/rejected`, headers: await keyWith('loads:read', 'loads:write') })).json(), {
    code: 'permission-missing',
  })
  const own = await keyWith('loads:rejected')
  const lines = (await app.inject({ url: `${url}/${id}/rejected`, headers: own })).body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.match(lines, [
    { line: 502, reasons: ['gross_wage: decimal-malformed'], content: row(1, '=1+2').trim() },
    { line: 503, reasons: ['gross_wage: number-out-of-range'], content: row(600, '-5').trim() },
  ])
  const csv = await app.inject({ url: `${url}/${id}/rejected?format=csv`, headers: own })
  t.match(csv.body, /^line,reasons,content\r\n502,"gross_wage: decimal-malformed","9000000001,E1,2025-12-01,=1\+2"\r\n/)
  const { rows } = await database.pool.query("SELECT FROM audit_event WHERE body::jsonb ->> 'action' = 'load.rejected-rows-read'")
  t.equal(rows.length, 2)
})

t.test('another entity neither delivers to a registry nor reads what was refused of it; its custodian does', async (t) => {
  const of = async (entity: string) => ({
    authorization: `Bearer ${await createKey(database.pool, { name: entity, entity, permissions: ['loads:write', 'loads:rejected'] })}`,
  })
  const [other, custodian] = [await of('DVLD'), await of('SSC')]
  const { id } = (await app.inject({ url, headers })).json().loads[0]
  const refused = { code: 'entity-not-yours', status: 403, pointer: 'params/registry' }
  t.match((await post('delivery=theirs&asOf=2026-01-05', HEADER + row(1), 'text/csv', other)).json(), refused)
  t.match((await app.inject({ url: `${url}/${id}/rejected`, headers: other })).json(), refused)
  t.equal((await app.inject({ url: `${url}/${id}/rejected`, headers: custodian })).statusCode, 200)
  t.equal((await post('delivery=own&asOf=2026-01-05', HEADER + row(1), 'text/csv', custodian)).statusCode, 201)
})

t.test('what cannot be loaded is refused with its code', async (t) => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ['delivery=x&asOf=2026-01-05', 'national_number,wage\n', 'text/csv', 'load-header'],
    ['delivery=x&asOf=2999-01-05', HEADER, 'text/csv', 'request-invalid'],
    ['delivery=x&asOf=yesterday', HEADER, 'text/csv', 'request-invalid'],
    ['delivery=../x&asOf=2026-01-05', HEADER, 'text/csv', 'request-invalid'],
    ['delivery=x', HEADER, 'text/csv', 'request-invalid'],
    ['delivery=x&asOf=2026-01-05', '{}', 'application/json', 'content-type-unsupported'],
    ['delivery=x&asOf=2026-01-05', 'PAR1', 'application/vnd.apache.parquet', 'load-unreadable'],
    ['delivery=x&asOf=2026-01-05', `${HEADER}${'x'.repeat(3_000_000)}`, 'text/csv', 'body-too-large'],
  ]
  for (const [query, payload, type, code] of cases) t.match((await post(query, payload, type)).json(), { code }, code)
  t.match((await app.inject({ url: '/v1/registries/nothing/loads', headers })).json(), { code: 'registry-not-found' })
  t.match((await app.inject({ url: `${url}/999999`, headers })).json(), { code: 'load-not-found' })
  t.match((await app.inject({ url, headers })).json().loads[0], { delivery: 'x', status: 'failed' })
})

t.test('a sender may take longer than a request; one that hangs up leaves nothing', async (t) => {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const send = (delivery: string) =>
    httpRequest({
      port,
      path: `${url}?delivery=${delivery}&asOf=2026-01-06`,
      method: 'POST',
      headers: { ...headers, 'content-type': 'text/csv' },
    })
  const slow = send('slow')
  const answered = once(slow, 'response')
  slow.write(HEADER)
  for (let n = 700; n < 705; n++) {
    await sleep(500)
    slow.write(row(n))
  }
  slow.end()
  const [response] = await answered
  t.equal(response.statusCode, 201, 'two and a half seconds against a limit of one')
  response.resume()
  const cut = send('cut')
  cut.on('error', () => undefined)
  cut.write(HEADER + row(800))
  const latest = async (): Promise<{ delivery: string; status: string }> => (await app.inject({ url, headers })).json().loads[0]
  while ((await latest()).delivery !== 'cut') await sleep(20)
  cut.destroy()
  // It fails; anything else is told below.
  while (!['failed', 'completed'].includes((await latest()).status)) await sleep(20)
  t.match((await app.inject({ url, headers })).json().loads[0], { delivery: 'cut', status: 'failed', problem: 'load-interrupted' })
  t.equal((await database.pool.query("SELECT FROM identity.identifier WHERE number = '9000000800'")).rowCount, 0)
})

t.test('no National ID in the log', (t) => {
  t.notMatch(logged(), /90000\d{5}/)
  t.end()
})
