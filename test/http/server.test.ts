import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import Type from 'typebox'
import { errorsReference } from '../../src/http/openapi.ts'
import { createServer } from '../../src/http/server.ts'
import { registerSecurity } from '../../src/http/security.ts'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { problemKinds } from '../../src/kernel/problem-table.ts'
import { testApp } from '../support/app.ts'

const settings = { logLevel: 'silent', requestTimeoutMs: 1_000, bodyLimitBytes: 1_000_000, trustedProxies: [] }

t.test('bodies that are refused before a route sees them', async (t) => {
  const app = createServer(settings)
  const Body = Type.Object(
    {
      nationalId: Type.String({ format: 'national-id' }),
      rooms: Type.Optional(Type.Integer()),
      since: Type.Optional(Type.String({ format: 'date' })),
    },
    { additionalProperties: false },
  )
  app.post('/echo', { config: { permission: 'public' }, schema: { body: Body } }, async ({ body }) => body)
  const post = (payload: string | Buffer, type = 'application/json') =>
    app.inject({ method: 'POST', url: '/echo', payload, headers: { 'content-type': type } })
  const good = '"nationalId":"9001234567"'
  const cases: [string, string | Buffer, string, number, (string | undefined)?, string?][] = [
    ['nothing', '', 'body-missing', 400],
    ['null', 'null', 'body-missing', 400],
    ['half an object', '{"nationalId":', 'json-malformed', 400],
    ['a comment', `{${good} /* c */}`, 'json-malformed', 400],
    ['a trailing comma', `{${good},}`, 'json-malformed', 400],
    ['single quotes', "{'a':1}", 'json-malformed', 400],
    ['NaN', `{${good},"rooms":NaN}`, 'json-malformed', 400],
    ['raw NUL', `{"nationalId":"90012345\u00007"}`, 'json-malformed', 400],
    ['escaped NUL', '{"nationalId":"90012345\\u00007"}', 'text-has-nul', 400, '/nationalId'],
    ['escaped NUL in a key', '{"a\\u0000":1}', 'text-has-nul', 400, ''],
    ['lone surrogate', '{"nationalId":"\\ud800"}', 'text-not-unicode', 400, '/nationalId'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'text-not-unicode', 400],
    ['20,000 deep', '['.repeat(20_000) + ']'.repeat(20_000), 'json-too-deep', 400],
    ['20,000 objects deep', '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000), 'json-too-deep', 400],
    ['key twice', `{${good},${good}}`, 'json-duplicate-key', 400, '/nationalId'],
    ['__proto__', `{${good},"__proto__":{}}`, 'json-key-forbidden', 400, '/__proto__'],
    ['too large', `{"nationalId":"${'1'.repeat(1_000_001)}"}`, 'body-too-large', 413],
    ['text', good, 'content-type-unsupported', 415, undefined, 'text/plain'],
    ['form', 'nationalId=9001234567', 'content-type-unsupported', 415, undefined, 'application/x-www-form-urlencoded'],
    ['merge patch', `{${good}}`, 'content-type-unsupported', 415, undefined, 'application/merge-patch+json'],
    ['latin-1', `{${good}}`, 'content-type-unsupported', 415, 'Content-Type', 'application/json; charset=iso-8859-1'],
    ['malformed type', `{${good}}`, 'content-type-unsupported', 415, undefined, 'json'],
    ['an array', '[]', 'request-invalid', 400, ''],
    ['a text', '"a"', 'request-invalid', 400, ''],
    ['a number', '1', 'request-invalid', 400, ''],
    ['National ID as integer', '{"nationalId":9001234567}', 'national-id-malformed', 400, '/nationalId'],
    ['National ID as null', '{"nationalId":null}', 'national-id-malformed', 400, '/nationalId'],
    ['nine digits', '{"nationalId":"900123456"}', 'national-id-malformed', 400, '/nationalId'],
    ['eleven digits', '{"nationalId":"90012345678"}', 'national-id-malformed', 400, '/nationalId'],
    ['Arabic digits', '{"nationalId":"٩٠٠١٢٣٤٥٦٧"}', 'national-id-malformed', 400, '/nationalId'],
    ['full-width digits', '{"nationalId":"９００１２３４５６７"}', 'national-id-malformed', 400, '/nationalId'],
    ['a space before', '{"nationalId":" 9001234567"}', 'national-id-malformed', 400, '/nationalId'],
    ['a line end', '{"nationalId":"9001234567\\n"}', 'national-id-malformed', 400, '/nationalId'],
    ['an array of one', '{"nationalId":["9001234567"]}', 'national-id-malformed', 400, '/nationalId'],
    ['a missing key', '{}', 'request-invalid', 400, '/nationalId'],
    ['an unknown key', `{${good},"x/y":1}`, 'request-invalid', 400, '/x~1y'],
    ['text for a number', `{${good},"rooms":"3"}`, 'request-invalid', 400, '/rooms'],
    ['a fraction for an integer', `{${good},"rooms":3.5}`, 'request-invalid', 400, '/rooms'],
    ['no date of the calendar', `{${good},"since":"2026-02-30"}`, 'request-invalid', 400, '/since'],
    ['a date with time', `{${good},"since":"2026-02-03T00:00:00Z"}`, 'request-invalid', 400, '/since'],
  ]
  for (const [name, payload, code, status, pointer, type] of cases) {
    const response = await post(payload, type)
    t.equal(response.statusCode, status, `${name}: ${response.body.slice(0, 300)}`)
    t.match(response.headers['content-type'], /^application\/problem\+json/, name)
    const body = response.json()
    t.match(body, { code, status, instance: '/echo', ...(pointer === undefined ? {} : { pointer }) }, name)
    t.ok(body.requestId && body.title && body.hint, name)
    t.notMatch(response.body, /900123456|٩٠٠١٢/, `${name}: no value is echoed`)
  }
  t.same((await post(`{${good},"rooms":3}`, 'application/json; charset=UTF-8')).json(), { nationalId: '9001234567', rooms: 3 })
  await app.close()
})

t.test('answers in the client’s language', async (t) => {
  const app = createServer(settings)
  const response = await app.inject({ url: '/nothing/9001234567', headers: { 'accept-language': 'ar-JO,en;q=0.5' } })
  t.match(response.json(), { code: 'route-not-found', title: problemKinds['route-not-found'].title.ar })
  t.equal(response.headers['content-language'], 'ar')
  t.notMatch(response.body, /9001234567/)
  const malformed = await app.inject({ url: '/%E0%A4%A' })
  t.match(malformed.json(), { code: 'url-malformed', status: 400 })
  await app.close()
})

t.test('an unexpected error says nothing of itself', async (t) => {
  const { app, logged } = await testApp(t)
  app.get('/boom', { config: { permission: 'public' } }, async () => {
    throw Object.assign(new Error('person 9001234567 exploded'), { detail: 'Key (id)=(9001234567)', code: 'XX000' })
  })
  const response = await app.inject({ url: '/boom?id=9001234567', headers: { 'x-request-id': '9001234567', 'user-agent': '9001234567' } })
  t.equal(response.statusCode, 500)
  t.match(response.json(), { code: 'internal-error' })
  t.notMatch(response.body, /9001234567/)
  t.match(logged(), /"code":"XX000"/)
  t.notMatch(logged(), /9001234567/)
})

t.test('what is not HTTP is answered and closed', async (t) => {
  const app = createServer(settings)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as { port: number }
  const ask = async (text: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk) => (answer += String(chunk)))
    socket.write(text)
    await once(socket, 'close')
    return answer
  }
  t.match(await ask('9001234567 HELLO\r\n\r\n'), /^HTTP\/1.1 400 [\s\S]*problem\+json[\s\S]*request-malformed/)
  t.match(await ask(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`), /^HTTP\/1.1 431 [\s\S]*headers-too-large/)
  t.match(await ask('POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{'), /^HTTP\/1.1 (408|400) /)
  await app.close()
})

t.test('a route without a permission stops the start', async (t) => {
  const app = createServer(settings)
  await registerSecurity(app as never, { rateLimitPerMinute: 0, principalOf: async () => null })
  app.get('/forgotten', async () => 'never')
  await t.rejects(async () => app.ready(), /routes without a permission: GET \/forgotten/)
})

t.test('too many requests of one key', async (t) => {
  const { app, headers } = await testApp(t, { RATE_LIMIT_PER_MINUTE: '2' })
  app.get('/limited', { config: { permission: 'versions:read' } }, async () => ({}))
  const statuses = []
  for (let i = 0; i < 3; i++) statuses.push((await app.inject({ url: '/limited', headers })).statusCode)
  t.same(statuses, [200, 200, 429])
  const response = await app.inject({ url: '/limited', headers })
  t.match(response.json(), { code: 'too-many-requests' })
  t.ok(Number(response.headers['retry-after']) > 0)
})

t.test('health, metrics, documentation and errors are there, and safe', async (t) => {
  const { app } = await testApp(t)
  t.same((await app.inject('/health/live')).json(), { status: 'ok' })
  t.match((await app.inject('/health/ready')).json(), { code: 'nothing-in-force' })
  const metrics = await app.inject('/metrics')
  t.match(metrics.body, /mizan_http_request_seconds_count\{method="GET",route="\/health\/live",status="200"\} 1/)
  const docs = await app.inject('/docs/')
  t.equal(docs.statusCode, 200)
  t.notMatch(docs.body, /https?:\/\/(?!localhost)/, 'nothing from outside')
  t.match(docs.headers, { 'x-content-type-options': 'nosniff' })
  t.equal((await app.inject('/docs/json')).json().openapi, '3.1.0')
  const errors = await app.inject('/errors')
  for (const code of Object.keys(problemKinds)) t.match(errors.body, `id="${code}"`)
})

t.test('a path that climbs out of /docs is no failure of ours', async (t) => {
  const { app } = await testApp(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.addresses()[0] as AddressInfo
  // Neither fetch nor inject sends such a path as it is written.
  const [response] = (await once(request({ port, host: '127.0.0.1', path: '/docs/static/../../package.json' }).end(), 'response')) as [
    IncomingMessage,
  ]
  t.equal(response.statusCode, 404)
  response.resume()
})

t.test('every code is documented', async (t) => {
  t.equal(readFileSync(join(projectRoot, 'docs/reference/errors.md'), 'utf8'), errorsReference(), 'run npm run openapi')
  for (const [code, { title, hint }] of Object.entries(problemKinds)) {
    t.match(title.ar + hint.ar, /[\u0600-\u06ff]/, code)
  }
})

t.test('a lost database is 503, and the service lives', async (t) => {
  const { app, database, headers } = await testApp(t)
  app.get(
    '/needs',
    { config: { permission: 'public' } },
    async () => (await database.pool.query('select pg_terminate_backend(pg_backend_pid())')).rows,
  )
  app.get(
    '/slow',
    { config: { permission: 'public' } },
    async () => await database.pool.query('set statement_timeout = 10; select pg_sleep(1)'),
  )
  app.get('/nul', { config: { permission: 'public' } }, async () => (await database.pool.query('select $1::text', ['a\0b'])).rows)
  app.get('/date', { config: { permission: 'public' } }, async () => (await database.pool.query("select '2026-02-30'::date")).rows)
  app.get('/big', { config: { permission: 'public' } }, async () => (await database.pool.query('select 99999999999::int')).rows)
  const response = await app.inject({ url: '/needs', headers })
  t.match(response.json(), { code: 'database-unavailable', status: 503 })
  t.equal(response.headers['retry-after'], '2')
  t.match((await app.inject('/slow')).json(), { code: 'database-busy', status: 503 })
  t.match((await app.inject('/nul')).json(), { code: 'text-has-nul', status: 400 })
  t.match((await app.inject('/date')).json(), { code: 'value-not-storable', status: 400 })
  t.match((await app.inject('/big')).json(), { code: 'value-not-storable', status: 400 })
  t.equal((await app.inject('/health/live')).statusCode, 200)
})
