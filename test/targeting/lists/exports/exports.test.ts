/** Lists as Parquet and XLSX, read back and held against the JSON pages; what is cut off leaves nothing behind. */
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { get as httpGet, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import t from 'tap'
import { UNIT_FIELDS } from '../../../../src/targeting/lists/unit-answer.ts'
import { limitedSlots } from '../../../../src/kernel/limited-slots.ts'
import { formatAsked, LIST_FORMATS, mediaTypes } from '../../../../src/targeting/lists/exports/export-format.ts'
import { writeParquet } from '../../../../src/targeting/lists/exports/parquet.ts'
import { xlsxStream } from '../../../../src/targeting/lists/exports/xlsx.ts'
import { columnName, escaped, rowXml } from '../../../../src/targeting/lists/exports/xlsx-cells.ts'
import { testApp } from '../../../support/app.ts'
import { type MadeUnit, publishMade, shippedSet, startedRun } from '../../support/published.ts'
import { type Cell, cellsOf, unzip } from '../../support/read-xlsx.ts'

const dataDirectory = t.testdir()
const temporary = join(dataDirectory, 'tmp', 'exports')
// A test below holds requests up for as long as others take.
const patient = { DATABASE_LOCK_TIMEOUT_MS: '0', DATABASE_STATEMENT_TIMEOUT_MS: '0', DATABASE_IDLE_IN_TRANSACTION_TIMEOUT_MS: '0' }
const { app, database, headers } = await testApp(t, { MIZAN_DATA_DIR: dataDirectory, ...patient })
const get = (url: string, more: Record<string, string> = {}) => app.inject({ url, headers: { ...headers, ...more } })

const units: MadeUnit[] = Array.from({ length: 2_345 }, (_, i) => ({
  householdRef: i === 7 ? 1_234_567_890_123_456 : i + 1,
  status: i < 900 ? 'selected' : 'left-out',
  score: (i - 5) * 1_234_567,
  governorate: i % 3,
  ...(i % 5 === 0 ? {} : { liwa: i % 3, kada: i % 3 }),
  ...(i % 2 ? { tier: i % 4 } : {}),
  ...(i % 100 === 9 ? { dependsOnMissing: true, missingFacts: i % 200 === 9 ? ['rooms', 'incomeMonthly'] : ['rooms'] } : {}),
}))
const run = await startedRun(database, await shippedSet(database))
await publishMade(database, run, [{ programme: 'unified-cash-transfer', units }])
const URL = `/v1/runs/${run}/programmes/unified-cash-transfer/ranked-list`

type Unit = Readonly<Record<string, unknown>>
async function pages(query = ''): Promise<Unit[]> {
  const found: Unit[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { units: Unit[]; next: string | null } = (await get(`${URL}?limit=500${query}${cursor && `&cursor=${cursor}`}`)).json()
    found.push(...page.units)
    cursor = page.next
  }
  return found
}

const instance = await DuckDBInstance.create(':memory:')
const duckdb = await instance.connect()
t.teardown(() => {
  duckdb.closeSync()
  instance.closeSync()
})
const parquetRows = async ({
  rawPayload: bytes,
  statusCode,
  body,
}: Awaited<ReturnType<typeof get>>): Promise<{ rows: Unit[]; types: Record<string, string>; about: Record<string, string> }> => {
  if (statusCode !== 200) throw new Error(body)
  const path = join(dataDirectory, 'read.parquet')
  writeFileSync(path, bytes)
  const read = async (sql: string) => (await duckdb.runAndReadAll(sql)).getRowObjectsJson() as Record<string, string>[]
  return {
    rows: await read(`select * from read_parquet('${path}')`),
    types: Object.fromEntries(
      (await read(`describe select * from read_parquet('${path}')`)).map((row) => [row['column_name'], row['column_type']]),
    ),
    about: Object.fromEntries(
      (await read(`select decode(key) as k, decode(value) as v from parquet_kv_metadata('${path}')`)).map(({ k, v }) => [k, v]),
    ),
  }
}

t.test('Parquet is the list, with types, in its order', async (t) => {
  const answer = await get(`${URL}?format=parquet`)
  t.equal(answer.statusCode, 200, answer.body.slice(0, 300))
  t.equal(answer.headers['content-type'], 'application/vnd.apache.parquet')
  t.match(answer.headers['content-disposition'], new RegExp(`filename="unified-cash-transfer-2026-11-01-${run}.parquet"`))
  const { rows, types, about } = await parquetRows(answer)
  t.match(types, {
    position: 'INTEGER',
    householdRef: 'BIGINT',
    score: 'DECIMAL(18,6)',
    benefit: 'DECIMAL(18,3)',
    applicationDate: 'DATE',
    dependsOnMissing: 'BOOLEAN',
    status: 'VARCHAR',
    missingFacts: 'VARCHAR[]',
  })
  // As JSON, DuckDB writes integers of 64 bits as text.
  const wide = (unit: Unit): Unit => ({ ...unit, householdRef: String(unit['householdRef'] as number) })
  t.same(rows, (await pages()).map(wide))
  t.match(about, { programme: 'unified-cash-transfer', run, rootHash: answer.headers['x-ranked-list-root-hash'] })
  const query = 'status=left-out&missingFact=incomeMonthly&fields=position,missingFacts'
  const some = await parquetRows(await get(`${URL}?${query}`, { accept: 'application/vnd.apache.parquet' }))
  t.same(some.rows, await pages(`&${query}`))
  t.ok(some.rows.length > 3)
  const none = await parquetRows(await get(`${URL}?householdRef=999999&format=parquet`))
  t.same([none.rows.length, Object.keys(none.types)], [0, UNIT_FIELDS])
  t.same(readdirSync(temporary), [], 'nothing is left in the folder')
})

const sheetUnits = (rows: Record<string, Cell>[], fields: readonly string[]): Unit[] =>
  rows.map((row) =>
    Object.fromEntries(
      fields.map((field, index) => {
        const cell = row[columnName(index)]
        if (!cell) return [field, null]
        if (field === 'missingFacts') return [field, cell.value.split(' ')]
        if (cell.kind === 'boolean') return [field, cell.value === '1']
        return [
          field,
          cell.kind === 'number' && !['score', 'scoreLo', 'scoreHi', 'benefit'].includes(field) ? Number(cell.value) : cell.value,
        ]
      }),
    ),
  )

t.test('XLSX is the list, with types, headers in both languages', async (t) => {
  const answer = await get(`${URL}?format=xlsx&lang=ar`)
  t.equal(answer.statusCode, 200, answer.body.slice(0, 300))
  t.equal(answer.headers['content-type'], 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
  const files = unzip(answer.rawPayload)
  t.equal([...files.keys()][0], '[Content_Types].xml')
  t.same(
    [...files.keys()].filter((name) => name.includes('sheet')),
    ['xl/worksheets/sheet1.xml'],
  )
  const sheet = files.get('xl/worksheets/sheet1.xml') as string
  t.match(sheet, /rightToLeft="1"/)
  const [header, ...rows] = cellsOf(sheet)
  t.ok(Object.values(header ?? {}).every(({ value, style }) => /[\u0600-\u06ff]/.test(value) && style === 1))
  t.equal(Object.keys(header ?? {}).length, UNIT_FIELDS.length)
  const all = await pages()
  t.same(
    sheetUnits(rows, UNIT_FIELDS),
    all.map((unit) => ({ ...unit, householdRef: String(unit['householdRef'] as number) })),
    'references are text: they have more digits than a sheet counts with',
  )
  t.match(rows[0], { A: { kind: 'number' }, B: { kind: 'text' }, D: { kind: 'text', value: '11' }, T: { kind: 'boolean' } })
  const english = unzip(
    (
      await get(`${URL}?fields=score,position&governorate=12`, {
        accept: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      })
    ).rawPayload,
  )
  const page = english.get('xl/worksheets/sheet1.xml') as string
  t.notMatch(page, /rightToLeft/)
  const [names, ...filtered] = cellsOf(page)
  t.same(
    Object.values(names ?? {}).map(({ value }) => value),
    ['Position', 'Score'],
  )
  t.same(sheetUnits(filtered, ['position', 'score']), await pages('&governorate=12&fields=position,score'))
  t.same((await get(`${URL}?format=xlsx&lang=ar`)).rawPayload, answer.rawPayload, 'the same list is the same file')
})

const { rows: numbered } = await database.pool.query<{ number: number }>(
  "select number from ranked_list where programme = 'unified-cash-transfer'",
)
const exported = {
  db: database.pool,
  list: { number: numbered[0]?.number as number, ofGovernorates: false },
  filters: {},
  fields: UNIT_FIELDS,
}
const bytesOf = async (stream: AsyncIterable<Buffer>): Promise<Buffer> => {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
const never = new AbortController().signal

t.test('a full sheet is followed by another', async (t) => {
  const all = await pages()
  for (const [sheetRows, sheets] of [
    [1_001, 3],
    [2_346, 1],
    [2_345, 2],
    [1_173, 3],
  ] as const) {
    const files = unzip(await bytesOf(xlsxStream({ ...exported, signal: never, language: 'ar', at: new Date(0), sheetRows })))
    const names = [...files.keys()].filter((name) => name.startsWith('xl/worksheets/'))
    t.equal(names.length, sheets, `${sheetRows} rows`)
    const rows = names.map((name) => cellsOf(files.get(name) as string))
    t.ok(rows.every((own) => own.length <= sheetRows && own[0]?.['A']?.value === 'الترتيب في القائمة'))
    t.same(
      rows.flatMap((own) => own.slice(1).map((row) => Number(row['A']?.value))),
      all.map(({ position }) => position),
    )
    t.equal([...(files.get('xl/workbook.xml') as string).matchAll(/<sheet name="القائمة \d"/g)].length, sheets)
  }
})

t.test('what begins like a formula is text, dates are days, and no text breaks the sheet', async (t) => {
  const cells = (status: string, applicationDate: string | null) =>
    cellsOf(rowXml({ status, applicationDate } as never, ['applicationDate', 'status'], 2))[0]
  for (const text of ['=1+1', '=HYPERLINK("http://x";"y")', '+a', '-a', '@a', '<b>&amp;</b>', ' x '])
    t.same(cells(text, null)?.['B'], { kind: 'text', value: text, style: 2 })
  t.same(cells('x', '2026-11-01')?.['A'], { kind: 'number', value: '46327', style: 3 })
  t.equal(escaped('a\u0000\u0008b\ud800c\ud83d\ude00\ufffe<'), 'ab\ufffdc\ud83d\ude00&lt;')
  t.same([0, 25, 26, 51, 52, 701, 702].map(columnName), ['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA'])
})

t.test('which form is asked for', async (t) => {
  const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
  t.same(
    [
      undefined,
      '*/*',
      'text/html, */*;q=0.1',
      'text/csv',
      'TEXT/CSV; header=present',
      `application/json;q=0.5, ${xlsx}`,
      'text/csv;q=0.2, application/json',
      'text/csv;q=0',
      'x, ,;',
    ].map((accept) => formatAsked(accept, undefined, LIST_FORMATS)),
    ['json', 'json', 'json', 'csv', 'csv', 'xlsx', 'json', 'json', 'json'],
  )
  t.equal(formatAsked('text/csv', 'parquet', LIST_FORMATS), 'parquet')
  t.equal(formatAsked(`${mediaTypes.xlsx}, text/csv;q=0.1`, undefined, ['json', 'csv']), 'csv', 'what is not offered is passed over')
  const csv = await get(`${URL}?fields=position&householdRef=3`, { accept: 'text/csv' })
  t.equal(csv.body, 'position\r\n3\r\n')
  t.equal((await get(`${URL}?fields=position&householdRef=3&format=csv`)).body, csv.body)
  t.equal((await get(`${URL}?householdRef=3&format=json`, { accept: 'text/csv' })).json<{ units: Unit[] }>().units.length, 1)
  for (const [query, pointer] of [
    ['format=xls', 'format'],
    ['format=csv&limit=5', 'limit'],
    ['format=xlsx&cursor=x', 'cursor'],
    ['format=xlsx&lang=fr', 'lang'],
    ['lang=ar', 'lang'],
    ['format=parquet&fields=scor', 'fields'],
    ['format=parquet&liwa=11', 'liwa'],
  ])
    t.match(
      (await get(`${URL}?${query}`)).json(),
      { status: 400, code: 'request-invalid', pointer: `querystring/${pointer}` },
      String(query),
    )
  t.match((await get('/v1/programmes/none/ranked-list?format=xlsx')).json(), { status: 404, code: 'ranked-list-not-found' })
  const { rows } = await database.pool.query<{ body: string }>('select body from audit_event')
  const outcomes = rows
    .map(({ body }) => JSON.parse(body) as { action: string; outcome: string })
    .filter(({ action }) => action === 'ranked-list.exported')
  t.same(new Set(outcomes.map(({ outcome }) => outcome)), new Set(['csv', 'parquet', 'xlsx']))
})

t.test('only so many files at once', async (t) => {
  const slots = limitedSlots(2, 'exports are being made')
  const [first] = [slots.take(), slots.take()]
  t.throws(() => slots.take(), { code: 'service-overloaded' })
  first?.()
  first?.()
  slots.take()
  t.throws(() => slots.take(), { code: 'service-overloaded' }, 'given back once')
  // Whoever has a slot waits to record its event until the others have their answer, however slow they are.
  const holder = await database.pool.connect()
  await holder.query('begin; lock table audit_event in exclusive mode')
  let answered = 0
  const asked = Array.from({ length: 5 }, () => get(`${URL}?format=parquet`))
  await new Promise<void>((resolve) => asked.forEach((answer) => void answer.then(() => ++answered === 3 && resolve())))
  await holder.query('commit')
  holder.release()
  const answers = await Promise.all(asked)
  t.same(
    answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
    [200, 200, 503, 503, 503],
  )
  t.match(answers.find(({ statusCode }) => statusCode === 503)?.headers, { 'retry-after': '10' })
  t.equal((await get(`${URL}?format=xlsx`)).statusCode, 200, 'slots come back')
})

t.test('a download that is broken off leaves no file and gives its slot back', async (t) => {
  const big = await startedRun(database)
  await publishMade(database, big, [
    {
      programme: 'big',
      units: Array.from({ length: 30_000 }, (_, i) => ({
        householdRef: (i * 7_919) % 1_000_003,
        status: 'left-out' as const,
        score: (i * 104_729) % 999_983,
      })),
    },
  ])
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const begin = (format: string) =>
    httpGet({ port, host: '127.0.0.1', path: `/v1/runs/${big}/programmes/big/ranked-list?format=${format}`, headers })
  for (const format of ['parquet', 'parquet', 'parquet', 'xlsx', 'xlsx', 'xlsx', 'csv']) {
    const asking = begin(format)
    asking.on('error', () => undefined)
    if (format === 'parquet')
      while (!existsSync(temporary) || readdirSync(temporary).length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    else await once((await once(asking, 'response'))[0] as IncomingMessage, 'readable')
    asking.destroy()
    for (let tries = 0; readdirSync(temporary).length > 0 && tries < 200; tries++) await new Promise((resolve) => setTimeout(resolve, 10))
    t.same(readdirSync(temporary), [], format)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  for (const format of ['parquet', 'xlsx']) {
    const [response] = (await once(begin(format), 'response')) as [IncomingMessage]
    t.equal(response.statusCode, 200, `${format}: the slots are free`)
    t.ok((await bytesOf(response)).length > 10_000)
  }
})

t.test('writing stops when nobody wants it, and what a killed process left is removed', async (t) => {
  const folder = join(dataDirectory, 'tmp', 'other')
  const stop = new AbortController()
  stop.abort()
  await t.rejects(writeParquet({ ...exported, folder, about: {}, signal: stop.signal }))
  t.same(
    readdirSync(folder).filter((name) => name !== ''),
    [],
  )
  mkdirSync(join(folder, 'old'))
  utimesSync(join(folder, 'old'), 1_000, 1_000)
  mkdirSync(join(folder, 'young'))
  const file = await writeParquet({ ...exported, folder, about: { quoted: "it's" }, signal: never })
  t.same(readdirSync(folder).includes('old'), false)
  t.ok(existsSync(join(folder, 'young')) && existsSync(file.path))
  await file.remove()
  await file.remove()
  t.same(readdirSync(folder), ['young'])
})

t.test('a database that fails meanwhile ends the stream with an error', async (t) => {
  let calls = 0
  const db = {
    query: async (...asked: unknown[]) =>
      ++calls > 1 ? Promise.reject(new Error('gone')) : (database.pool.query as (...a: unknown[]) => unknown)(...asked),
  } as never
  await t.rejects(bytesOf(xlsxStream({ ...exported, db, signal: never, language: 'en', at: new Date(0) })), /gone/)
})
