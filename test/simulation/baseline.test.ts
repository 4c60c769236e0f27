/** What a simulation starts from: a run, a snapshot or the versions in force, each found or refused by name. */
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { versionsOf } from '../../src/programmes/versions-in-force.ts'
import { type BaselineAsked, openBaseline, pinned } from '../../src/simulation/baseline.ts'
import { type PopulationAsked, narrowed, refuseOtherPopulation } from '../../src/simulation/simulated-population.ts'
import { createRun, performRun } from '../../src/targeting/run/perform-run.ts'
import { readRun } from '../../src/targeting/run/run-store.ts'
import { quietly, runRequest, seededRuns } from '../targeting/support/seeded-runs.ts'

const { database, deps } = await seededRuns(t, 30)
const { pool } = database
const { folder } = deps.settings
const baselineDeps = { database, versions: versionsOf(database), folder }

async function completed(change: object = {}): Promise<{ readonly id: string; readonly snapshot: string }> {
  const id = await createRun(deps, runRequest(change))
  await performRun(deps, id, quietly)
  return { id, snapshot: (await readRun(pool, id))?.snapshot as string }
}
const national = await completed()
const part = await completed({ governorates: ['11'] })
const open = (asked: BaselineAsked) => openBaseline(baselineDeps, asked)

t.test('by a run, or the latest of the whole country', async (t) => {
  for (const run of [national.id, 'latest']) t.equal((await open({ run })).run.id, national.id)
  t.equal((await open({ run: part.id })).run.id, part.id)
})

t.test('by a snapshot: the newest completed run that read it, with its inputs', async (t) => {
  t.equal(part.snapshot, national.snapshot, 'both runs read the facts of one day')
  const found = await open({ snapshot: national.snapshot })
  t.equal(found.run.id, part.id)
  t.equal(found.bundle.hash, found.run.versionSet)
  t.equal((await open({ snapshot: national.snapshot, versions: 'inForce' })).run.id, part.id)
  const request = { name: 'x', baseline: { snapshot: national.snapshot }, scenarios: [{ name: 'nothing', changes: [] }] }
  const fixed = pinned(request, found)
  t.same(fixed.baseline, { run: part.id, snapshot: national.snapshot })
  await completed({ governorates: ['21'] })
  t.equal((await open(fixed.baseline)).run.id, part.id, 'what was pinned stays')
})

t.test('by the versions in force alone: the latest run, decided by them', async (t) => {
  const found = await open({ versions: 'inForce' })
  t.equal(found.run.id, national.id)
  t.equal(found.bundle.hash, (await baselineDeps.versions.inForce(found.asOf)).hash)
})

t.test('whom it is about: a part of whom the run was about, as far as the run tells', async (t) => {
  const run = (request: object) => ({ run: { request: JSON.stringify(request) }, bundle: found.bundle })
  const found = await open({ run: national.id })
  const residents = run({ population: 'residents', governorates: [] })
  const registrants = run({ population: 'registrants', governorates: ['11'], registeredBy: 'NAF' })
  const refused = (base: typeof residents, asked: PopulationAsked, code: string, pointer: string) =>
    t.throws(() => refuseOtherPopulation(base, asked), { code, parts: { pointer } }, JSON.stringify(asked))
  for (const asked of [{}, { population: 'applicants' }, { population: 'residents', governorates: ['11'] }] as const)
    t.doesNotThrow(() => refuseOtherPopulation(residents, asked as PopulationAsked))
  t.doesNotThrow(() => refuseOtherPopulation(registrants, { population: 'registrants', registeredBy: 'NAF' }))
  refused(residents, { population: 'registrants' }, 'simulation-population-differs', '/population')
  refused(registrants, { population: 'residents' }, 'simulation-population-differs', '/population')
  refused(registrants, { registeredBy: 'MOSD' }, 'simulation-population-differs', '/registeredBy')
  refused(residents, { registeredBy: 'NAF' }, 'simulation-population-differs', '/registeredBy')
  refused(registrants, { governorates: ['11', '21'] }, 'request-invalid', '/governorates/1')
  const inputs = { applications: { household: [3, 5, 7], firstDay: [1, 1, 1] } }
  const all = { only: null, governorates: null }
  t.same(narrowed(all, inputs, {}, found.bundle), all)
  t.same(narrowed(all, inputs, { population: 'applicants' }, found.bundle).only, new Set([3, 5, 7]))
  t.same(narrowed({ ...all, only: new Set([5, 9]) }, inputs, { population: 'applicants' }, found.bundle).only, new Set([5]))
})

t.test('what is refused, and where', async (t) => {
  const other = 'f'.repeat(64)
  const refused = (asked: BaselineAsked, code: string, pointer: string) =>
    t.rejects(open(asked), { code, parts: { pointer } }, `${code} of ${JSON.stringify(asked)}`)
  await refused({}, 'request-invalid', '/baseline')
  await refused({ versions: 'ofRun' }, 'request-invalid', '/baseline')
  await refused({ run: randomUUID() }, 'run-not-found', '/baseline/run')
  await refused({ snapshot: other }, 'snapshot-not-found', '/baseline/snapshot')
  await refused({ run: national.id, snapshot: other }, 'snapshot-of-another-run', '/baseline/snapshot')
  const waiting = await createRun(deps, runRequest())
  await pool.query('update run set snapshot = $2 where id = $1', [waiting, other])
  await refused({ snapshot: other }, 'snapshot-without-run', '/baseline/snapshot')
  await refused({ run: waiting }, 'run-not-published', '/baseline/run')
  rmSync(join(folder, 'snapshots', national.snapshot), { recursive: true })
  await refused({ snapshot: national.snapshot }, 'snapshot-not-kept', '/baseline/snapshot')
  await refused({ versions: 'inForce' }, 'snapshot-not-kept', '/baseline/versions')
})
