/** `mizan simulate` and `mizan verify simulation` as processes of their own: what they refuse, write and leave behind when they are killed. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { recoverSimulations } from '../../src/simulation/work-on-simulations.ts'
import { askedSimulations, long } from '../simulation/support/asked-simulations.ts'
import { readHtml } from '../simulation/support/well-formed.ts'
import { CASH, programmeSet, scenario, seededLaboratory } from '../simulation/support/seeded-laboratory.ts'
import { mizan, serviceEnvironment } from '../support/service.ts'

const seeded = await seededLaboratory(t, 100)
const { database, dataDirectory, run } = seeded
const { worker } = askedSimulations(seeded)
const { pool } = database

const folder = join(dataDirectory, 'requests')
mkdirSync(folder)
const env = serviceEnvironment({ DATABASE_URL: database.url, MIZAN_DATA_DIR: dataDirectory, RUN_THREADS: '1' })
const fileOf = (name: string, request: unknown): string => {
  const path = join(folder, `${name}.json`)
  writeFileSync(path, typeof request === 'string' ? request : JSON.stringify(request))
  return path
}
const command = (...args: string[]): Promise<{ readonly code: number; readonly output: string; readonly written: string }> => {
  const [node, ...rest] = mizan(...args)
  return new Promise((resolve) =>
    execFile(node as string, rest, { env, cwd: projectRoot, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : (error.code as number), output: stdout + stderr, written: stdout }),
    ),
  )
}
const request = {
  name: 'less money',
  baseline: { run: 'latest' },
  scenarios: [scenario('budget', programmeSet(CASH, { '/targeting/budget': 5_000 }))],
}
const simulations = async (): Promise<readonly { readonly id: string; readonly status: string; readonly request: string }[]> =>
  (await pool.query('select id, status, request from simulation order by created_at, id')).rows

t.test('a file that is none is refused with the place', { timeout: 180_000 }, async (t) => {
  const refused: readonly (readonly [args: string[], told: RegExp])[] = [
    [[join(folder, 'absent.json')], /absent\.json: ENOENT/],
    [[fileOf('shape', { ...request, baseline: { run: 7 } })], /shape\.json: \/baseline\/run /],
    [[fileOf('run', { ...request, baseline: { run: '01a20ae3-5581-7377-9bfe-7dbbb80314a9' } })], /run-not-found[^]*لا توجد/],
  ]
  for (const [args, told] of refused) {
    const { code, output } = await command('simulate', ...args)
    t.equal(code, 1)
    t.match(output, told)
    t.notMatch(output, /^\s+at /m, 'no stack')
  }
  t.same(await simulations(), [], 'nothing was stored')
  const scenarios = [scenario('sound'), scenario('wrong', programmeSet(CASH, { '/targeting/budget': -1 }))]
  const { code, output } = await command('simulate', fileOf('refused', { ...request, scenarios }))
  t.equal(code, 1)
  t.match(output, /simulation-refused[^]*\/scenarios\/1\/changes\/0\/set\/~1targeting~1budget: /)
  t.match(await simulations(), [{ status: 'failed' }])
})

t.test('a result is written, exact only where that is asked for and audited, and verified', { timeout: 180_000 }, async (t) => {
  const file = fileOf('request', request)
  const told = JSON.parse((await command('simulate', file)).written) as { readonly exact: boolean; readonly run: string }
  t.match(told, { exact: false, run })
  t.notMatch(JSON.stringify(told), /"(key|largest\w*|paid\w*|codes)"/)
  const out = join(folder, 'result.json')
  const exact = await command('simulate', file, '--exact', '--out', out)
  t.equal(exact.code, 0, exact.output)
  t.match(exact.output, /completed; manifest [0-9a-f]{64}/)
  t.match(JSON.parse(readFileSync(out, 'utf8')), { exact: true, scenarios: [{ name: 'budget' }] })
  const { rows } = await pool.query<{ body: string }>('select body from audit_event order by id')
  const actions = rows.map(({ body }) => JSON.parse(body) as { action: string }).filter(({ action }) => action.startsWith('simulation.'))
  t.same(
    actions.map(({ action }) => action),
    ['simulation.requested', 'simulation.requested', 'simulation.requested', 'simulation.read-exact'],
  )
  const { id = '', request: stored = '' } = (await simulations()).at(-1) ?? {}
  t.match(JSON.parse(stored), { baseline: { run } }, 'the latest run of then')

  const good = await command('verify', 'simulation', id)
  t.equal(good.code, 0, good.output)
  t.match(good.output, /3 checks, no difference/)
  await pool.query(
    `alter table simulation disable trigger user;
     update simulation set result = replace(result, '"units":', '"units":1') where id = '${id}';
     alter table simulation enable trigger user`,
  )
  const bad = await command('verify', 'simulation', id)
  t.equal(bad.code, 1)
  t.match(bad.output, /✗/)
})

t.test('a report for people, in the language that is asked for', { timeout: 180_000 }, async (t) => {
  const file = fileOf('reported', request)
  const report = join(folder, 'report.html')
  const told = await command('simulate', file, '--report', report, '--lang', 'ar')
  t.equal(told.code, 0, told.output)
  t.match(told.output, /completed; manifest [0-9a-f]{64}/)
  const html = readFileSync(report, 'utf8')
  t.match(html, /<html lang="ar" dir="rtl">/)
  t.match(html, 'less money')
  t.notMatch(html, /<script|id="en-/)
  t.same(readHtml(html).faults, [])
  const both = await command('simulate', file, '--report', report, '--out', join(folder, 'beside.json'))
  t.equal(both.code, 0, both.output)
  t.match(readFileSync(report, 'utf8'), /id="en-cost"/)
  t.match(JSON.parse(readFileSync(join(folder, 'beside.json'), 'utf8')), { exact: false })
  for (const args of [
    ['--lang', 'ar'],
    ['--report', report, '--lang', 'fr'],
  ]) {
    const { code, output } = await command('simulate', file, ...args)
    t.equal(code, 1)
    t.match(output, /mizan simulate <file\.json>/)
  }
})

t.test('killed half way, a worker takes it up and comes to the same manifest', { timeout: 180_000 }, async (t) => {
  const file = fileOf('long', { ...long, baseline: { run } })
  const [node, ...rest] = mizan('simulate', file, '--out', join(folder, 'never.json'))
  const child = spawn(node as string, rest, { env, cwd: projectRoot, stdio: 'ignore' })
  const exited = once(child, 'exit')
  const status = async (): Promise<string | undefined> => (await simulations()).at(-1)?.status
  for (const deadline = Date.now() + 60_000; (await status()) !== 'running' && Date.now() < deadline;) await sleep(10)
  child.kill('SIGKILL')
  await exited
  const { id = '' } = (await simulations()).at(-1) ?? {}
  t.equal(await status(), 'running', 'it could not say that it ended')
  // Its lock is given back as soon as the database hears of its death.
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(50))
    if ((await recoverSimulations(database)).length > 0) break
  const work = await worker()
  t.teardown(() => work.stop())
  for (const deadline = Date.now() + 60_000; (await status()) !== 'completed' && Date.now() < deadline;) await sleep(50)
  const hashOf = async (of: string): Promise<unknown> =>
    (await pool.query('select status, attempt, manifest_hash from simulation where id = $1', [of])).rows[0]
  const resumed = await hashOf(id)
  t.match(resumed, { status: 'completed', attempt: 2 })
  const again = await command('simulate', file, '--out', join(folder, 'again.json'))
  t.equal(again.code, 0, again.output)
  t.match(again.output, (resumed as { readonly manifest_hash: string }).manifest_hash)
})
