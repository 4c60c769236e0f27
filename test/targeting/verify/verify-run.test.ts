/** A published run is computed again from what is kept: it agrees, and whatever was changed since is found. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { appendFileSync, cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { sha256 } from '../../../src/kernel/canonical.ts'
import { createRun, performRun } from '../../../src/targeting/run/perform-run.ts'
import { readRun } from '../../../src/targeting/run/run-store.ts'
import { runChecks } from '../../../src/commands/verify-words.ts'
import type { RunCheck } from '../../../src/targeting/verify/run-check.ts'
import { verifyRun } from '../../../src/targeting/verify/verify-run.ts'
import { application } from '../../support/seeded-app.ts'
import { mizan, serviceEnvironment } from '../../support/service.ts'
import { quietly, runRequest, seededRuns } from '../support/seeded-runs.ts'

const { database, deps, post, heads } = await seededRuns(t, 120)
const { pool } = database
const { folder } = deps.settings
const CASH = 'unified-cash-transfer'

for (const [index, { number }] of heads.slice(0, 60).entries())
  await post('/v1/applications', application(number), { 'idempotency-key': `018f0000-0000-4000-8000-${String(index).padStart(12, '0')}` })
const enrolled = heads
  .slice(0, 3)
  .map(({ householdRef }) => ({ programme: CASH, householdRef, state: 'enrolled', on: '2026-01-01', reference: randomUUID() }))
await post('/v1/enrolments', { reports: enrolled })
const run = await createRun(deps, runRequest({ population: 'registrants' }))
await performRun(deps, run, quietly)
const { manifest, manifestHash, snapshot, inputs } = await readRun(pool, run).then((one) => one as unknown as Record<string, string>)

async function verified(id = run, settings = { ...deps.settings, threads: 1 }): Promise<RunCheck[]> {
  const checks: RunCheck[] = []
  for await (const check of verifyRun(database, settings, id, quietly)) checks.push(check)
  return checks
}
const failed = (checks: readonly RunCheck[]): string[] =>
  checks.filter(({ ok }) => !ok).map(({ name, programme }) => (programme === null ? name : `${name} ${programme}`))

/** Changes what triggers refuse to change, and changes it back. */
async function tampered(table: string, change: string, back: string, look: () => Promise<unknown>): Promise<void> {
  const alter = (statement: string): Promise<unknown> =>
    pool.query(`alter table ${table} disable trigger user; ${statement}; alter table ${table} enable trigger user`)
  await alter(change)
  await look().finally(() => alter(back))
}

t.test('a run of registrants with enrolments agrees with itself, with another application since and other threads', async (t) => {
  await post('/v1/applications', application(heads[70]?.number as string), { 'idempotency-key': randomUUID() })
  const checks = await verified(run, { ...deps.settings, threads: 3 })
  t.same(failed(checks), [])
  const names = checks.map(({ name }) => name)
  t.same([names.filter((name) => name === 'rows').length, names.filter((name) => name === 'list').length], [7, 7])
  t.equal(names.at(-1), 'manifest-again')
  t.same(new Set(names), new Set(Object.keys(runChecks)), 'every kind of check is made')
})

t.test('a row that was changed is found, and so is one that was taken away', async (t) => {
  const { rows } = await pool.query<{ number: number }>('select number from ranked_list where run_id = $1 and programme = $2', [run, CASH])
  const partition = `ranked_unit_${rows[0]?.number}`
  const look = async (): Promise<unknown> => t.same(failed(await verified()), [`rows ${CASH}`])
  await tampered(
    partition,
    `update ${partition} set benefit = benefit + 1 where position = 1`,
    `update ${partition} set benefit = benefit - 1 where position = 1`,
    look,
  )
  await tampered(
    partition,
    `create table kept as select * from ${partition} where position = 2; delete from ${partition} where position = 2`,
    `insert into ${partition} select * from kept; drop table kept`,
    look,
  )
  t.same(failed(await verified()), [])
})

t.test('a trait that was taken from the units of a list is found', async (t) => {
  const of = `list_number = (select number from ranked_list where run_id = '${run}' and programme = '${CASH}') and trait = 'status:selected'`
  await tampered(
    'listed_trait',
    `create table kept_trait as select * from listed_trait where ${of}; delete from listed_trait where ${of}`,
    'insert into listed_trait select * from kept_trait; drop table kept_trait',
    async () => t.same(failed(await verified()), [`traits ${CASH}`]),
  )
})

t.test('a score that was changed in a ranking, and a ranking that says another count', async (t) => {
  const look = async (): Promise<unknown> => t.same(failed(await verified()), ['ranking'])
  const change = (from: string, by: string): string =>
    `update ranking_block set scores[1] = scores[1] ${by} 1 where before = 0 and ranking in (${from})`
  const own = `select number from run_ranking where run_id = '${run}'`
  await tampered('ranking_block', change(own, '+'), change(own, '-'), look)
  const count = (by: string): string => `update run_ranking set households = households ${by} 1 where run_id = '${run}'`
  await tampered('run_ranking', count('+'), count('-'), look)
})

