/** What the law asks about persons: every purpose on record, every table with an end, notices when they are due, and all that is kept handed over. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { applyRetention, pastTime } from '../../src/data-protection/retention/apply-retention.ts'
import { processingRegister } from '../../src/data-protection/processing/processing-records.ts'
import { unrecorded } from '../../src/data-protection/processing/routes.ts'
import { processingPage, retentionPage } from '../../src/data-protection/reference-pages.ts'
import { dated, retention } from '../../src/data-protection/retention/retention.ts'
import { keptRecords } from '../../src/data-protection/person-export/own-records.ts'
import { chainPending } from '../../src/audit/sequencer.ts'
import { verifyChain } from '../../src/audit/verify.ts'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { loadRegistryDefinitions } from '../../src/warehouse/registry-definition.ts'
import { application } from '../support/seeded-app.ts'
import { sourceFiles } from '../support/source-files.ts'
import { publishMade, startedRun } from '../targeting/support/published.ts'
import { protectionApp } from './support.ts'

const service = await protectionApp(t, 12)
const { post, get, heads, membersOf, database, events, keyWith } = service
const { pool } = database
const registries = loadRegistryDefinitions()
const families = await Promise.all(heads.map(async (head) => ({ head, members: await membersOf(head.householdRef) })))
const adultsOf = async (householdRef: number): Promise<number[]> =>
  (
    await pool.query<{ person_ref: number }>(
      `select m.person_ref from household_member m
       left join warehouse.cspd_personal_info p on p.person_ref = m.person_ref left join warehouse.rbd_residents r on r.person_ref = m.person_ref
       where m.household_ref = $1 and m.valid_to is null and coalesce(p.birth_date, r.birth_date, '1900-01-01') <= date '2026-11-01' - interval '18 years' order by 1`,
      [householdRef],
    )
  ).rows.map(({ person_ref: ref }) => ref)
const { head, members } = families.find((family) => family.members.length >= 3) as (typeof families)[number]
const key = (last: string): Record<string, string> => ({ 'idempotency-key': `01a20ae3-5581-4377-9bfe-7dbbb80314${last}` })

t.test('every purpose that a route or an event declares is on record, and no other', async (t) => {
  const answer = (await get('/v1/processing-records')).json()
  const declared = new Set<string>(
    answer.records.flatMap((one: { operations: string[]; purpose: { en: string } }) => (one.operations.length > 0 ? [one.purpose.en] : [])),
  )
  const inTexts = sourceFiles().flatMap(({ text }) =>
    [...text.matchAll(/\bpurpose(?::| =) (?:'([^']+)'|"([^"]+)")|\bPURPOSE = '([^']+)'/g)].flatMap(([, a, b, c]) => a ?? b ?? c ?? []),
  )
  // Limits of attempts call theirs a purpose too.
  const inEvents = inTexts.filter((purpose) => !['sign-in', 'forgotten'].includes(purpose))
  const known = new Set(processingRegister.records.map(({ purpose }) => purpose.en))
  t.same(
    [...new Set(inEvents)].filter((purpose) => !known.has(purpose)),
    [],
    'add the purpose to processing-records.json',
  )
  t.same(
    [...known].filter((purpose) => !declared.has(purpose) && !inTexts.includes(purpose)),
    [],
    'a record of nothing',
  )
  t.same(answer.unrecorded, [], 'add the purpose to processing-records.json')
  t.match(unrecorded(new Map([['a whim', ['GET /v1/x']]])), [{ purpose: 'a whim', operations: ['GET /v1/x'] }], 'the check sees one')
  t.ok(declared.size > 20, `${declared.size} purposes of routes`)
  t.equal(known.size, processingRegister.records.length, 'each once')
  const { categories, recipients, legalBases } = processingRegister
  for (const record of processingRegister.records) {
    t.match(record.purpose.ar, /[\u0600-\u06ff]/, record.id)
    t.ok(
      legalBases[record.legalBasis] && record.categories.every((id) => categories[id]) && record.recipients.every((id) => recipients[id]),
      record.id,
    )
    t.same(
      record.stores.filter((table) => !retention[table]),
      [],
      `${record.id}: its tables are declared`,
    )
  }
  const intake = answer.records.find(({ id }: { id: string }) => id === 'intake')
  t.match(intake, { operations: ['POST /v1/applications'], retention: [{ table: 'application', words: { en: /10 years/, ar: /سنوات/ } }] })
  t.match((await events('processing-records.read')).length, 1)
})

t.test('a purpose that nobody declared would be missed: the check sees the routes themselves', async (t) => {
  const { paths } = (await service.app.inject('/docs/json')).json() as { paths: object }
  const operations = (await get('/v1/processing-records')).json().records.flatMap((one: { operations: string[] }) => one.operations)
  const described = new Set(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    ),
  )
  t.same(
    operations.filter((operation: string) => !described.has(operation)),
    [],
  )
  t.ok(operations.length > 35)
})

t.test('every table of the database has its retention, and the pages are up to date', async (t) => {
  const { rows } = await pool.query<{ name: string }>(
    `select case n.nspname when 'public' then c.relname else n.nspname || '.' || c.relname end as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema', 'graphile_worker', 'staging')`,
  )
  const ofRegistries = new Set(registries.map(({ id }) => `warehouse.${id}`))
  t.same(
    rows.map(({ name }) => name).filter((name) => !ofRegistries.has(name) && !retention[name]),
    [],
    'declare it in retention.ts',
  )
  t.equal(readFileSync(join(projectRoot, 'docs/reference/retention.md'), 'utf8'), retentionPage(), 'run npm run mizan -- data-protection')
  t.equal(
    readFileSync(join(projectRoot, 'docs/reference/processing-records.md'), 'utf8'),
    processingPage(),
    'run npm run mizan -- data-protection',
  )
})

t.test('adults are told once that data are processed, and of the latest determination', async (t) => {
  const adults = await adultsOf(head.householdRef)
  const waiting = async () =>
    (await get('/v1/notices?limit=500')).json().notices as {
      id: string
      kind: string
      nationalId: string
      householdRef: number
      snapshotId: string
      text: { ar: string }
    }[]
  t.same(await waiting(), [])
  await post('/v1/determinations', { nationalId: head.number })
  t.same(await waiting(), [], 'what is not stored is not told')
  t.equal((await post('/v1/applications', application(head.number), key('01'))).statusCode, 201)
  const first = await waiting()
  t.equal(first.length, adults.length * 2, `${adults.length} adults of ${members.length} members`)
  t.ok(adults.length > 0 && adults.length < members.length)
  t.match(first[0], { householdRef: head.householdRef, text: { ar: /[\u0600-\u06ff]/ } })
  await post('/v1/applications', application(head.number), key('01'))
  t.same(await waiting(), first, 'a retry tells nothing anew')
  await Promise.all([
    post('/v1/applications', application(head.number), key('02')),
    post('/v1/determinations', { nationalId: head.number, store: true }),
  ])
  const second = await waiting()
  t.same(
    second.map(({ id }) => id),
    first.map(({ id }) => id),
    'what waits speaks of the latest',
  )
  const [notice] = second as [(typeof second)[number]]
  const deliver = (snapshotId: string) => post(`/v1/notices/${notice.id}/delivered`, { snapshotId, channel: 'letter' })
  t.match(
    (await deliver((first[0] as { snapshotId: string }).snapshotId)).json(),
    { code: 'notice-not-found' },
    'what was delivered is not what waits',
  )
  const delivered = await Promise.all([deliver(notice.snapshotId), deliver(notice.snapshotId)])
  t.same(
    delivered.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
    [204, 404],
  )
  t.match(await events('notice.delivered'), [{ outcome: 'letter', householdRef: head.householdRef }])
  t.equal((await waiting()).length, first.length - 1)
  for (const { id, snapshotId } of await waiting()) await post(`/v1/notices/${id}/delivered`, { snapshotId, channel: 'portal' })
  await post('/v1/determinations', { nationalId: head.number, store: true })
  t.same([...new Set((await waiting()).map(({ kind }) => kind))], ['determined'], 'that data are processed is told once')
})

t.test('a person gets everything, and of the others nothing', async (t) => {
  const run = await startedRun(database)
  await publishMade(database, run, [{ programme: 'cash', units: [{ householdRef: head.householdRef, status: 'selected', score: 7 }] }])
  await post('/v1/subject-requests', {
    nationalId: head.number,
    kind: 'objection',
    processing: 'simulation',
    statement: 'I do not want it',
  })
  const answer = await post('/v1/person-data/export', { nationalId: head.number })
  t.equal(answer.statusCode, 200)
  const all = answer.json() as Record<string, unknown[]> & { registries: Record<string, { rows: object[] }> }
  t.match(all, {
    identifiers: [{ number: head.number }],
    membership: [{ isHead: true }],
    applications: [{ status: 'determined' }, { status: 'determined' }],
    declaredAnswers: [{ asApplicant: true }, {}],
    rankedListPositions: [{ programme: 'cash', position: 1, status: 'selected' }],
    requests: [{ kind: 'objection', responsible: 'MODEE' }],
    registries: { cspd_personal_info: { rows: { length: 1 } } },
  })
  t.ok(all['notices']?.length && all['accesses']?.length)
  t.ok(all['determinations']?.some((one) => (one as { facts?: object }).facts))
  for (const member of members)
    if (member.personRef !== head.personRef)
      t.notOk(answer.body.includes(member.number) || answer.body.includes(String(member.personRef)), 'no other member')
  t.match(await events('person-data.exported'), [{ personRef: head.personRef, outcome: 'with addresses' }])
  // Another member: what the applicant wrote for himself stays his, and own facts are the member's.
  const other = members.find(({ personRef }) => personRef !== head.personRef) as (typeof members)[number]
  const hers = (await post('/v1/person-data/export', { nationalId: other.number })).json()
  t.same(hers.applications, [])
  t.same(hers.declaredAnswers, [], 'nothing was declared of her')
  const ofHead = (all['determinations'] as { facts: { person: object } }[])[0]?.facts.person
  t.notSame(hers.determinations[0].facts.person, ofHead)
  t.match((await post('/v1/person-data/export', { nationalId: '0000000000' })).json(), { code: 'person-not-found' })
})

t.test('of a sheltered person the export keeps addresses unless whoever exports may see them', async (t) => {
  const agency = await keyWith('person-data:export')
  const asked = async (headers: Record<string, string>) =>
    (await post('/v1/person-data/export', { nationalId: head.number }, headers)).json()
  const withAddress = await asked(agency)
  t.match(withAddress, { addressesWithheld: false })
  await post('/v1/sheltered-persons', { nationalIds: [head.number] })
  const without = await asked(agency)
  t.match(without, { addressesWithheld: true })
  const rows = (given: { registries: Record<string, { rows: object[] }> }) =>
    Object.values(given.registries).flatMap((one) => one.rows.flatMap((row) => Object.keys(row)))
  t.ok(rows(withAddress).includes('governorate_code'))
  t.notOk(rows(without).includes('governorate_code'))
  t.match(await asked({}), { addressesWithheld: false })
})

t.test('every table with a column for a person is in the export, or is said to hold nothing of its own', async (t) => {
  const { rows } = await pool.query<{ name: string }>(
    `select distinct case n.nspname when 'public' then c.relname else n.nspname || '.' || c.relname end as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attname in ('person_ref', 'applicant_ref', 'asked_ref', 'old_ref')
     where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('public', 'identity', 'warehouse') and not a.attisdropped`,
  )
  const texts = keptRecords.map(({ text }) => text).join('\n')
  const ofRegistries = new Set(registries.map(({ id }) => `warehouse.${id}`))
  const elsewhere = ['determination', 'fact_snapshot', 'audit_event', 'warehouse.person']
  // Where changes stand: nothing about the person that the rows themselves do not say.
  const technical = ['membership_change', 'warehouse.removed_row', 'warehouse.change_position', 'warehouse.changed_person']
  const missing = rows.map(({ name }) => name).filter((name) => !ofRegistries.has(name) && ![...elsewhere, ...technical].includes(name))
  t.same(
    missing.filter((name) => !new RegExp(`\\b${name.replace('.', '\\.')}\\b`).test(texts)),
    [],
  )
})

t.test('retention deletes what is past its time and nothing that a standing decision or the chain needs', async (t) => {
  const standing = (
    await pool.query<{ id: string }>(
      `select distinct on (s.household_ref, d.programme, d.person_ref) d.id from determination d join fact_snapshot s on s.id = d.snapshot_id
     order by s.household_ref, d.programme, d.person_ref, d.created_at desc, d.id desc`,
    )
  ).rows
  await pool.query(
    "insert into job_tick (job, tick, taken_at) values ('old', now() - interval '200 days', now() - interval '200 days'), ('new', now(), now())",
  )
  await pool.query(
    "insert into identity.rejected_change (entity, reasons, content, received_at) select 'SSC', '{}', '{}', now() - interval '91 days' from generate_series(1, 7)",
  )
  const now = new Date()
  const counted = await pastTime(pool, { now })
  t.same(
    counted.filter(({ rows }) => rows > 0).map(({ table, rows }) => `${table} ${rows}`),
    ['identity.rejected_change 7', 'job_tick 1'],
  )
  const deleted = await applyRetention(database, { now, batchRows: 3 })
  t.same(
    deleted.map(({ table, rows }) => [table, rows]),
    counted.map(({ table, rows }) => [table, rows]),
  )
  t.match(
    (await events('retention.applied')).map(({ outcome, objects }) => [outcome, (objects as string[])[0]]),
    [
      ['3 rows deleted', 'table:identity.rejected_change'],
      ['3 rows deleted', 'table:identity.rejected_change'],
      ['1 rows deleted', 'table:identity.rejected_change'],
      ['1 rows deleted', 'table:job_tick'],
    ],
  )
  const determinations = async (): Promise<number> =>
    (await pool.query<{ n: number }>('select count(*) as n from determination')).rows[0]?.n as number
  const before = await determinations()
  // Twenty years on: of several determinations of a unit the last one stands, with what its replay reads.
  const later = new Date(now.getTime() + 20 * 365 * 86_400_000)
  await applyRetention(database, { now: later })
  t.ok((await determinations()) < before, `${before} determinations`)
  t.equal(await determinations(), standing.length)
  for (const { id } of standing) t.match((await get(`/v1/determinations/${id}/replay`)).json(), { same: true }, id)
  t.same(
    (await pastTime(pool, { now: later })).filter(({ rows }) => rows > 0),
    [],
    'nothing is left',
  )
  await chainPending(database)
  t.match(await verifyChain(pool), { intact: true })
  await t.rejects(pool.query('delete from determination'), { code: '23001' }, 'nobody else deletes them')
  t.equal(Object.keys(dated).length, counted.length)
})

t.test('nobody’s number is in a log line or an event', async (t) => {
  const bodies = (await pool.query<{ body: string }>('select body from audit_event')).rows.map(({ body }) => body).join('\n')
  for (const { number } of members) {
    t.notMatch(service.logged(), number)
    t.notMatch(bodies, number)
  }
})
