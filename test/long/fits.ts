/** From the synthetic population to a simulated draft: a sample drawn, sent, fitted by a worker, verified, and its draft tried on the nation. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createKey } from '../../src/access/key-store.ts'
import { holdLock } from '../../src/jobs/held-lock.ts'
import { canonicalJson, sha256 } from '../../src/kernel/canonical.ts'
import type { FormulaJson } from '../../src/language/formula/schema.ts'
import { performFit, fitLock } from '../../src/simulation/fits/perform-fit.ts'
import { verifyFit } from '../../src/simulation/fits/verify-fit.ts'
import { recoverFits, workOnFits } from '../../src/simulation/fits/work-on-fits.ts'
import { openLaboratory } from '../../src/simulation/laboratory.ts'
import { drawSample, type Drawing, shares } from '../../src/simulation/reference/draw-sample.ts'
import { createRun, performRun } from '../../src/targeting/run/perform-run.ts'
import { keptLog, quietly, runRequest, seededRuns } from '../targeting/support/seeded-runs.ts'

const { app, database, deps, get, headers, keyWith, post } = await seededRuns(t, 600)
const { folder } = deps.settings
const baseline = { database, versions: deps.versions, folder }
const run = await createRun(deps, runRequest())
await performRun(deps, run, quietly)

const facts = ['householdSize', 'hasPrivateCar', 'electricityMean12m', 'headEducation', 'dwellingArea', 'governorate']
const drawing = (change: Partial<Drawing> = {}): Drawing => ({ households: 300, facts, run: 'latest', seed: '1', assume: false, ...change })
const drawn = await drawSample(baseline, drawing())

const head = {
  id: 'welfare-ranking',
  version: 1,
  effectiveFrom: '2026-01-01',
  label: { en: 'Fitted', ar: 'مقدّرة' },
  predicts: { en: 'ln of expenditure', ar: 'لوغاريتم الإنفاق' },
  unit: 'perCapita',
  direction: 'lowerIsPoorer',
}
const request = {
  formula: head,
  target: 'ln',
  terms: [
    { id: 'size', kind: 'linear', fact: 'householdSize', transform: 'ln', clamp: [1, 25], unknown: 'undetermined' },
    { id: 'electricity', kind: 'linear', fact: 'electricityMean12m', transform: 'ln1p', unknown: 'mean' },
    {
      id: 'car',
      kind: 'conditional',
      label: { en: 'Car', ar: 'سيارة' },
      when: { all: [{ fact: 'hasPrivateCar', operator: 'equal', value: true }] },
      unknown: 'mean',
    },
  ],
  crossValidation: { folds: 5, seed: 'a' },
  targeting: { poverty: { share: 0.2 } },
}

interface Fit {
  readonly id: string
  readonly status: string
  readonly problem: string | null
  readonly attempt: number
  readonly errors: readonly { readonly code: string; readonly pointer: string }[] | null
  readonly manifest: Readonly<Record<string, unknown>>
  readonly manifestHash: string
  readonly versionSet: string
  readonly result: {
    readonly stamp: { readonly en: string; readonly ar: string } | null
    readonly draft: FormulaJson
    readonly rSquared: number
    readonly n: number
    readonly coefficients: readonly { readonly term: string; readonly estimate: number; readonly low: number; readonly high: number }[]
    readonly inSample: Readonly<Record<string, number>>
    readonly outOfSample: { readonly targeting: Readonly<Record<string, number>>; readonly folds: readonly unknown[] }
    readonly leftOut: { readonly rows: number; readonly reasons: readonly unknown[] }
    readonly retransformation: { readonly smearing: number }
  } | null
}

async function stored(declaration: object = drawn.declaration, lines = drawn.lines): Promise<string> {
  const { id } = (await post('/v1/reference-samples', declaration)).json<{ id: string }>()
  const sent = await app.inject({
    method: 'PUT',
    url: `/v1/reference-samples/${id}/rows`,
    payload: lines.join('\n'),
    headers: { ...headers, 'content-type': 'text/csv' },
  })
  if (sent.statusCode !== 200) throw new Error(sent.payload)
  return id
}
const sample = await stored()
const ask = async (change: object = {}, key: string = randomUUID(), more: Record<string, string> = {}) =>
  post('/v1/fits', { name: 'first', sample, request: { ...request, ...change } }, { 'idempotency-key': key, ...more })
const fitOf = async (id: string): Promise<Fit> => (await get(`/v1/fits/${id}`)).json<Fit>()
const ended = async (id: string): Promise<Fit> => {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(50)) {
    const fit = await fitOf(id)
    if (!['queued', 'running'].includes(fit.status)) return fit
  }
  throw new Error('the fit did not end')
}
const events = async (action: string): Promise<number> =>
  (await database.pool.query<{ body: string }>('select body from audit_event')).rows.filter(
    ({ body }) => JSON.parse(body).action === action,
  ).length

t.test('a drawn sample is stamped, weighted to the population, the same for the same seed, and leads to nobody', async (t) => {
  const [header = '', ...rows] = drawn.lines
  t.equal(header, `synthetic,welfare,weight,stratum,cluster,${facts.join(',')}`)
  t.equal(rows.length, 300)
  const cells = rows.map((row) => row.split(','))
  t.ok(cells.every(([stamp]) => stamp === 'true'))
  const weight = cells.reduce((sum, row) => sum + Number(row[2]), 0)
  t.ok(Math.abs(weight - drawn.frame) < 1e-6, `${weight} for ${drawn.frame} households`)
  t.ok(cells.every((row) => row[3] === row[5 + facts.indexOf('governorate')]))
  const refs = (await database.pool.query<{ ref: string }>('select household_ref as ref from household')).rows.map(({ ref }) => ref)
  const numbers = (await database.pool.query<{ number: string }>('select number from identity.identifier')).rows.map(({ number }) => number)
  const secret = new Set([...numbers, ...refs.filter((ref) => ref.length > 5)])
  t.same(
    cells.flat().filter((cell) => secret.has(cell)),
    [],
  )
  const welfares = cells.map((row) => row[1] as string)
  const { rows: truth } = await database.pool.query<{ welfare: string }>(
    'select expenditure_per_capita as welfare from synthetic.true_welfare',
  )
  const known = new Set(truth.map(({ welfare }) => welfare))
  t.ok(welfares.every((welfare) => known.has(welfare)))
  t.same(await drawSample(baseline, drawing()), drawn)
  t.notSame((await drawSample(baseline, drawing({ seed: '2' }))).lines, drawn.lines)
  const all = await drawSample(baseline, drawing({ households: 100_000 }))
  t.ok(all.lines.length - 1 === all.frame && all.lines.slice(1).every((line) => line.split(',')[2] === '1'), 'everybody stands for one')
  await t.rejects(drawSample(baseline, drawing({ households: 3 })), { code: 'request-invalid', parts: { pointer: '/households' } })
  await t.rejects(drawSample(baseline, drawing({ facts: ['size'] })), {
    code: 'request-invalid',
    parts: { pointer: '/facts/0', detail: 'size' },
  })
  await t.rejects(drawSample(baseline, drawing({ facts: ['welfareScore'] })), { code: 'request-invalid' }, 'computed, so in no snapshot')
  await t.rejects(drawSample(baseline, drawing({ run: randomUUID() })), { code: 'run-not-found' })
})

t.test('places are shared equally, and what a small stratum cannot give the others give', async (t) => {
  const given = (sizes: Record<string, number>, wanted: number) => Object.fromEntries(shares(new Map(Object.entries(sizes)), wanted))
  t.same(given({ a: 100, b: 100, c: 100 }, 30), { a: 10, b: 10, c: 10 })
  t.same(given({ a: 100, b: 4, c: 100 }, 30), { b: 4, a: 13, c: 13 })
  t.same(given({ a: 3, b: 4 }, 30), { a: 3, b: 4 })
})

t.test('what is refused at once', async (t) => {
  const code = async (answer: ReturnType<typeof ask>): Promise<unknown[]> => {
    const { status, code, pointer } = (await answer).json()
    return [status, code, pointer]
  }
  const unsent = (await post('/v1/reference-samples', drawn.declaration)).json<{ id: string }>().id
  t.same(await code(post('/v1/fits', { name: 'x', sample, request })), [400, 'idempotency-key-missing', 'Idempotency-Key'])
  t.same(await code(ask({ target: 'log' })), [422, 'fit-refused', '/request/target'])
  t.same(await code(ask({ terms: [] })), [422, 'fit-refused', '/request/terms'])
  const asked = async (body: object) => post('/v1/fits', body, { 'idempotency-key': randomUUID() })
  t.same(await code(asked({ name: 'x', sample: randomUUID(), request })), [404, 'reference-sample-not-found', undefined])
  t.same(await code(asked({ name: 'x', sample: unsent, request })), [409, 'reference-sample-without-rows', '/sample'])
  t.same(await code(asked({ name: 'x', sample: 'x', request })), [400, 'request-invalid', '/sample'])
  t.match((await ask({}, randomUUID(), await keyWith('simulations:read'))).json(), { status: 403, expected: 'simulations:write' })
  const key = await createKey(database.pool, { name: 'other', entity: 'NAF', permissions: ['simulations:read', 'simulations:write'] })
  const other = { authorization: `Bearer ${key}` }
  t.same(await code(ask({}, randomUUID(), other)), [404, 'reference-sample-not-found', undefined], 'a sample of another entity')
  t.equal((await database.pool.query('select from fit')).rowCount, 0)
  const { id } = (await ask()).json<Fit>()
  t.match((await get(`/v1/fits/${id}`, other)).json(), { status: 404, code: 'fit-not-found' })
  t.match((await post(`/v1/fits/${id}/cancel`, undefined, other)).json(), { status: 404, code: 'fit-not-found' })
  t.same((await get('/v1/fits', other)).json(), { fits: [] })
  t.equal((await post(`/v1/fits/${id}/cancel`, undefined)).statusCode, 200)
})

t.test('one key is one fit, also when it is sent ten times at once', async (t) => {
  const key = randomUUID()
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask({}, key)))
  t.same(new Set(answers.map(({ statusCode }) => statusCode)), new Set([202]))
  const ids = new Set(answers.map((answer) => answer.json<Fit>().id))
  t.equal(ids.size, 1)
  const [id = ''] = ids
  t.equal(answers[0]?.headers.location, `/v1/fits/${id}`)
  t.equal(answers.filter((answer) => answer.headers['idempotency-replayed'] === 'true').length, 9)
  t.match((await ask({ target: 'welfare' }, key)).json(), { code: 'idempotency-key-reused' })
  t.equal((await database.pool.query('select from graphile_worker.jobs where key = $1', [id])).rowCount, 1)
  t.match((await post(`/v1/fits/${id}/cancel`, undefined)).json(), { status: 'cancelled' })
  t.equal((await post(`/v1/fits/${id}/cancel`, undefined)).statusCode, 200, 'twice is once')
  t.equal((await database.pool.query('select from graphile_worker.jobs where key = $1', [id])).rowCount, 0)
  await t.rejects(performFit(database, id, quietly), { code: 'fit-ended' })
})

let completed = ''

t.test('a worker fits it; the result says what it was measured on and what it follows from', async (t) => {
  const log = keptLog()
  const work = await workOnFits(database, log)
  t.teardown(() => work.stop())
  const asked = (await ask()).json<Fit>()
  t.equal(asked.status, 'queued')
  const fit = await ended(asked.id)
  completed = fit.id
  t.match(fit, { status: 'completed', attempt: 1, problem: null, reference: { synthetic: true, name: /Synthetic/ } })
  const { result, manifest } = fit
  t.match(result?.stamp, { en: /synthetic sample.*nothing about Jordan/, ar: /عينة اصطناعية.*الأردن/ })
  t.match(result?.draft, { id: 'welfare-ranking', version: 1, description: { en: /Draft, fitted on .* synthetic/, ar: /مسودة.*اصطناعية/ } })
  t.equal(result?.coefficients.length, 4)
  t.ok(result?.coefficients.every(({ low, estimate, high }) => low < estimate && estimate < high))
  t.ok((result?.coefficients.find(({ term }) => term === 'size')?.estimate ?? 0) < 0, 'larger households spend less for each')
  t.ok((result?.rSquared ?? 0) > 0.2, `R² ${result?.rSquared}`)
  t.equal((result?.n ?? 0) + (result?.leftOut.rows ?? 0), 300)
  for (const errors of [result?.inSample, result?.outOfSample.targeting])
    t.ok(errors && errors.exclusionError! >= 0 && errors.exclusionError! <= 1 && errors.inclusionError! >= 0)
  t.equal(result?.outOfSample.folds.length, 5)
  t.ok((result?.retransformation.smearing ?? 0) > 1)
  t.match(manifest, { format: 1, synthetic: true, request: { target: 'ln' }, versionSet: fit.versionSet, sample: /^[0-9a-f]{64}$/ })
  t.equal(sha256(canonicalJson(manifest)), fit.manifestHash)
  t.equal((await get('/v1/fits')).json<{ fits: Fit[] }>().fits.find(({ id }) => id === fit.id)?.manifestHash, fit.manifestHash)
  t.match((await post(`/v1/fits/${fit.id}/cancel`, undefined)).json(), { code: 'fit-ended' })
  const again = await ended((await ask()).json<Fit>().id)
  t.equal(again.manifestHash, fit.manifestHash, 'asked again it comes to the same bytes')
  t.match(log.lines.join('\n'), /fit completed/)
  await t.rejects(database.pool.query("update fit set name = 'x' where id = $1", [fit.id]), { code: '23001' })

  const faulty = await ended(
    (await ask({ terms: [...request.terms, { id: 'x', kind: 'linear', fact: 'rooms', unknown: 'mean' }] })).json<Fit>().id,
  )
  t.match(faulty, {
    status: 'failed',
    problem: 'fit-refused',
    result: null,
    errors: [{ code: 'fit-fact-absent', pointer: '/request/terms/3/fact' }],
  })
  const twice = [...request.terms, { ...request.terms[0], id: 'again' }]
  const collinear = await ended((await ask({ terms: twice })).json<Fit>().id)
  t.match(collinear, { status: 'failed', errors: [{ code: 'fit-collinear', pointer: '/request/terms/3' }] })
})

t.test('a fit is verified: by its hashes, and computed again', async (t) => {
  const checks: string[] = []
  for await (const { name, ok, detail } of verifyFit(database, completed, quietly.signal)) checks.push(`${name} ${ok} ${detail}`)
  t.same(checks, ['manifest true ', 'sample true ', 'result true ', 'again true '])
  await database.pool.query('alter table fit disable trigger fit_immutable')
  await database.pool.query('update fit set result = replace(result, \'"n":\', \'"n": \') where id = $1', [completed])
  await database.pool.query('alter table fit enable trigger fit_immutable')
  const found: string[] = []
  for await (const { name, ok } of verifyFit(database, completed, quietly.signal)) found.push(`${name} ${ok}`)
  t.same(found, ['manifest true', 'sample true', 'result false', 'again false'])
  const { id } = (await ask()).json<Fit>()
  await t.rejects(verifyFit(database, id, quietly.signal).next(), { code: 'fit-not-completed' })
  await post(`/v1/fits/${id}/cancel`, undefined)
})

t.test('cancelled while it is performed, it ends; stopped with its worker, the next one takes it up', async (t) => {
  const { id } = (await ask({ quantile: 0.5, crossValidation: { folds: 50, seed: 'x' } })).json<Fit>()
  await database.pool.query('select graphile_worker.remove_job($1)', [id])
  const performing = performFit(database, id, quietly)
  while ((await fitOf(id)).status === 'queued') await sleep(5)
  await post(`/v1/fits/${id}/cancel`, undefined)
  await t.rejects(performing, { code: 'fit-cancelled' })
  t.match(await fitOf(id), { status: 'cancelled', result: null })

  const work = await workOnFits(database, keptLog())
  const left = (await ask()).json<Fit>().id
  while ((await fitOf(left)).status === 'queued') await sleep(5)
  await work.stop()
  t.match(await fitOf(left), { status: 'queued', attempt: 1 })
  const next = await workOnFits(database, keptLog())
  t.match(await ended(left), { status: 'completed', attempt: 2 })
  await next.stop()
})

t.test('a fit whose process died is found and performed; one that is being performed is left alone', async (t) => {
  const { id } = (await ask()).json<Fit>()
  await database.pool.query("update fit set status = 'running', attempt = 1 where id = $1", [id])
  await database.pool.query('select graphile_worker.remove_job($1)', [id])
  const performer = await holdLock(database.pool, fitLock(id), { waitMs: 0, signal: quietly.signal })
  t.same(await recoverFits(database), [])
  await performer?.release()
  t.same(await recoverFits(database), [id])
  t.same(await recoverFits(database), [], 'its job waits')
  const work = await workOnFits(database, keptLog())
  t.match(await ended(id), { status: 'completed', attempt: 2 })
  await work.stop()
})

t.test('what cannot be read under the catalogue of today ends the fit; nobody has too many in the queue', async (t) => {
  const { id } = (await ask()).json<Fit>()
  await database.pool.query('alter table reference_sample disable trigger reference_sample_immutable')
  await database.pool.query('update reference_sample set rows_used = rows_used + 2 where id = $1', [sample])
  await t.rejects(performFit(database, id, quietly), { code: 'fit-refused' })
  await database.pool.query('update reference_sample set rows_used = rows_used - 2 where id = $1', [sample])
  await database.pool.query('alter table reference_sample enable trigger reference_sample_immutable')
  t.match(await fitOf(id), { status: 'failed', errors: [{ code: 'sample-outdated', pointer: '/sample', message: /^2 rows/ }] })
  for (let n = 0; n < 20; n++) t.equal((await ask()).statusCode, 202)
  t.match((await ask()).json(), { status: 429, code: 'fits-too-many' })
  await database.pool.query("update fit set status = 'cancelled', finished_at = now() where status = 'queued'")
})

t.test('a draft is at once the source of a scenario, under the name of the formula that it replaces', async (t) => {
  const fit = await ended(completed)
  const laboratory = openLaboratory({ ...baseline, settings: { dataDirectory: folder, threads: 1 } })
  t.teardown(() => laboratory.close())
  const change = { object: 'formula' as const, id: 'welfare-ranking', version: 1, source: fit.result?.draft }
  const outcome = await laboratory.simulate(
    {
      name: 'a fitted formula',
      baseline: { run: 'latest' },
      scenarios: [
        { name: 'nothing', changes: [] },
        { name: 'fitted', changes: [change] },
      ],
    },
    quietly,
  )
  t.equal(outcome.run, run)
  const [nothing, fitted] = outcome.scenarios.map(({ programmes }) => JSON.stringify(programmes))
  t.equal(outcome.scenarios[0]?.versionSet, outcome.versionSet)
  t.not(outcome.scenarios[1]?.versionSet, outcome.versionSet)
  t.not(fitted, nothing, 'the draft ranks otherwise')
  t.equal((await events('fit.requested')) > 0, true)
})