t.test('a header, a manifest, and a manifest with its hash', async (t) => {
  await tampered(
    'ranked_list',
    `update ranked_list set selected = selected - 1, eligible = eligible - 1 where run_id = '${run}' and programme = '${CASH}'`,
    `update ranked_list set selected = selected + 1, eligible = eligible + 1 where run_id = '${run}' and programme = '${CASH}'`,
    async () => t.same(failed(await verified()), [`header ${CASH}`, `rows ${CASH}`]),
  )
  const store = (text: string, hash: string): Promise<unknown> =>
    pool.query('update run set manifest = $2, manifest_hash = $3 where id = $1', [run, text, hash])
  const other = (manifest as string).replace(/"households":\d+/, '"households":1')
  await store(other, manifestHash as string)
  t.same(failed(await verified()), ['manifest'])
  await store(other, sha256(other))
  t.same(failed(await verified()), ['audit', 'counts', 'manifest-again'])
  await store(manifest as string, manifestHash as string)
})

t.test('a flipped byte in a part, in the snapshot’s manifest, in the inputs; all of it in a copy', async (t) => {
  const copy = join(t.testdir(), 'nation')
  cpSync(folder, copy, { recursive: true })
  const settings = { ...deps.settings, threads: 1, folder: copy }
  t.same(failed(await verified(run, settings)), [])
  const flipped = async (path: string, ...found: string[]): Promise<void> => {
    const bytes = readFileSync(path)
    const changed = Buffer.from(bytes)
    changed[bytes.length - 9] = (bytes[bytes.length - 9] as number) ^ 1
    writeFileSync(path, changed)
    t.same(failed(await verified(run, settings)), found)
    writeFileSync(path, bytes)
  }
  const parts = join(copy, 'snapshots', snapshot as string)
  const [part] = readdirSync(parts).filter((name) => name.endsWith('.columns'))
  await flipped(join(parts, part as string), 'parts')
  await flipped(join(parts, 'manifest.json'), 'snapshot')
  await flipped(join(copy, 'inputs', inputs as string), 'inputs')
  renameSync(join(parts, part as string), join(parts, 'elsewhere'))
  t.same(failed(await verified(run, settings)), ['parts'])
  rmSync(parts, { recursive: true })
  await t.rejects(verified(run, settings), { code: 'run-not-kept', parts: { detail: /^snapshot / } })
  rmSync(join(copy, 'inputs'), { recursive: true })
  await t.rejects(verified(run, settings), { code: 'run-not-kept', parts: { detail: /^inputs / } })
})

t.test('versions and the states of registries that were changed', async (t) => {
  await tampered(
    'object_version',
    `update object_version set source = replace(source, '"budget"', '"budgeT"') where kind = 'programme' and id = '${CASH}'`,
    `update object_version set source = replace(source, '"budgeT"', '"budget"') where kind = 'programme' and id = '${CASH}'`,
    async () => t.same(failed(await verified()), ['versions']),
  )
  await tampered(
    'source_set',
    `update source_set set sources = sources || ' '`,
    `update source_set set sources = rtrim(sources)`,
    async () => t.same(failed(await verified()), ['sources']),
  )
  t.same(failed(await verified()), [])
})

t.test('a run that was not published, and one that does not exist', async (t) => {
  await t.rejects(verified(await createRun(deps, runRequest())), { code: 'run-not-published' })
  await t.rejects(verified(randomUUID()), { code: 'run-not-found' })
})

t.test('the command: a line for each check, and the exit code', { timeout: 120_000 }, async (t) => {
  const command = (...args: string[]): Promise<{ readonly code: number; readonly output: string }> => {
    const [node, ...rest] = mizan('verify', ...args)
    const env = serviceEnvironment({ DATABASE_URL: database.url, MIZAN_DATA_DIR: join(folder, '..'), RUN_THREADS: '1' })
    return new Promise((resolve) =>
      execFile(node as string, rest, { env }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : (error.code as number), output: stdout + stderr }),
      ),
    )
  }
  const good = await command('run', run)
  t.equal(good.code, 0, good.output)
  t.match(good.output, /✓ unified-cash-transfer: computed again: the same list \/ أُعيد الحساب/)
  t.match(good.output, /no difference/)
  appendFileSync(join(folder, 'inputs', inputs as string), ' ')
  const bad = await command('run', run)
  t.equal(bad.code, 1)
  t.match(bad.output, /✗ applications, enrolments/)
  t.match(bad.output, /1 of \d+ checks/)
  const { rows } = await pool.query<{ id: string }>('select id from determination order by id limit 1')
  const id = rows[0]?.id as string
  const determination = await command('determination', id)
  t.equal(determination.code, 0, determination.output)
  t.equal(determination.output.match(/✓/g)?.length, 4)
  await tampered(
    'determination',
    `update determination set body = replace(body, '"outcome":"', '"outcome":"x') where id = '${id}'`,
    `update determination set body = replace(body, '"outcome":"x', '"outcome":"') where id = '${id}'`,
    async () => {
      const changed = await command('determination', id)
      t.equal(changed.code, 1)
      t.equal(changed.output.match(/✗/g)?.length, 3, changed.output)
    },
  )
  for (const args of [[], ['run'], ['run', 'x'], ['list', run]])
    t.match(await command(...args), { code: 1, output: /mizan verify run <id>/ })
  t.match(await command('determination', randomUUID()), { code: 1, output: /determination-not-found/ })
})
