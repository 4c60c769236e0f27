/** What a run computes from: enrolments are part of it, it is pinned by the first attempt, and lists of some governorates are published beside those in force. */
import { randomUUID } from 'node:crypto'
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { canonicalJson, sha256 } from '../../../src/kernel/canonical.ts'
import { OPERATOR } from '../../../src/access/operator.ts'
import { verifyDetermination } from '../../../src/determinations/verify-determination.ts'
import { explainedRun } from '../../../src/targeting/explain/explained-run.ts'
import { explainUnit } from '../../../src/targeting/explain/explain-unit.ts'
import { type ListHeader, listOfRun } from '../../../src/targeting/lists/list-store.ts'
import { madeOfOther } from '../../../src/targeting/run/pinned-inputs.ts'
import type { SnapshotSources } from '../../../src/targeting/run/snapshot.ts'
import { verifyRun } from '../../../src/targeting/verify/verify-run.ts'
import { governorateCodes } from '../../../src/targeting/run/decide-snapshot.ts'
import { resumeRun } from '../../../src/targeting/run/request-run.ts'
import { createRun, performRun, type RunRequest, type RunStage } from '../../../src/targeting/run/perform-run.ts'
import { readRun, requeueRun } from '../../../src/targeting/run/run-store.ts'
import { type RunInputs, servedBy } from '../../../src/targeting/run/run-inputs.ts'
import { day } from '../../rules/real-rows.ts'
import { application, AS_OF } from '../../support/seeded-app.ts'
import { quietly, rootHashes, runRequest, seededRuns } from '../support/seeded-runs.ts'

const { database, deps, get, post, heads } = await seededRuns(t, 80)
const { pool } = database
const folder = deps.settings.folder
const CASH = 'unified-cash-transfer'

interface Manifest {
  readonly inputs: string
  readonly snapshot: string
  readonly putInForce: boolean
  readonly undetermined: readonly { readonly programme: string; readonly undetermined: number }[]
}
const perform = async (change: Partial<RunRequest> = {}): Promise<string> => {
  const id = await createRun(deps, runRequest(change))
  await performRun(deps, id, quietly)
  return id
}
const manifestOf = async (id: string): Promise<Manifest> => JSON.parse((await readRun(pool, id))?.manifest ?? '') as Manifest
const inputsOf = async (id: string): Promise<RunInputs> =>
  JSON.parse(readFileSync(join(folder, 'inputs', (await readRun(pool, id))?.inputs ?? ''), 'utf8')) as RunInputs
const inForce = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    (
      await pool.query<{ programme: string; run: string }>(
        'select p.programme, l.run_id as run from published_list p join ranked_list l on l.number = p.list_number',
      )
    ).rows.map(({ programme, run }) => [programme, run]),
  )
const enrol = (householdRef: number, state = 'enrolled', programme = CASH) =>
  post('/v1/enrolments', { reports: [{ programme, householdRef, state, on: '2026-01-01', reference: randomUUID() }] })
const listed = async (run: string, householdRef: number): Promise<{ status: string; reason: string } | null> =>
  (
    await pool.query(
      'select u.status, u.reason from ranked_unit u join ranked_list l on l.number = u.list_number where l.run_id = $1 and l.programme = $2 and household_ref = $3',
      [run, CASH, householdRef],
    )
  ).rows[0] ?? null
const since = async (householdRef: number): Promise<string | null> =>
  (await pool.query('select undetermined_since as since from enrolment where programme = $1 and household_ref = $2', [CASH, householdRef]))
    .rows[0].since

const first = await perform()

t.test('the enrolled keep their places; who cannot be determined is told, and only of those who were judged', async (t) => {
  const { rows } = await pool.query<{ ref: number; governorate: string }>(
    `select household_ref as ref, governorate from ranked_unit u join ranked_list l on l.number = u.list_number
     where l.run_id = $1 and programme = $2 and status = 'selected' and governorate is not null order by position`,
    [first, CASH],
  )
  const selected = rows[0] as { ref: number; governorate: string }
  const elsewhere = rows.find(({ governorate }) => governorate !== selected.governorate) as { ref: number; governorate: string }
  const { units } = await undeterminedUnits()
  const unknown = units[0] as number
  for (const ref of [selected.ref, elsewhere.ref, unknown]) t.equal((await enrol(ref)).statusCode, 200)
  await pool.query("update enrolment set undetermined_since = '2026-10-01' where household_ref = any($1)", [[selected.ref, elsewhere.ref]])

  const filtered = await perform({ governorates: [selected.governorate] })
  t.equal(await since(selected.ref), null, 'determined again')
  t.equal(await since(elsewhere.ref), '2026-10-01', 'not judged: as it was')
  t.equal(await listed(filtered, elsewhere.ref), null)
  const beside = await perform({ governorates: governorateCodes(await deps.versions.inForce(day(AS_OF))) })
  t.match(await listed(beside, unknown), { status: 'selected', reason: 'enrolled-kept-undetermined' })
  t.equal(await since(unknown), null, 'lists beside those in force begin no time after which a place is lost')

  t.equal(await listed(first, unknown), null)
  const run = await perform()
  t.match(await listed(run, selected.ref), { status: 'selected', reason: 'enrolled-kept' })
  t.match(await listed(run, unknown), { status: 'selected', reason: 'enrolled-kept-undetermined' })
  t.equal(await since(unknown), AS_OF)
  t.equal(await since(elsewhere.ref), null)
  const { enrolled } = await inputsOf(run)
  t.same(
    enrolled[CASH]?.household,
    [selected.ref, elsewhere.ref, unknown].toSorted((a, b) => a - b),
  )
})

