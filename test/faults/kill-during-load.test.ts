/** kill -9 of the whole process in the middle of a load, `mizan load` and the service: nothing or all of it is there, it is followed if it is, and sent again it ends as a clean one. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { readConfig } from '../../src/config.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { livePostmaster } from '../../src/db/embedded/postmaster.ts'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { loadStream } from '../../src/warehouse/loads/load-stream.ts'
import { loadRegistryDefinitions, type RegistryDefinition } from '../../src/warehouse/registry-definition.ts'
import { ensureRegistryTables } from '../../src/warehouse/registry-table.ts'
import { testDatabase } from '../support/database.ts'
import { mizan, serviceEnvironment, startService } from '../support/service.ts'

/** Points at which each of the two is killed. */
const KILLS = Number(process.env['MIZAN_LOAD_KILLS'] ?? 1)
const ROWS = 8_000
const salaries = loadRegistryDefinitions().find(({ id }) => id === 'ssc_salaries') as RegistryDefinition
const folder = mkdtempSync(join(tmpdir(), 'mizan-kill-load-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

/** Rows of a month, some persons fewer than the month before, one row in a hundred bad in one of four ways, after a byte order mark. */
function delivery(month: number): Buffer {
  const bad = [
    Buffer.from('١٢٣٤٥٦٧٨٩٠,E1,2025-12-01,300\n'),
    Buffer.from('9000000001,E1,2025-12-01,٣٠٠\n'),
    Buffer.concat([Buffer.from('9000000001,'), Buffer.from([0xc7, 0xe1]), Buffer.from(',2025-12-01,300\n')]),
    Buffer.from(`9000000001,${'x'.repeat(100_000)},2025-12-01,300\n`),
  ]
  const rows = Array.from({ length: ROWS }, (_, n) =>
    n % 100 === 50
      ? (bad[(n / 100) & 3] as Buffer)
      : Buffer.from(`${String(9_000_000_100 + n + 50 * month)},E${n % 7},2025-12-01,${250 + ((n * 31 + month) % 500)}.500\n`),
  )
  return Buffer.concat([Buffer.from('\ufeffnational_number,establishment_no,salary_month,gross_wage\n'), ...rows])
}
const asOf = (month: number): string =>
  `2026-${String(1 + Math.floor(month / 25)).padStart(2, '0')}-${String(1 + (month % 25)).padStart(2, '0')}`

async function loadHere(database: Database, month: number): Promise<void> {
  async function* body() {
    yield delivery(month)
  }
  const file = { format: 'csv', body: body(), bytesMax: 1e9, dataDirectory: folder } as const
  await loadStream(database, salaries, { id: `m${month}`, asOf: asOf(month), mode: 'full', removedPercentMax: 100, ...file })
}

/** By numbers, so that two databases can be held against each other. */
async function heldIn({ pool }: Database): Promise<unknown> {
  const { rows } = await pool.query(
    `SELECT md5(string_agg(concat_ws(',', i.number, r.establishment_no, r.salary_month, r.gross_wage), ';' ORDER BY i.number, r.establishment_no, r.salary_month)) AS rows,
       count(*), (SELECT row_count FROM warehouse.registry_state WHERE registry = 'ssc_salaries') AS counted
     FROM warehouse.ssc_salaries r JOIN identity.identifier i USING (person_ref)`,
  )
  return rows[0]
}

/** Loads that are in, those that will be followed, and what is left of the others. */
async function tracesIn({ pool }: Database) {
  const { rows } = await pool.query<{ completed: number; followed: number; staged: number }>(
    `SELECT (SELECT count(*) FROM warehouse.load WHERE loaded_at IS NOT NULL) AS completed, (SELECT count(*) FROM warehouse.load_to_follow) AS followed,
       (SELECT count(*) FROM pg_class WHERE relnamespace = 'staging'::regnamespace) AS staged`,
  )
  return rows[0] as { completed: number; followed: number; staged: number }
}

async function othersAtWork({ pool }: Database): Promise<number> {
  const { rowCount } = await pool.query(
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'",
  )
  return rowCount ?? 0
}

const clean = await testDatabase(t)
await ensureRegistryTables(clean, [salaries])
const expected: unknown[] = []
for (let month = 0; month <= KILLS; month++) {
  await loadHere(clean, month)
  expected.push(await heldIn(clean))
}

t.test(`mizan load, at ${KILLS} of its points`, { timeout: 120_000 * (KILLS + 1) }, async (t) => {
  const database = await testDatabase(t)
  await ensureRegistryTables(database, [salaries])
  const env = serviceEnvironment({ DATABASE_URL: database.url, MIZAN_DATA_DIR: folder })
  const load = (month: number) => {
    const file = join(folder, `m${month}.csv`)
    writeFileSync(file, delivery(month))
    const args = ['load', salaries.id, file, '--delivery', `m${month}`, '--as-of', asOf(month), '--full', '--removed-percent-max', '100']
    const [command, ...rest] = mizan(...args)
    const child = spawn(command as string, rest, { cwd: projectRoot, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const begun = new Promise<void>((resolve) =>
      child.stdout.on('data', (chunk) => {
        output += String(chunk)
        if (/^Load \d/m.test(output)) resolve()
      }),
    )
    child.stderr.on('data', (chunk) => (output += String(chunk)))
    const exited = once(child, 'exit') as Promise<[number | null, string | null]>
    return { child, exited, output: () => output, begun: Promise.race([begun, exited]) }
  }
  const first = load(0)
  await first.begun
  const began = performance.now()
  t.same(await first.exited, [0, null], first.output())
  const duration = performance.now() - began
  t.same(await heldIn(database), expected[0])
  for (let month = 1; month <= KILLS; month++) {
    const victim = load(month)
    await victim.begun
    await sleep((duration * (month - 0.5)) / KILLS)
    victim.child.kill('SIGKILL')
    await victim.exited
    // What the server is doing just then it does to its end.
    while ((await othersAtWork(database)) > 0) await sleep(10)
    const { completed, followed } = await tracesIn(database)
    t.same(await heldIn(database), expected[completed - 1], `point ${month}: ${completed > month ? 'all' : 'nothing'} of it is there`)
    t.equal(followed, completed, 'what is in will be followed, and nothing else')
    const again = load(month)
    t.same(await again.exited, [0, null], again.output())
    t.same(await heldIn(database), expected[month], 'as a clean load')
  }
  t.match(await tracesIn(database), { completed: KILLS + 1, followed: KILLS + 1, staged: 0 })
})

t.test(`the service with its database, at ${KILLS} points of a load`, { timeout: 120_000 * (KILLS + 1) }, async (t) => {
  const own = join(folder, 'service')
  t.teardown(async () => {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline && livePostmaster(join(own, 'postgres'));) await sleep(20)
  })
  const settings = { MIZAN_DATA_DIR: own, SEED_HOUSEHOLDS: '0' }
  let service = await startService(settings)
  const authorization = `Bearer ${/mizan_\S{20,}/.exec(service.output())?.[0]}`
  const post = (month: number): Promise<Response> =>
    fetch(`${service.url}/v1/registries/ssc_salaries/loads?delivery=m${month}&asOf=${asOf(month)}&mode=full&removedPercentMax=100`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'text/csv' },
      body: delivery(month),
    })
  const began = performance.now()
  const first = await post(0)
  t.equal(first.status, 201, await first.text())
  const duration = performance.now() - began
  let survived = 0
  for (let month = 1; month <= KILLS; month++) {
    const answer = post(month).then(
      ({ status }) => status,
      () => null,
    )
    await sleep((duration * (month - 0.5)) / KILLS)
    t.same(await service.end('SIGKILL'), [null, 'SIGKILL'])
    if ((await answer) === 201) survived++
    service = await startService(settings)
    const again = await post(month)
    t.ok(again.status === 201 || again.status === 200, await again.text())
  }
  t.comment(`${survived} of ${KILLS} were answered before the end came`)
  t.same(await service.end('SIGTERM'), [0, null])
  const database = await openDatabase(readConfig({ MIZAN_DATA_DIR: own }))
  t.same(await heldIn(database), expected[KILLS])
  t.match(await tracesIn(database), { completed: KILLS + 1, followed: KILLS + 1, staged: 0 })
  await database.close()
})
