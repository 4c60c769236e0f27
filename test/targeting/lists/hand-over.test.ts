/** Handing lists over: CSV, comparison, freezing and signing, and that what was published never changes. */
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createKey } from '../../../src/access/key-store.ts'
import { csvCell } from '../../../src/kernel/csv-cell.ts'
import { thousandths } from '../../../src/targeting/lists/list-cells.ts'
import { dropUnpublished } from '../../../src/targeting/lists/publish.ts'
import { problem } from '../../../src/kernel/problem.ts'
import { testApp } from '../../support/app.ts'
import { type MadeUnit, publishMade, shippedSet, startedRun } from '../support/published.ts'

const dataDirectory = t.testdir()
const service = await testApp(t, { MIZAN_DATA_DIR: dataDirectory })
const { app, database, headers, keyWith } = service
const get = (url: string) => app.inject({ url, headers })

const unit = (householdRef: number, status: MadeUnit['status'], more: Partial<MadeUnit> = {}): MadeUnit => ({
  householdRef,
  status,
  score: householdRef * 1_000,
  ...more,
})
const cell = (value: unknown): string => (value === null ? '' : Array.isArray(value) ? value.join(' ') : text(value))
const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
/** 1..10 in order: three selected, two waitlisted, five left out. */
const earlier = Array.from({ length: 10 }, (_, i) =>
  unit(i + 1, i < 3 ? 'selected' : i < 5 ? 'waitlisted' : 'left-out', {
    governorate: i % 3,
    ...(i === 3 ? {} : { liwa: i % 3, kada: i % 2 }),
    dependsOnMissing: i === 4 || i === 6,
    ...(i === 4 ? { missingFacts: ['rooms', 'incomeMonthly'] } : i === 6 ? { missingFacts: ['rooms'] } : {}),
    ...(i % 2 ? {} : { tier: 0 }),
  }),
)
/** 11 comes in front of 1 and takes a place from 3, 2 has left, from 4 on everybody stands where they stood. */
const later = [
  unit(11, 'selected'),
  earlier[0] as MadeUnit,
  { ...(earlier[2] as MadeUnit), status: 'selected' as const },
  ...earlier.slice(3),
]
const versionSet = await shippedSet(database)
const [first, second] = [await startedRun(database, versionSet), await startedRun(database, versionSet)]
await publishMade(database, first, [
  { programme: 'unified-cash-transfer', units: earlier },
  { programme: 'pwd-rehabilitation', unit: 'person', units: earlier },
])
await publishMade(database, second, [
  { programme: 'unified-cash-transfer', units: later },
  { programme: 'pwd-rehabilitation', units: later },
])
const list = (run: string, programme = 'unified-cash-transfer'): string => `/v1/runs/${run}/programmes/${programme}/ranked-list`

interface Page {
  readonly run: string
  readonly rootHash: string
  readonly counts: Readonly<Record<string, number>>
  readonly units: readonly Record<string, unknown>[]
  readonly next: string | null
}

t.test('CSV is the list: header, every row, CRLF, decimals, and the filters and fields of a page', async (t) => {
  const answer = await get(`${list(first)}.csv`)
  t.equal(answer.statusCode, 200, answer.body.slice(0, 200))
  t.match(answer.headers['content-type'], /^text\/csv; charset=utf-8/)
  t.match(answer.headers['content-disposition'], new RegExp(`filename="unified-cash-transfer-2026-11-01-${first}.csv"`))
  const lines = answer.body.split('\r\n')
  t.equal(lines.pop(), '', 'the last line is ended too')
  t.notMatch(lines.join(''), /[\r\n]/)
  const { units, rootHash } = (await get(`${list(first)}?limit=500`)).json<Page>()
  t.equal(answer.headers['x-ranked-list-root-hash'], rootHash)
  const fields = (lines.shift() as string).split(',')
  t.same(fields, Object.keys(units[0] ?? {}))
  t.same(
    lines,
    units.map((one) => fields.map((field) => cell(one[field])).join(',')),
  )
  t.match(lines[0], /,0\.001000,.*,40\.500,/)
  const some = await get(`/v1/programmes/unified-cash-transfer/ranked-list.csv?status=left-out&governorate=11&fields=status,householdRef`)
  t.same(some.body, 'householdRef,status\r\n7,left-out\r\n10,left-out\r\n')
  t.equal((await get('/v1/programmes/unified-cash-transfer/ranked-list.csv?householdRef=99&fields=position')).body, 'position\r\n')
})

