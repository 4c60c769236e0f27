/** The service starts and stops as people and machines make it do: twice, killed, signalled, under a closed home, as a normal user, on a server. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { livePostmaster } from '../../src/db/embedded/postmaster.ts'
import { testDatabase } from '../support/database.ts'
import { mizan, serviceEnvironment, startService } from '../support/service.ts'

/** Without a population: what the tests after the first one look at is there before anybody is written. */
const EMPTY = { SEED_HOUSEHOLDS: '0' }
const postmasterOf = (folder: string): number | undefined => livePostmaster(join(folder, 'postgres'))?.pid

async function gone(folder: string): Promise<boolean> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(20)) if (postmasterOf(folder) === undefined) return true
  return false
}

function dataFolder(t: Pick<Test, 'teardown'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'mizan start stop-'))
  t.teardown(async () => {
    await gone(folder)
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

t.test('first start prints a key, the second keeps the data; SIGTERM and SIGINT stop service and PostgreSQL', async (t) => {
  const folder = dataFolder(t)
  const first = await startService({ MIZAN_DATA_DIR: folder })
  t.match(first.output(), /First API key .*\n\s+mizan_\S{20,}/)
  t.match(first.output(), /ميزان يعمل/)
  t.type(postmasterOf(folder), 'number')
  t.same(await first.end('SIGTERM'), [0, null])
  t.equal(postmasterOf(folder), undefined, 'PostgreSQL stopped with it')

  const second = await startService({ ...EMPTY, MIZAN_DATA_DIR: folder })
  t.notMatch(second.output(), /First API key/)
  t.same(await second.end('SIGINT'), [0, null])
  t.equal(postmasterOf(folder), undefined)
})

t.test('after kill -9 PostgreSQL goes too, and the next start waits for it', async (t) => {
  const folder = dataFolder(t)
  const first = await startService({ ...EMPTY, MIZAN_DATA_DIR: folder })
  const before = postmasterOf(folder)
  t.same(await first.end('SIGKILL'), [null, 'SIGKILL'])
  const second = await startService({ ...EMPTY, MIZAN_DATA_DIR: folder })
  t.not(postmasterOf(folder), before)
  t.same(await second.end('SIGTERM'), [0, null])
})

t.test('after kill -9 of PostgreSQL itself the next start recovers', async (t) => {
  const folder = dataFolder(t)
  const first = await startService({ ...EMPTY, MIZAN_DATA_DIR: folder })
  process.kill(postmasterOf(folder) as number, 'SIGKILL')
  await first.end('SIGTERM')
  const second = await startService({ ...EMPTY, MIZAN_DATA_DIR: folder })
  t.same(await second.end('SIGTERM'), [0, null])
})

t.test('a second command beside a running service shares its PostgreSQL and leaves it running', async (t) => {
  const folder = dataFolder(t)
  const service = await startService({ ...EMPTY, MIZAN_DATA_DIR: folder })
  const before = postmasterOf(folder)
  const [command, ...args] = mizan('migrate')
  const other = spawnSync(command as string, args, { env: serviceEnvironment({ MIZAN_DATA_DIR: folder }), encoding: 'utf8' })
  t.equal(other.status, 0, other.stderr)
  t.match(other.stdout, /up to date/)
  t.equal(postmasterOf(folder), before)
  t.ok((await fetch(`${service.url}/health/live`)).ok)
  t.same(await service.end('SIGTERM'), [0, null])
})

t.test('a signal during the first start stops it, and the next start completes', async (t) => {
  const folder = dataFolder(t)
  const [command, ...args] = mizan('server')
  const early = spawn(command as string, args, { env: serviceEnvironment({ MIZAN_DATA_DIR: folder }), stdio: 'ignore' })
  const exited = once(early, 'exit')
  while (postmasterOf(folder) === undefined && early.exitCode === null) await sleep(10)
  early.kill('SIGTERM')
  t.same(await exited, [0, null])
  t.ok(await gone(folder))
  const service = await startService({ ...EMPTY, MIZAN_DATA_DIR: folder })
  t.match(service.output(), /First API key/)
  t.same(await service.end('SIGTERM'), [0, null])
})

t.test('under a home that only its owner may enter, and a path too long for a socket', async (t) => {
  const home = join(dataFolder(t), 'a-home-with-quite-a-long-name'.repeat(4))
  mkdirSync(home, { mode: 0o700 })
  const folder = join(home, 'data')
  const service = await startService({ ...EMPTY, MIZAN_DATA_DIR: folder })
  t.same(await service.end('SIGTERM'), [0, null])
  t.ok(await gone(folder))
})

t.test('DATABASE_URL: no embedded server is started', async (t) => {
  const folder = dataFolder(t)
  const { url } = await testDatabase(t, { empty: true })
  const service = await startService({ ...EMPTY, MIZAN_DATA_DIR: folder, DATABASE_URL: url })
  t.match(service.output(), /DATABASE_URL/)
  t.notOk(existsSync(join(folder, 'postgres')))
  t.same(await service.end('SIGTERM'), [0, null])
})

t.test('a server that is not there: a clear error, not a hang', async (t) => {
  const [command, ...args] = mizan('migrate')
  const settings = serviceEnvironment({ DATABASE_URL: 'postgres://nobody:none@127.0.0.1:1/none' })
  const outcome = spawnSync(command as string, args, { env: settings, encoding: 'utf8', timeout: 120_000 })
  t.equal(outcome.status, 1)
  t.match(outcome.stderr, /ECONNREFUSED/)
})

const isRoot = process.getuid?.() === 0
const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']

t.test('as a normal user', { skip: canBeNobody() }, async (t) => {
  const folder = dataFolder(t)
  chmodSync(folder, 0o755)
  const owned = join(folder, 'data')
  mkdirSync(owned, { mode: 0o700 })
  chownSync(owned, 65_534, 65_534)
  const service = await startService({ ...EMPTY, MIZAN_DATA_DIR: owned, TMPDIR: owned }, asNobody)
  t.same(await service.end('SIGTERM'), [0, null])
  t.ok(await gone(owned))
})

/** Root can become nobody here, and nobody can read the project; else the reason why not. */
function canBeNobody(): string | false {
  if (!isRoot) return 'the other tests of this file ran as a normal user already'
  const outcome = spawnSync('setpriv', [...asNobody.slice(1), ...mizan('help')], { encoding: 'utf8', env: serviceEnvironment({}) })
  return outcome.status === 0 ? false : `user nobody cannot run Mizan here: ${outcome.stderr.slice(0, 200)}`
}