/** Households that the run could not determine for the Unified Cash Transfer, by their own determinations. */
async function undeterminedUnits(): Promise<{ readonly units: readonly number[] }> {
  const units: number[] = []
  for (const { number, householdRef } of heads) {
    if (units.length > 0) break
    const answer = (await post('/v1/determinations', { nationalId: number, asOf: AS_OF })).json<{
      programmes: readonly { programme: string; outcome: string }[]
    }>()
    if (answer.programmes?.some(({ programme, outcome }) => programme === CASH && outcome === 'undetermined')) units.push(householdRef)
  }
  return { units }
}

t.test('whom a programme serves has that status for other rules: alone, in a run, in explanations and in what is stored', async (t) => {
  const KIND = 'in-kind'
  const determined = async (number: string, store = false): Promise<{ readonly id: string; readonly outcome: string }> => {
    const { programmes } = (await post('/v1/determinations', { nationalId: number, asOf: AS_OF, store })).json<{
      programmes: readonly { programme: string; determinations: readonly { id: string; outcome: string }[] }[]
    }>()
    return programmes.find(({ programme }) => programme === KIND)?.determinations[0] as { id: string; outcome: string }
  }
  const candidates: (typeof heads)[number][] = []
  for (const head of heads) {
    if (candidates.length === 2) break
    if ((await determined(head.number)).outcome === 'eligible' && (await listed(first, head.householdRef))?.status !== 'selected')
      candidates.push(head)
  }
  const [served, suspended] = candidates as [(typeof heads)[number], (typeof heads)[number]]
  const before = await determined(served.number, true)
  for (const { householdRef } of candidates) await enrol(householdRef)
  await post('/v1/enrolments', {
    reports: [{ programme: CASH, householdRef: suspended.householdRef, state: 'suspended', on: '2026-02-01', reference: randomUUID() }],
  })
  const after = await determined(served.number, true)
  t.match([before, after], [{ outcome: 'eligible' }, { outcome: 'ineligible' }], 'in-kind assistance is for those whom cash does not serve')
  t.match(await determined(suspended.number), { outcome: 'eligible' }, 'whose payments are suspended is not served')
  const run = await perform()
  const { rows } = await pool.query<{ ref: number }>(
    'select household_ref as ref from ranked_unit u join ranked_list l on l.number = u.list_number where l.run_id = $1 and l.programme = $2',
    [run, KIND],
  )
  const inList = new Set(rows.map(({ ref }) => ref))
  t.notOk(inList.has(served.householdRef))
  t.ok(inList.has(suspended.householdRef))
  const explained = await explainUnit(
    deps,
    await explainedRun({ ...deps, dataDirectory: join(folder, '..') }, (await listOfRun(pool, run, KIND)) as ListHeader),
    { householdRef: served.householdRef, personRef: null, listed: null, readerRef: null },
    { viewer: 'citizen', fields: new Set() },
  )
  t.equal(explained.outcome, 'ineligible')
  t.match(JSON.stringify(explained.explanation.en.rule), /Status in the Unified Cash Transfer: Enrolled/)
  await post('/v1/enrolments', {
    reports: [{ programme: CASH, householdRef: served.householdRef, state: 'exited', on: '2026-03-01', reference: randomUUID() }],
  })
  for (const { id, outcome } of [before, after]) {
    t.match((await get(`/v1/determinations/${id}/replay`)).json(), { same: true, outcome: { replayed: outcome } })
    const checks = []
    for await (const check of verifyDetermination(database, id)) checks.push(check.ok)
    t.same(checks, [true, true, true, true])
  }
  t.match(
    (await get(`/v1/determinations/${after.id}/explanation?lang=en`)).body,
    /Status in the Unified Cash Transfer: Enrolled \(National Aid Fund, as of 1 November 2026\)/,
  )
  for await (const { name, ok, detail } of verifyRun(database, deps.settings, run, quietly)) t.ok(ok, `${name} ${detail}`)
})

