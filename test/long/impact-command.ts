/** `mizan impact` as a process of its own: what it refuses, writes and audits, and what becomes of its measuring when it is killed. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { recoverImpact } from '../../src/simulation/impact/ask-impact.ts'
import { shipped } from '../programmes/authoring/support.ts'
import { askedSimulations } from '../simulation/support/asked-simulations.ts'
import { seededLaboratory } from '../simulation/support/seeded-laboratory.ts'
import { mizan, serviceEnvironment } from '../support/service.ts'

const seeded = await seededLaboratory(t, 100)
const { database, dataDirectory } = seeded
const { worker } = askedSimulations(seeded)
const { pool } = database
const HEALTH = 'health-insurance'
const FROM = '2027-01-01'

const env = serviceEnvironment({ DATABASE_URL: database.url, MIZAN_DATA_DIR: dataDirectory, RUN_THREADS: '1' })
const command = (...args: string[]): Promise<{ readonly code: number; readonly output: string; readonly written: string }> => {
  const [node, ...rest] = mizan(...args)
  return new Promise((resolve) =>
    execFile(node as string, rest, { env, cwd: projectRoot }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : (error.code as number), output: stdout + stderr, written: stdout }),
    ),
  )
}

/** The ceiling of health insurance from a day on, where `mizan export` would write it. */
function ceilingOf(value: unknown): string {
  const json = shipped('parameter', 'health-income-ceiling')
  json.values.push({ from: FROM, value, citation: 'Illustrative: test' })
  const file = join(dataDirectory, `drafts-${JSON.stringify(value)}`, 'rules', 'parameters', 'health-income-ceiling.json')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(json))
  return file
}
const impacts = async (): Promise<readonly { readonly id: string; readonly status: string; readonly result: string | null }[]> =>
  (await pool.query('select id, status, result from impact order by created_at, id')).rows
const audited = async (): Promise<string[]> =>
  (await pool.query<{ action: string }>("select body::jsonb ->> 'action' as action from audit_event order by id")).rows
    .map(({ action }) => action)
    .filter((action) => action.startsWith('impact.'))

t.test('what cannot be read or checked is refused in words, and nothing is stored', { timeout: 180_000 }, async (t) => {
  const elsewhere = join(dataDirectory, 'loose.json')
  writeFileSync(elsewhere, '{}')
  const refused: readonly (readonly [args: string[], told: RegExp])[] = [
    [[ceilingOf(900)], /mizan impact FILE\.\.\. --from/],
    [[ceilingOf(900), '--from', 'tomorrow'], /--from YYYY-MM-DD/],
    [[elsewhere, '--from', FROM], /what it is of is told by its place[^]*يُعرف الموضوع/],
    [[ceilingOf('much'), '--from', FROM], /change-set-refused/],
  ]
  for (const [args, told] of refused) {
    const { code, output } = await command('impact', ...args)
    t.equal(code, 1, args.join(' '))
    t.match(output, told)
    t.notMatch(output, /^\s+at /m, 'no stack')
  }
  t.same([await impacts(), await audited()], [[], []])
})

t.test('measured, told under disclosure control, and kept; exact where that is asked for, and audited', { timeout: 180_000 }, async (t) => {
  const file = ceilingOf(900)
  const told = await command('impact', file, '--from', FROM)
  t.equal(told.code, 0, told.output)
  t.match(told.written, new RegExp(`From ${FROM}[^]*اعتبارًا من ${FROM}`))
  t.match(told.written, new RegExp(`${HEALTH}: selected [^]*${HEALTH}: المختارون`))
  const json = JSON.parse((await command('impact', file, '--from', FROM, '--json')).written.replace(/^[^{]*/, '')) as object
  t.match(json, { exact: false, effectiveFrom: FROM })
  t.notMatch(JSON.stringify(json), /"(key|largest\w*|paid\w*|codes)"/)
  const out = join(dataDirectory, 'impact.json')
  t.equal((await command('impact', file, '--from', FROM, '--exact', '--out', out)).code, 0)
  t.match(JSON.parse(readFileSync(out, 'utf8')), { exact: true, programmes: [{ programme: HEALTH }] })
  t.match(await impacts(), [{ status: 'completed' }])
  t.same(await audited(), ['impact.requested', 'impact.read-exact'], 'the same question is measured once')
})

t.test('killed half way, a worker takes it up and comes to the same bytes', { timeout: 180_000 }, async (t) => {
  const file = ceilingOf(950)
  const [node, ...rest] = mizan('impact', file, '--from', FROM)
  const child = spawn(node as string, rest, { env, cwd: projectRoot, stdio: 'ignore' })
  const exited = once(child, 'exit')
  const last = async () => (await impacts()).at(-1)
  for (const deadline = Date.now() + 60_000; (await last())?.status !== 'running' && Date.now() < deadline;) await sleep(5)
  child.kill('SIGKILL')
  await exited
  const { id = '', status } = (await last()) ?? {}
  t.equal(status, 'running', 'it could not say that it ended')
  // Its lock is given back as soon as the database hears of its death.
  for (const deadline = Date.now() + 20_000; Date.now() < deadline && !(await recoverImpact(database, id));) await sleep(50)
  const work = await worker()
  t.teardown(() => work.stop())
  for (const deadline = Date.now() + 60_000; (await last())?.status !== 'completed' && Date.now() < deadline;) await sleep(50)
  const resumed = await last()
  t.equal(resumed?.status, 'completed')
  await pool.query(`alter table impact disable trigger user; delete from impact where id = '${id}'; alter table impact enable trigger user`)
  t.equal((await command('impact', file, '--from', FROM)).code, 0)
  const again = await last()
  t.not(again?.id, id)
  t.equal(again?.result, resumed?.result)
})
