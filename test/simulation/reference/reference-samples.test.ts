/** Reference samples through the API: declared, sent once, kept unchanged, shown to their entity alone. */
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { DuckDBInstance } from '@duckdb/node-api'
import t from 'tap'
import { createKey } from '../../../src/access/key-store.ts'
import { takePlace } from '../../../src/simulation/reference/read-apart.ts'
import { receiveFile, UPLOAD_BYTES_MAX } from '../../../src/simulation/reference/receive-file.ts'
import { loadShippedVersions } from '../../../src/programmes/load-shipped.ts'
import { testApp } from '../../support/app.ts'

const dataDirectory = t.testdir()
const { app, database, headers, keyWith, logged } = await testApp(
  t,
  { MIZAN_DATA_DIR: dataDirectory },
  async (made) => void (await loadShippedVersions(made)),
)

interface Answer {
  readonly id: string
  readonly code: string
  readonly contentHash: string
  readonly errors: readonly { readonly code: string; readonly pointer: string; readonly message: string; readonly hint?: string }[]
}

const declaration = {
  name: 'HIES 2027, first quarter',
  source: 'Department of Statistics, Household Income and Expenditure Survey 2027',
  synthetic: false,
  columns: {
    welfare: 'exp',
    weight: 'w',
    stratum: 'gov',
    cluster: 'psu',
    facts: { householdSize: 'size', governorate: 'gov code' },
    unknown: ['NA'],
  },
}
const declare = async (change: object = {}, more: Record<string, string> = headers) =>
  app.inject({ method: 'POST', url: '/v1/reference-samples', payload: { ...declaration, ...change }, headers: more })
const declared = async (change: object = {}): Promise<string> => (await declare(change)).json<Answer>().id
const send = async (id: string, payload: string | Buffer, type = 'text/csv', more: Record<string, string> = headers) =>
  app.inject({ method: 'PUT', url: `/v1/reference-samples/${id}/rows`, payload, headers: { ...more, 'content-type': type } })
const get = async (url: string, more: Record<string, string> = headers) => app.inject({ url, headers: more })
const header = 'exp,w,gov,psu,size,gov code'
const file = `${header}\n102.5,1.5,عمان,7,4,11\nNA,2,معان,8,5,33\nx,2,معان,8,5,33\n`
const events = async (action: string): Promise<number> =>
  (await database.pool.query<{ body: string }>('select body from audit_event')).rows.filter(
    ({ body }) => JSON.parse(body).action === action,
  ).length

t.test('declared, sent, read, and the faults downloaded', async (t) => {
  const made = await declare()
  t.equal(made.statusCode, 201)
  const { id } = made.json<Answer>()
  t.equal(made.headers.location, `/v1/reference-samples/${id}`)
  t.match(made.json(), { storedAt: null, contentHash: null, stamp: null, rowsUsed: null, columns: declaration.columns })
  t.match((await get(`/v1/reference-samples/${id}/faults`)).json(), { status: 409, code: 'reference-sample-without-rows' })
  const sent = await send(id, file)
  t.equal(sent.statusCode, 200)
  const { contentHash } = sent.json<Answer>()
  t.match(sent.json(), {
    rowsUsed: 2,
    rowsFaulty: 1,
    faultCounts: [{ column: 'exp', reason: 'decimal-malformed', rows: 1 }],
    fileBytes: Buffer.byteLength(file),
  })
  t.match(contentHash, /^[0-9a-f]{64}$/)
  t.same((await get(`/v1/reference-samples/${id}`)).json(), sent.json())
  t.same((await get('/v1/reference-samples')).json<{ samples: unknown[] }>().samples[0], sent.json())
  const faults = await get(`/v1/reference-samples/${id}/faults`)
  t.equal(faults.headers['content-type'], 'text/csv; charset=utf-8; header=present')
  t.equal(faults.payload, 'line,column,reason,expected\r\n4,exp,decimal-malformed,"a decimal with at most 6 places, such as 123.45"\r\n')
  t.same([await events('reference-sample.declared'), await events('reference-sample.stored')], [1, 1])
  t.same(readdirSync(join(dataDirectory, 'tmp', 'uploads')), [], 'nothing lies about')

  t.same((await send(id, file)).json(), sent.json(), 'the same file again is the same answer')
  t.match((await send(id, `${file}1,1,a,7,4,11\n`)).json(), { status: 409, code: 'reference-sample-stored' })
  t.equal(await events('reference-sample.stored'), 1)
  const twin = await declared({ name: 'again' })
  t.equal((await send(twin, file)).json<Answer>().contentHash, contentHash, 'the same rows are stored once')
  t.equal((await database.pool.query('select from sample_content where hash = $1', [contentHash])).rowCount, 1)
  await t.rejects(database.pool.query("update reference_sample set name = 'x' where id = $1", [id]), { code: '23001' })
  await t.rejects(database.pool.query("update sample_content_part set gzipped = '' where hash = $1", [contentHash]), { code: '23001' })
  await t.rejects(database.pool.query('delete from sample_content_part where hash = $1', [contentHash]), { code: '23001' })
})