t.test('inputs of before, which do not say who is suspended, make nobody enrolled, and their runs verify', async (t) => {
  const { enrolled, ...inputs } = await inputsOf(await perform({ cycle: 'before' }))
  const bundle = await deps.versions.inForce(day(AS_OF))
  const old = Object.fromEntries(Object.entries(enrolled).map(([id, { suspended: _, ...columns }]) => [id, columns]))
  const units = servedBy(bundle, { enrolled }).get(CASH)
  t.ok((units?.households.size ?? 0) > 0)
  t.same(servedBy(bundle, { enrolled: old }).get(CASH), { households: new Set(), persons: new Set() })
  const sources = { declared: inputs.declared.hash }
  t.same(madeOfOther(bundle, { ...inputs, format: 1, enrolled: old }, sources as SnapshotSources), [])
  t.equal(madeOfOther(bundle, { ...inputs, enrolled }, sources as SnapshotSources).length, 1)
})

t.test('a run over some governorates is published beside the lists in force', async (t) => {
  const national = await perform()
  const before = await inForce()
  t.same(new Set(Object.values(before)), new Set([national]))
  const filtered = await perform({ governorates: ['11'] })
  t.same(await inForce(), before)
  t.equal(Object.keys(await rootHashes(database, filtered)).length, 7)
  t.match((await get(`/v1/runs/${filtered}`)).json(), {
    putInForce: false,
    manifest: { putInForce: false, request: { governorates: ['11'] } },
  })
  t.match((await get(`/v1/runs/${national}`)).json(), { putInForce: true, manifest: { putInForce: true } })
  t.equal((await get(`/v1/programmes/${CASH}/ranked-list`)).json<{ run: string }>().run, national)
  t.equal((await get(`/v1/runs/${filtered}/programmes/${CASH}/ranked-list`)).json<{ run: string }>().run, filtered)
})

t.test('a run that comes through after one that was asked for later does not put older lists in force', async (t) => {
  const [older, beside] = [await createRun(deps, runRequest()), await createRun(deps, runRequest({ governorates: ['11'] }))]
  const newer = await perform()
  await t.rejects(performRun(deps, older, quietly), { code: 'run-superseded' })
  t.match(await readRun(pool, older), { status: 'failed', problem: 'run-superseded' })
  t.match(await rootHashes(database, older), {})
  await performRun(deps, beside, quietly)
  t.same(new Set(Object.values(await inForce())), new Set([newer]))
  const asked = { id: older, asker: { entity: OPERATOR, permissions: new Set(['runs:write-residents'] as const) } }
  const audit = () => ({
    actor: 'test',
    entity: OPERATOR,
    purpose: 'test',
    requestId: 'test',
    action: 'test',
    outcome: 'test',
    objects: [],
  })
  await t.rejects(resumeRun({ database }, { ...asked, audit }), { code: 'run-superseded' })
})

t.test('registrants are those who applied or were reported about; of one entity, those who came through it', async (t) => {
  const [applied, left, foreign] = heads.slice(30, 33).map(({ householdRef }) => householdRef) as [number, number, number]
  const { rows: selected } = await pool.query<{ ref: number }>(
    `select household_ref as ref from ranked_unit u join ranked_list l on l.number = u.list_number
     where l.run_id = $1 and programme = $2 and status = 'selected' and household_ref not in (select household_ref from registrant) order by position`,
    [first, CASH],
  )
  const served = selected[0]?.ref as number
  t.equal((await post('/v1/applications', application(heads[30]?.number as string), { 'idempotency-key': randomUUID() })).statusCode, 201)
  t.equal((await enrol(served)).statusCode, 200)
  t.equal((await enrol(left, 'declined')).statusCode, 200)
  t.equal((await enrol(foreign)).statusCode, 200)
  const { rows } = await pool.query<{ report: string }>('select report_id as report from enrolment where household_ref = $1', [foreign])
  await pool.query('alter table enrolment_report disable trigger user')
  await pool.query("update enrolment_report set entity = 'NAF' where id = $1", [rows[0]?.report])
  await pool.query('alter table enrolment_report enable trigger user')

  const everyone = await perform({ population: 'registrants', cycle: 'everyone' })
  const { registrants, registeredBy, format } = await inputsOf(everyone)
  t.match({ registeredBy, format }, { registeredBy: null, format: 3 })
  for (const ref of [applied, served, left, foreign]) t.ok(registrants?.includes(ref))
  t.same(
    registrants,
    [...new Set(registrants)].toSorted((a, b) => a - b),
  )
  t.match(await listed(everyone, served), { status: 'selected' }, 'the enrolled hold their places without an application')
  t.equal((await manifestOf(everyone)).putInForce, true)

  const before = await inForce()
  const ofFund = await perform({ population: 'registrants', cycle: 'of the fund', registeredBy: 'NAF' })
  t.same((await inputsOf(ofFund)).registrants, [foreign])
  t.match(await readRun(pool, ofFund), { status: 'completed' })
  t.equal((await manifestOf(ofFund)).putInForce, false)
  t.same(await inForce(), before)
  const checks: string[] = []
  for await (const { name, ok } of verifyRun(database, deps.settings, ofFund, quietly)) if (!ok) checks.push(name)
  t.same(checks, [])
})