t.test('a list longer than a page of the export comes whole', async (t) => {
  const versionSet = await shippedSet(database)
  const run = await startedRun(database, versionSet)
  const units = Array.from({ length: 2_500 }, (_, i) => unit(i + 1, 'left-out'))
  await publishMade(database, run, [{ programme: 'long', units }])
  const lines = (await get(`${list(run, 'long')}.csv?fields=position,householdRef`)).body.trimEnd().split('\r\n')
  t.same(
    lines.slice(1),
    Array.from({ length: 2_500 }, (_, i) => `${i + 1},${i + 1}`),
  )
})

t.test('money is in thousandths, whatever the scale of its fact', async (t) => {
  t.same(
    [thousandths(12, 0), thousandths(12_345, 3), thousandths(12_345_500, 6), thousandths(-12_345_500, 6), thousandths(NaN, 0)],
    [12_000, 12_345, 12_346, -12_346, NaN],
  )
})

t.test('no cell is a formula', async (t) => {
  for (const text of ['=1+1', '+a', '-a', '@a', '\tx', '\0x', '-', '-1+1', '=HYPERLINK("x")'])
    t.match(csvCell(text), /^"?'/, JSON.stringify(text))
  t.same(['-1', '-1.500000', '0', 'plain', '', null, true].map(csvCell), ['-1', '-1.500000', '0', 'plain', '', '', 'true'])
  t.same(csvCell('a"b,c\r\nd'), '"a""b,c\r\nd"')
})

t.test('what a client gets wrong is told with its place', async (t) => {
  const none = '018f0000-0000-7000-8000-000000000000'
  const cases: [string, number, string, string?][] = [
    [`${list(first)}.csv?fields=scor`, 400, 'request-invalid', 'querystring/fields'],
    [`${list(first)}.csv?fields=`, 400, 'request-invalid', 'querystring/fields'],
    [`${list(first)}.csv?governorate=99`, 400, 'request-invalid', 'querystring/governorate'],
    [`${list(first)}.csv?liwa=11`, 400, 'request-invalid', 'querystring/liwa'],
    [`${list(first)}.csv?kada=1101`, 400, 'request-invalid', 'querystring/kada'],
    [`${list(first)}.csv?branchOffice=12`, 400, 'request-invalid', 'querystring/branchOffice'],
    [`${list(first)}.csv?missingFact=x%27y`, 400, 'request-invalid', 'querystring/missingFact'],
    [`${list(first)}.csv?missingFact=rooms&dependsOnMissing=false`, 400, 'request-invalid', 'querystring/missingFact'],
    [`${list(first)}.csv?percentileFrom=50&percentileTo=40`, 400, 'request-invalid', 'querystring/percentileTo'],
    [`${list(first)}.csv?cursor=x`, 400, 'request-invalid', 'querystring/cursor'],
    [`${list(first)}.csv?status=selected&status=left-out`, 400, 'request-invalid', 'querystring/status'],
    [`${list(none)}.csv`, 404, 'ranked-list-not-found'],
    ['/v1/programmes/none/ranked-list.csv', 404, 'ranked-list-not-found'],
    ['/v1/programmes/%00/ranked-list.csv', 400, 'text-has-nul'],
    [`/v1/runs/x/programmes/unified-cash-transfer/comparison?with=${first}`, 400, 'request-invalid', 'params/run'],
    [`/v1/runs/${first}/programmes/unified-cash-transfer/comparison`, 400, 'request-invalid', 'querystring/with'],
    [`/v1/runs/${first}/programmes/unified-cash-transfer/comparison?with=${none}`, 404, 'ranked-list-not-found', 'querystring/with'],
    [
      `/v1/runs/${first}/programmes/unified-cash-transfer/comparison?with=${second}&cursor=abc`,
      400,
      'cursor-unknown',
      'querystring/cursor',
    ],
    [`/v1/runs/${first}/programmes/pwd-rehabilitation/comparison?with=${second}`, 422, 'lists-not-comparable', 'querystring/with'],
  ]
  for (const [url, status, code, pointer] of cases) {
    const answer = await get(url)
    t.match(answer.json(), { status, code, ...(pointer === undefined ? {} : { pointer }) }, url)
    t.match(
      (await app.inject({ url, headers: { ...headers, 'accept-language': 'ar' } })).json<{ title: string }>().title,
      /[\u0600-\u06ff]/,
    )
  }
  t.equal((await get(`${list(first)}.csv?fields=scor`)).json<{ detail: string }>().detail, 'did you mean "score"?')
})

t.test('a page is told the same, and begins nowhere but where it may', async (t) => {
  const { next } = (await get(`${list(first)}?limit=2`)).json<Page>()
  const cases: [string, string, string][] = [
    [`${list(first)}?fields=scor`, 'request-invalid', 'querystring/fields'],
    [`${list(first)}?governorate=99`, 'request-invalid', 'querystring/governorate'],
    [`${list(first)}?percentileFrom=50&percentileTo=40`, 'request-invalid', 'querystring/percentileTo'],
    [`${list(first)}?household=1`, 'request-invalid', 'querystring/household'],
    [`${list(first)}?limit=501`, 'request-invalid', 'querystring/limit'],
    [`${list(first)}?tier=x`, 'request-invalid', 'querystring/tier'],
    [`${list(second)}?cursor=${next}`, 'cursor-unknown', 'querystring/cursor'],
    [`${list(first)}?tier=0&cursor=${next}`, 'cursor-unknown', 'querystring/cursor'],
    [`${list(first)}?cursor=${Buffer.from('1.2.x').toString('base64url')}`, 'cursor-unknown', 'querystring/cursor'],
  ]
  for (const [url, code, pointer] of cases) t.match((await get(url)).json(), { status: 400, code, pointer }, url)
})

t.test('every filter alone and in pairs: each page once, in order, as plain SQL counts them', async (t) => {
  const choices = [
    'governorate=12',
    'status=left-out',
    'tier=0',
    'dependsOnMissing=true',
    'dependsOnMissing=false',
    'householdRef=5',
    'liwa=1201',
    'kada=110101',
    'branchOffice=NAF-12',
    'missingFact=rooms',
    'missingFact=incomeMonthly',
  ]
  const where: Record<string, string> = {
    'governorate=12': "governorate = '12'",
    'status=left-out': "status = 'left-out'",
    'tier=0': 'tier = 0',
    'dependsOnMissing=true': 'depends_on_missing',
    'dependsOnMissing=false': 'not depends_on_missing',
    'householdRef=5': 'household_ref = 5',
    'liwa=1201': "liwa = '1201'",
    'kada=110101': "kada = '110101'",
    'branchOffice=NAF-12': "liwa like '12%'",
    'missingFact=rooms': "'rooms' = any(missing_facts)",
    'missingFact=incomeMonthly': "'incomeMonthly' = any(missing_facts)",
  }
  for (const a of choices)
    for (const b of choices) {
      if (a !== b && (a.split('=')[0] === b.split('=')[0] || (`${a}${b}`.includes('false') && `${a}${b}`.includes('missingFact')))) continue
      const query = a === b ? a : `${a}&${b}`
      if (query.includes('governorate=12') && query.includes('kada=11')) {
        t.match((await get(`${list(first)}?${query}`)).json(), { code: 'request-invalid' }, `${query}: nobody lives in both`)
        continue
      }
      const seen: unknown[] = []
      for (let next: string | null = ''; next !== null;) {
        const page: Page = (await get(`${list(first)}?limit=2&${query}${next && `&cursor=${next}`}`)).json<Page>()
        seen.push(...page.units.map(({ position }) => position))
        next = page.next
      }
      const { rows } = await database.pool.query<{ position: number }>(
        `select position from ranked_unit u join ranked_list l on l.number = u.list_number
         where run_id = $1 and programme = 'unified-cash-transfer' and ${where[a]} and ${where[b]} order by position`,
        [first],
      )
      t.same(
        seen,
        rows.map(({ position }) => position),
        query,
      )
    }
})

interface Comparison {
  readonly counts: Readonly<Record<string, number>> | null
  readonly changes: readonly {
    readonly change: string
    readonly householdRef: number
    readonly here: { readonly position: number; readonly status: string; readonly score: string } | null
    readonly there: { readonly position: number } | null
  }[]
  readonly next: string | null
}

t.test('comparison: entered, left, moved and same, page by page', async (t) => {
  const url = `/v1/runs/${second}/programmes/unified-cash-transfer/comparison?with=${first}`
  const whole = (await get(url)).json<Comparison>()
  t.same(whole.counts, { entered: 1, left: 1, moved: 1, statusChanged: 0, same: 8 })
  t.same(
    whole.changes.map(({ change, householdRef, here, there }) => [change, householdRef, here?.position ?? null, there?.position ?? null]),
    [
      ['entered', 11, 1, null],
      ['moved', 1, 2, 1],
      ['left', 2, null, 2],
    ],
  )
  t.match(whole.changes[0]?.here, { score: '0.011000', benefit: '40.500', status: 'selected', reason: 'within-quota' })
  const paged = []
  let next: string | null = ''
  for (let page = 0; next !== null && page < 10; page++) {
    const answer: Comparison = (await get(`${url}&limit=1${next && `&cursor=${next}`}`)).json<Comparison>()
    t.equal(answer.counts === null, page > 0, 'counts stand on the first page')
    paged.push(...answer.changes)
    next = answer.next
  }
  t.same(paged, whole.changes)
  for (const change of ['entered', 'left', 'moved'])
    t.same(
      (await get(`${url}&change=${change}`)).json<Comparison>().changes,
      whole.changes.filter((one) => one.change === change),
    )
  const cursor = (await get(`${url}&limit=1`)).json<Comparison>().next
  t.match((await get(`${url}&change=moved&cursor=${cursor}`)).json(), { code: 'cursor-unknown' }, 'another kind of change')
  const back = (await get(`/v1/runs/${first}/programmes/unified-cash-transfer/comparison?with=${second}`)).json<Comparison>()
  t.match(back.counts, { entered: 1, left: 1, moved: 1, same: 8 })
  const self = (await get(`/v1/runs/${first}/programmes/pwd-rehabilitation/comparison?with=${first}`)).json<Comparison>()
  t.same([self.counts, self.changes], [{ entered: 0, left: 0, moved: 0, statusChanged: 0, same: 10 }, []])
})

t.test('a list is frozen once, and its signature holds over counts and root hash', async (t) => {
  const url = `${list(first)}/freeze`
  const ask = () => app.inject({ method: 'POST', url, headers })
  const answers = await Promise.all([ask(), ask(), ask()])
  t.same(
    answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
    [200, 200, 201],
  )
  const [frozen] = answers.map((answer) => answer.json<Record<'signed' | 'signature' | 'publicKey' | 'rootHash' | 'frozenAt', string>>())
  for (const answer of answers) t.same(answer.json(), frozen)
  if (!frozen) throw new Error('no answer')
  const holds = (text: string): boolean =>
    verify(null, Buffer.from(text), createPublicKey(frozen.publicKey), Buffer.from(frozen.signature, 'base64'))
  t.ok(holds(frozen.signed))
  t.notOk(holds(frozen.signed.replace('"selected":3', '"selected":4')))
  const { rootHash, counts } = (await get(`${list(first)}?limit=1`)).json<Page>()
  t.match(JSON.parse(frozen.signed), { run: first, programme: 'unified-cash-transfer', rootHash, counts, frozenAt: frozen.frozenAt })
  t.same(readdirSync(join(dataDirectory, 'keys')), ['list-signing.pem'], 'one key, no draft left behind')
  t.equal(statSync(join(dataDirectory, 'keys', 'list-signing.pem')).mode & 0o777, 0o600)
  t.equal((await app.inject({ method: 'POST', url: `${list(first, 'none')}/freeze`, headers })).statusCode, 404)
  const { frozenAt: at, signature } = frozen
  t.match((await get(`${list(first)}?limit=1`)).json(), { frozen: { at, signature } })
  t.match((await get(`${list(second)}?limit=1`)).json(), { frozen: null })
})

t.test('the root hash is that of the lines as COPY writes them out again', async (t) => {
  const { rows } = await database.pool.query<{ number: number; hash: string }>(
    'select number, root_hash as hash from ranked_list order by number',
  )
  for (const { number, hash } of rows) {
    const { rows: units } = await database.pool.query<Record<string, unknown>>(
      `select position, household_ref, person_ref, governorate, tier, score, score_lo, score_hi, national_rank, governorate_rank, percentile, benefit, application_date,
         status, reason, depends_on_missing, liwa, kada, branch_office, missing_facts, person_percentile from ranked_unit where list_number = $1 order by position`,
      [number],
    )
    const line = (row: Record<string, unknown>): string =>
      Object.values(row)
        .map((value) =>
          value === null
            ? String.raw`\N`
            : typeof value === 'boolean'
              ? value
                ? 't'
                : 'f'
              : Array.isArray(value)
                ? `{${value.join()}}`
                : text(value),
        )
        .join('\t')
    t.equal(
      createHash('sha256')
        .update(units.map((row) => `${line(row)}\n`).join(''))
        .digest('hex'),
      hash,
      `list ${number}`,
    )
  }
})

t.test('lists of a run that was asked for earlier do not take the place of those in force, whoever finishes last', async (t) => {
  const [older, newer] = [await startedRun(database, versionSet), await startedRun(database, versionSet)]
  const made = [{ programme: 'late', units: earlier }]
  await publishMade(database, newer, made)
  await t.rejects(publishMade(database, older, made), { code: 'run-superseded' })
  await dropUnpublished(database, older)
  t.equal((await get('/v1/programmes/late/ranked-list')).json<Page>().run, newer)
})

t.test('what was published never changes', async (t) => {
  for (const sql of [
    'update ranked_list set selected = selected + 1, left_out = left_out - 1',
    'update ranked_list set published_at = null',
    "update ranked_list set frozen_by = 'somebody' where frozen_at is not null",
    'update ranked_list set frozen_at = null, frozen_by = null, signature = null where frozen_at is not null',
    'delete from ranked_list',
    "update ranked_unit set status = 'selected'",
    'delete from ranked_unit where position = 1',
  ])
    await t.rejects(database.pool.query(sql), { code: '23001' }, sql)
  await dropUnpublished(database, first)
  t.equal((await get(`${list(first)}?limit=1`)).statusCode, 200, 'dropping what is unpublished leaves the published')
})

t.test('readers see the old lists or the new ones while a run is published, never a mixture', async (t) => {
  const [a, b] = [await startedRun(database), await startedRun(database)]
  const units = (offset: number): MadeUnit[] => Array.from({ length: 3_000 }, (_, i) => unit(offset + i, 'selected'))
  const lists = (offset: number) => ['one', 'two', 'three'].map((programme) => ({ programme, units: units(offset) }))
  await publishMade(database, a, lists(1))
  const seen = new Set<string>()
  let publishing = true
  const switched = async (): Promise<boolean> => (await get('/v1/programmes/two/ranked-list?limit=1')).json<Page>().run === b
  const polling = (async () => {
    while (publishing) {
      const { rows } = await database.pool.query<{ run: string }>(
        "select l.run_id as run from published_list p join ranked_list l on l.number = p.list_number where p.programme in ('one', 'two', 'three')",
      )
      t.equal(rows.length, 3)
      const runs = new Set(rows.map(({ run }) => run))
      t.equal(runs.size, 1, 'the three pointers name one run')
      const page = (await get('/v1/programmes/two/ranked-list?limit=3')).json<Page>()
      t.equal(page.units[0]?.['householdRef'], page.run === a ? 1 : 50_001, 'header and units are of one list')
      if (page.run === a) t.equal((await get(`${list(b, 'one')}.csv`)).statusCode === 404 || (await switched()), true)
      seen.add(page.run)
    }
  })()
  const readersSee = async (run: string): Promise<void> => {
    for (let tries = 0; !seen.has(run) && tries < 500; tries++) await new Promise((resolve) => setTimeout(resolve, 10))
  }
  await readersSee(a)
  await publishMade(database, b, lists(50_001))
  await readersSee(b)
  publishing = false
  await polling
  t.ok(seen.has(a) && seen.has(b), 'readers were there before and after')
})

t.test('publishing again changes nothing; a run that is no longer running publishes nothing', async (t) => {
  const counted = async () => (await database.pool.query('select count(*) as n from ranked_list')).rows[0].n as number
  const before = await counted()
  const { rows } = await database.pool.query<{ hash: string }>('select manifest_hash as hash from run where id = $1', [first])
  t.equal(await publishMade(database, first, [{ programme: 'unified-cash-transfer', units: later }]), rows[0]?.hash)
  t.equal(await counted(), before)
  const cancelled = await startedRun(database)
  await database.pool.query("update run set status = 'cancelled' where id = $1", [cancelled])
  await t.rejects(publishMade(database, cancelled, [{ programme: 'unified-cash-transfer', units: later }]), /is not running/)
  t.equal((await get(`${list(cancelled)}?limit=1`)).statusCode, 404)
  t.equal((await get('/v1/programmes/unified-cash-transfer/ranked-list?limit=1')).json<Page>().run, second)
  await dropUnpublished(database, cancelled)
  t.equal(await counted(), before)
  const { rows: tables } = await database.pool.query<{ n: number }>(
    "select count(*)::int as n from pg_class where relname ~ '^ranked_unit_[0-9]+$' and relkind = 'r'",
  )
  t.equal(tables[0]?.n, before, 'no table is left behind')
})

t.test('lists on whose sample the ways of judging disagree are not published, however early or late that is known', async (t) => {
  const lists = Array.from({ length: 5 }, (_, n) => ({ programme: `list-${n}`, units: later }))
  for (const afterMs of [0, 20, 1_000]) {
    const run = await startedRun(database)
    const checked = new Promise<void>((_, reject) => setTimeout(() => reject(problem('run-disagreement')), afterMs))
    checked.catch(() => undefined)
    await t.rejects(publishMade(database, run, lists, checked), { code: 'run-disagreement' })
    t.equal((await get('/v1/programmes/list-0/ranked-list?limit=1')).statusCode, 404)
    await dropUnpublished(database, run)
    t.equal((await database.pool.query('select from ranked_list where run_id = $1', [run])).rowCount, 0)
  }
})

t.test('what an attempt left is dropped while another one fills a list of the same run', async (t) => {
  const { pool } = database
  const run = await startedRun(database)
  await pool.query("update run set status = 'cancelled' where id = $1", [run])
  await t.rejects(publishMade(database, run, [{ programme: 'one', units: later }]), /is not running/)
  const waitFor = async (waiting: number, isOver: () => boolean = () => false): Promise<void> => {
    for (;;) {
      const { rows } = await pool.query<{ n: number }>(
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
      if (isOver() || (rows[0]?.n ?? 0) >= waiting) return
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const holder = await pool.connect()
  try {
    // A trait that is held keeps the dropping in the middle of its work.
    await holder.query('begin')
    await holder.query('select from listed_trait t join ranked_list l on l.number = t.list_number where l.run_id = $1 for update of t', [
      run,
    ])
    const dropping = dropUnpublished(database, run).then(
      () => 'dropped',
      (error: unknown) => error,
    )
    await waitFor(1)
    let isFilled = false
    const filling = pool
      .query(
        `with filled as (insert into ranked_list (run_id, programme, unit, eligible, selected, waitlisted, left_out, spent, root_hash)
           values ($1, 'two', 'household', 1, 1, 0, 0, 0, repeat('c', 64)) returning number)
         insert into listed_trait (list_number, trait, block, places) select number, 'status:selected', 0, '\\x0000' from filled`,
        [run],
      )
      .then(() => (isFilled = true))
    await waitFor(2, () => isFilled)
    await holder.query('commit')
    t.equal(await dropping, 'dropped')
    await filling
  } finally {
    holder.release(true)
  }
  const left = async () => (await pool.query('select programme from ranked_list where run_id = $1', [run])).rows
  t.same(await left(), [{ programme: 'two' }], 'the list that was filled meanwhile is whole')
  await dropUnpublished(database, run)
  t.same(await left(), [])
})

t.test('permissions and audit', async (t) => {
  const reader = await keyWith('ranked-lists:read')
  const frozen = await app.inject({ method: 'POST', url: `${list(second)}/freeze`, headers: reader })
  t.match(frozen.json(), { status: 403, expected: 'ranked-lists:freeze' })
  const freezer = await keyWith('ranked-lists:freeze')
  const freezes = async (entity: string) => {
    const key = await createKey(database.pool, { name: 'test', entity, permissions: ['ranked-lists:freeze'] })
    return app.inject({ method: 'POST', url: `${list(first)}/freeze`, headers: { authorization: `Bearer ${key}` } })
  }
  t.match((await freezes('MOSD')).json(), { status: 403, code: 'ranked-list-not-yours' })
  t.equal((await freezes('NAF')).statusCode, 200, 'the programme’s own agency: frozen before')
  for (const url of [`${list(first)}.csv`, `/v1/runs/${second}/programmes/unified-cash-transfer/comparison?with=${first}`])
    t.match((await app.inject({ url, headers: freezer })).json(), { status: 403, expected: 'ranked-lists:read' })
  const { rows } = await database.pool.query<{ body: string }>('select body from audit_event')
  const events = rows.map(({ body }) => JSON.parse(body) as { action: string; purpose: string; outcome: string })
  for (const action of ['ranked-list.exported', 'ranked-list.compared', 'ranked-list.frozen', 'run.published'])
    t.ok(
      events.some((event) => event.action === action && event.purpose !== 'none stated'),
      action,
    )
  t.equal(events.filter(({ action, outcome }) => action === 'ranked-list.frozen' && outcome === 'frozen').length, 1)
})