t.test('samples are their entity’s: to others they are not there', async (t) => {
  const id = await declared()
  const key = await createKey(database.pool, { name: 'other', entity: 'NAF', permissions: ['simulations:read', 'simulations:write'] })
  const other = { authorization: `Bearer ${key}` }
  for (const answer of [
    await get(`/v1/reference-samples/${id}`, other),
    await get(`/v1/reference-samples/${id}/faults`, other),
    await send(id, file, 'text/csv', other),
    await get(`/v1/reference-samples/${randomUUID()}`),
  ])
    t.match(answer.json(), { status: 404, code: 'reference-sample-not-found' })
  t.same((await get('/v1/reference-samples', other)).json(), { samples: [] })
  t.match((await declare({}, await keyWith('simulations:read'))).json(), { status: 403, expected: 'simulations:write' })
  t.match((await get('/v1/reference-samples/x')).json(), { code: 'request-invalid', pointer: 'params/sample' })
})

t.test('a declaration is checked at once', async (t) => {
  const { columns } = declaration
  t.match((await declare({ columns: { ...columns, facts: { houseHoldSize: 'a' } } })).json(), {
    status: 422,
    code: 'reference-sample-refused',
    pointer: '/columns/facts/houseHoldSize',
    errors: [{ code: 'sample-column', hint: /householdSize/ }],
  })
  t.match((await declare({ columns: { ...columns, facts: {} } })).json(), { code: 'request-invalid', pointer: '/columns/facts' })
  t.match((await declare({ source: '' })).json(), { code: 'request-invalid', pointer: '/source' })
  t.match((await declare({ synthetic: 'no' })).json(), { code: 'request-invalid', pointer: '/synthetic' })
  t.match((await declare({ rows: [] })).json(), { code: 'request-invalid', pointer: '/rows' })
})

t.test('a file that is refused leaves the sample waiting, and nothing else', async (t) => {
  const id = await declared()
  const refused = async (payload: string | Buffer, type = 'text/csv'): Promise<unknown[]> => {
    const { status, code, errors, pointer } = (await send(id, payload, type)).json()
    return [status, code, ...(errors ?? []).map((one: Answer['errors'][number]) => one.code), pointer]
  }
  t.same(await refused(''), [400, 'body-missing', undefined])
  t.same(await refused(Buffer.from([0xff, 0xfe, 1, 0])), [422, 'reference-sample-refused', 'sample-encoding', ''])
  t.same(await refused(`${header}\n1,1,"a,7,4,11`), [422, 'reference-sample-refused', 'sample-csv', ''])
  t.same(await refused('exp,exp,gov,psu,size,gov code\n1,1,a,7,4,11'), [
    422,
    'reference-sample-refused',
    'sample-column',
    'sample-column',
    '/columns/welfare',
  ])
  t.same(await refused(`${header},national id\n1,1,a,7,4,11,9951012345`), [422, 'reference-sample-refused', 'sample-identifier', ''])
  t.same(await refused('{}', 'application/json'), [415, 'content-type-unsupported', undefined])
  t.same(await refused('not Parquet', 'application/vnd.apache.parquet'), [422, 'reference-sample-refused', 'sample-parquet', ''])
  t.match((await get(`/v1/reference-samples/${id}`)).json(), { storedAt: null })
  t.match((await send(id, file)).json(), { rowsUsed: 2 })
  t.same(readdirSync(join(dataDirectory, 'tmp', 'uploads')), [])
  t.equal(
    (await app.inject({ method: 'POST', url: '/v1/reference-samples', payload: file, headers: { ...headers, 'content-type': 'text/csv' } }))
      .statusCode,
    415,
  )
})