t.test('who was reported about brings the household that he or she lives in now', async (t) => {
  const [person, old, current] = [990_001, 880_001, 880_002]
  const member = `insert into household_member (household_ref, person_ref, is_head, relationship, basis, valid_from, valid_to) values ($1, $2, true, 'head', 'booklet', $3, $4)`
  await pool.query(member, [old, person, '2020-01-01', '2022-01-01'])
  await pool.query(member, [current, person, '2022-01-01', null])
  const { rows } = await pool.query<{ id: string }>('select id from enrolment_report limit 1')
  await pool.query(
    "insert into enrolment (programme, household_ref, person_ref, state, since, report_id) values ('pwd-rehabilitation', $1, $2, 'enrolled', '2021-01-01', $3)",
    [old, person, rows[0]?.id],
  )
  const { rows: found } = await pool.query<{ ref: number }>(
    'select household_ref as ref from registrant where household_ref >= 880001 order by 1',
  )
  t.same(
    found.map(({ ref }) => ref),
    [old, current],
  )
  await pool.query('delete from enrolment where person_ref = $1', [person])
  await pool.query('delete from household_member where person_ref = $1', [person])
})

t.test('the inputs are a file named by its bytes, in canonical form', async (t) => {
  const { inputs, snapshot } = await manifestOf(first)
  const text = readFileSync(join(folder, 'inputs', inputs), 'utf8')
  t.equal(sha256(text), inputs)
  t.equal(canonicalJson(JSON.parse(text)), text)
  t.match(JSON.parse(text), { format: 3, asOf: AS_OF, cycle: 'november', population: 'residents', governorates: [], sample: 10 })
  t.match(await readRun(pool, first), { inputs, snapshot })
  t.notOk(readdirSync(join(folder, 'inputs')).some((name) => name.endsWith('.part')))
})

t.test('an application and a report arrive between two attempts: the same bytes as if they had not', async (t) => {
  for (const [round, stage] of (['relatives', 'score'] as const).entries()) {
    const cycle = `between ${stage}`
    const expected = await manifestOf(await perform({ cycle }))
    const here = { ...deps, settings: { ...deps.settings, folder: join(t.testdir(), stage) } }
    const id = await createRun(deps, runRequest({ cycle }))
    const stop = new AbortController()
    const stopped = performRun(here, id, { onProgress: (now) => now === stage && stop.abort(), signal: stop.signal })
    await t.rejects(stopped, { code: 'run-cancelled' })
    const posted = await post('/v1/applications', application(heads[10 + round]?.number as string), { 'idempotency-key': randomUUID() })
    t.equal(posted.statusCode, 201)
    t.equal((await enrol(heads[20 + round]?.householdRef as number)).statusCode, 200)
    await requeueRun(pool, id, ['cancelled'])
    const stages = new Set<RunStage>()
    await performRun(here, id, { ...quietly, onProgress: (now) => void stages.add(now) })
    t.same(await manifestOf(id), expected, `stopped at ${stage}`)
    t.match(await readRun(pool, id), { attempt: 2, inputs: expected.inputs, snapshot: expected.snapshot })
    t.equal(stages.has('replica'), stage === 'relatives', 'a finished snapshot is not looked for in the replica again')
    const later = await manifestOf(await perform({ cycle }))
    t.not(later.inputs, expected.inputs, 'a new run takes them in')
    t.not(later.snapshot, expected.snapshot)
  }
})

t.test('inputs that were changed stop the run; lost ones are taken down anew', async (t) => {
  const id = await createRun(deps, runRequest({ cycle: 'changed' }))
  const stop = new AbortController()
  await t.rejects(performRun(deps, id, { onProgress: (now) => now === 'score' && stop.abort(), signal: stop.signal }))
  const hash = (await readRun(pool, id))?.inputs as string
  appendFileSync(join(folder, 'inputs', hash), ' ')
  await requeueRun(pool, id, ['cancelled'])
  await t.rejects(performRun(deps, id, quietly), { code: 'run-inputs-changed' })
  t.match(await readRun(pool, id), { status: 'failed', problem: 'run-inputs-changed' })
  await requeueRun(pool, id, ['failed'])
  const elsewhere = { ...deps, settings: { ...deps.settings, folder: join(t.testdir(), 'nation') } }
  await performRun(elsewhere, id, quietly)
  t.equal((await readRun(pool, id))?.status, 'completed')
})
