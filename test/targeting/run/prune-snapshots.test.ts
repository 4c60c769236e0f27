/** What is kept of snapshots: those in force, those frozen, the newest, and whatever a run still works with. */
import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { holdLock } from '../../../src/jobs/held-lock.ts'
import { NATION_LOCK } from '../../../src/targeting/run/nation-lock.ts'
import { beginSimulation, markSimulationCancelled, storeSimulation } from '../../../src/simulation/simulation-store.ts'
import { createRun, performRun, type RunRequest, type RunStage } from '../../../src/targeting/run/perform-run.ts'
import { pruneSnapshots } from '../../../src/targeting/run/prune-snapshots.ts'
import { readRun, requeueRun } from '../../../src/targeting/run/run-store.ts'
import { verifyRun } from '../../../src/targeting/verify/verify-run.ts'
import { day } from '../../rules/real-rows.ts'
import { quietly, runRequest, seededRuns } from '../support/seeded-runs.ts'

const made = await seededRuns(t, 60)
const { pool } = made.database
const deps = { ...made.deps, settings: { ...made.deps.settings, threads: 1, snapshotsKept: 1 } }
const { folder } = deps.settings
const snapshots = join(folder, 'snapshots')

const FILTERED = { governorates: ['11'] }
const create = (date: string, change: Partial<RunRequest> = {}): Promise<string> =>
  createRun(deps, runRequest({ asOf: day(date), ...change }))
const perform = async (date: string, change: Partial<RunRequest> = {}): Promise<string> => {
  const id = await create(date, change)
  await performRun(deps, id, quietly)
  return id
}
/** A run that stopped before its snapshot was whole. */
async function stopped(date: string): Promise<string> {
  const id = await create(date)
  const stop = new AbortController()
  const onProgress = (stage: RunStage): void => void (stage === 'relatives' && stop.abort())
  await t.rejects(performRun(deps, id, { onProgress, signal: stop.signal }), { code: 'run-cancelled' })
  return id
}
const folders = (): string[] => readdirSync(snapshots).filter((name) => !name.endsWith('.hash'))
const keys = (): number => readdirSync(snapshots).length - folders().length
const inputs = (): string[] => readdirSync(join(folder, 'inputs')).toSorted()
const of = async (what: 'snapshot' | 'inputs', ...runs: readonly string[]): Promise<string[]> =>
  (await Promise.all(runs.map(async (id) => (await readRun(pool, id))?.[what] as string))).toSorted()
const finished = (): string[] =>
  folders()
    .filter((name) => /^[0-9a-f]{64}$/.test(name))
    .toSorted()

let national = await perform('2026-11-01')

t.test('in force, or the newest', async (t) => {
  const second = await perform('2026-11-02', FILTERED)
  t.same(finished(), await of('snapshot', national, second))
  const third = await perform('2026-11-03', FILTERED)
  t.same(finished(), await of('snapshot', national, third))
  t.same(inputs(), await of('inputs', national, third), 'inputs go with the snapshot')
  t.equal(keys(), 2)
  await t.rejects(
    async () => {
      for await (const { ok } of verifyRun(made.database, deps.settings, second, quietly)) t.ok(ok)
    },
    { code: 'run-not-kept' },
  )
})

t.test('frozen', async (t) => {
  await pool.query(
    `update ranked_list set frozen_at = now(), frozen_by = 'test', signature = 'x'
     where number = (select min(number) from ranked_list where run_id = $1)`,
    [national],
  )
  const frozen = national
  national = await perform('2026-11-04')
  t.same(finished(), await of('snapshot', frozen, national))
})

t.test('what a run still works with, unfinished or finished; what one that ended left is removed', async (t) => {
  const id = await stopped('2026-11-05')
  const building = folders().filter((name) => name.startsWith('building-'))
  t.equal(building.length, 1)
  await requeueRun(pool, id, ['cancelled'])
  mkdirSync(join(snapshots, 'f'.repeat(64)))
  mkdirSync(join(snapshots, `building-${'f'.repeat(64)}`))
  mkdirSync(join(snapshots, `removed-${'f'.repeat(64)}`))
  writeFileSync(join(folder, 'inputs', `${'f'.repeat(64)}.part`), 'half')
  await perform('2026-11-06', FILTERED)
  t.ok(folders().includes(building[0] as string), 'the run waits in the queue')
  t.notOk(inputs().some((name) => name.endsWith('.part')))
  t.notOk(folders().includes(`removed-${'f'.repeat(64)}`), 'a removal that broke off is finished')
  await pool.query("update run set status = 'cancelled' where id = $1", [id])
  await perform('2026-11-07', FILTERED)
  t.notOk(folders().includes(building[0] as string))
  t.ok(inputs().includes((await of('inputs', id))[0] as string), 'it can be resumed with the inputs that it began with')
  t.ok(folders().includes('f'.repeat(64)) && folders().includes(`building-${'f'.repeat(64)}`), 'what the database does not know stays')
  const inputsOfIt = (await of('inputs', id))[0] as string
  await pool.query("update run set finished_at = now() - interval '1 year' where id = $1", [id])
  await pruneSnapshots(deps.database, deps.settings, quietly.signal)
  t.notOk(inputs().includes(inputsOfIt), 'as many were published since as snapshots are kept')
  await requeueRun(pool, id, ['cancelled'])
  await performRun(deps, id, quietly)
  t.equal((await readRun(pool, id))?.status, 'completed')
  national = id
})

t.test('a finished snapshot of a run that waits is kept, and one of a run that was cancelled is not', async (t) => {
  const id = await create('2026-11-08')
  const stop = new AbortController()
  await t.rejects(performRun(deps, id, { onProgress: (stage) => stage === 'score' && stop.abort(), signal: stop.signal }))
  const [hash] = await of('snapshot', id)
  await requeueRun(pool, id, ['cancelled'])
  await perform('2026-11-09', FILTERED)
  t.ok(finished().includes(hash as string))
  await pool.query("update run set status = 'cancelled' where id = $1", [id])
  await perform('2026-11-10', FILTERED)
  t.notOk(finished().includes(hash as string))
  await requeueRun(pool, id, ['cancelled'])
  await performRun(deps, id, quietly)
  t.same(await of('snapshot', id), [hash], 'assembled again, it is the same')
})

t.test('what a simulation that waits or is performed starts from is kept until it ends', async (t) => {
  const start = await perform('2026-11-11', FILTERED)
  const [[snapshot], [pinned]] = [await of('snapshot', start), await of('inputs', start)]
  const simulation = randomUUID()
  await storeSimulation(pool, { id: simulation, actor: 'test', entity: 'MODEE', name: 'x', request: '{}', run: start }, null)
  await perform('2026-11-12', FILTERED)
  t.ok(finished().includes(snapshot as string), 'queued')
  await beginSimulation(pool, simulation)
  await perform('2026-11-13', FILTERED)
  t.ok(finished().includes(snapshot as string) && inputs().includes(pinned as string), 'performed')
  await markSimulationCancelled(pool, simulation)
  await pruneSnapshots(deps.database, deps.settings, quietly.signal)
  t.notOk(finished().includes(snapshot as string) || inputs().includes(pinned as string), 'ended')
})

t.test('nothing is removed while somebody reads snapshots, or where there are none', async (t) => {
  const lock = await holdLock(pool, NATION_LOCK, { waitMs: 0, signal: quietly.signal })
  t.equal(await pruneSnapshots(made.database, deps.settings, quietly.signal), null)
  await lock?.release()
  t.same(await pruneSnapshots(made.database, { ...deps.settings, folder: join(folder, 'nowhere') }, quietly.signal), [])
})