t.test('a number of ten digits is in no answer and no log', async (t) => {
  const id = await declared()
  const answer = await send(id, `${header},9951012345\n1,1,a,9951012345,4,11,1`)
  t.match(answer.json<Answer>().errors, [
    { message: 'column 4 "psu" holds a number of ten digits, first on line 2' },
    { message: 'column 7 holds a number of ten digits, first on line 1' },
  ])
  t.notMatch(answer.payload + logged(), /9951012345/)
})

t.test('limits: bytes, uploads at a time, samples that wait', async (t) => {
  const id = await declared()
  const large = await app.inject({
    method: 'PUT',
    url: `/v1/reference-samples/${id}/rows`,
    payload: 'x',
    headers: { ...headers, 'content-type': 'text/csv', 'content-length': String(UPLOAD_BYTES_MAX + 1) },
  })
  t.match(large.json(), { status: 413, code: 'body-too-large', expected: 'at most 67108864 bytes' })
  const folder = t.testdir()
  const chunks = function* (): Generator<Buffer> {
    for (let n = 0; n < 70; n++) yield Buffer.alloc(1024 * 1024)
  }
  await t.rejects(receiveFile(Readable.from(chunks()), folder), { code: 'body-too-large' })
  t.same(readdirSync(folder), [])
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const streamed = await fetch(`${address}/v1/reference-samples/${id}/rows`, {
    method: 'PUT',
    body: Readable.from(chunks()),
    duplex: 'half',
    headers: { ...headers, 'content-type': 'text/csv' },
  } as unknown as RequestInit).then(
    ({ status }) => status,
    // Whoever goes on sending may find the connection closed before the answer is read.
    () => 413,
  )
  t.equal(streamed, 413)
  t.equal(logged().match(/rows"},"res":{"statusCode":413}/g)?.length, 2)
  const leave = [takePlace(), takePlace()]
  t.match((await send(id, file)).json(), { status: 503, code: 'service-overloaded' })
  for (const one of leave) {
    one()
    one()
  }
  t.equal((await send(id, file)).statusCode, 200)
  const busy = {
    authorization: `Bearer ${await createKey(database.pool, { name: 'busy', entity: 'NAF', permissions: ['simulations:write'] })}`,
  }
  for (let n = 0; n < 50; n++) t.equal((await declare({}, busy)).statusCode, 201)
  t.match((await declare({}, busy)).json(), { status: 429, code: 'reference-samples-too-many' })
})

t.test('one sample, sent five times at once by impatient people, has one file’s rows', async (t) => {
  const id = await declared()
  const answers = await Promise.all([file, file, `${file}1,1,a,7,4,11\n`, file, file].map((text) => send(id, text)))
  const codes = new Set(answers.map(({ statusCode }) => statusCode))
  t.ok(
    [...codes].every((code) => [200, 409, 503].includes(code)),
    [...codes].join(),
  )
  t.ok(codes.has(200))
  const hashes = answers.filter(({ statusCode }) => statusCode === 200).map((answer) => answer.json<Answer>().contentHash)
  t.equal(new Set(hashes).size, 1)
})

t.test('Parquet holds the same rows as CSV', async (t) => {
  const folder = t.testdir()
  const path = join(folder, 'sample.parquet')
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (SELECT * FROM (VALUES
      (102.5::DOUBLE, 1.5::FLOAT, 'عمان', 7, 4.0::DOUBLE, 11),
      ('nan'::DOUBLE, 1e-6::DOUBLE, 'معان', 8, NULL, 33),
      (1e300, 2, E'two\\nlines', 8, 5, 33)) AS v("exp", "w", "gov", "psu", "size", "gov code")) TO '${path}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
  const id = await declared()
  const sent = await send(id, readFileSync(path), 'application/vnd.apache.parquet')
  t.match(sent.json(), { rowsUsed: 2, rowsFaulty: 1, faultCounts: [{ column: 'exp', reason: 'decimal-malformed', rows: 1 }] })
  t.match((await get(`/v1/reference-samples/${id}/faults`)).payload, /\r\n4,exp,decimal-malformed/)
  const same = await declared()
  const csv = await send(same, `${header}\n102.5,1.5,عمان,7,4,11\n,0.000001,معان,8,,33\n`)
  t.equal(csv.json<Answer>().contentHash, sent.json<Answer>().contentHash)
})
