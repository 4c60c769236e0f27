/** The launcher's two ways of not being root, its sharing, its locks, and the safety settings of the server it starts. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t, { type Test } from 'tap'
import { chooseRunAs } from '../../src/db/embedded/run-as.ts'
import { livePostmaster } from '../../src/db/embedded/postmaster.ts'
import { startEmbedded } from '../../src/db/embedded/server.ts'
import { lockStart } from '../../src/db/embedded/start-lock.ts'

function temporaryFolder(t: Pick<Test, 'teardown'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-embedded-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function show(connection: pg.ClientConfig, name: string): Promise<unknown> {
  const client = new pg.Client(connection)
  await client.connect()
  const { rows } = await client.query<{ setting: string }>('SELECT current_setting($1) AS setting', [name])
  await client.end()
  return rows[0]?.setting
}

t.test('the default server is durable, listens on no port and asks for a password', async (t) => {
  const dataDirectory = temporaryFolder(t)
  const server = await startEmbedded({ dataDirectory, sharedBuffersMb: 32 })
  t.teardown(() => server.stop())
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums'])
    t.equal(await show(server.connection, name), 'on', name)
  t.equal(await show(server.connection, 'listen_addresses'), '')
  t.equal(statSync(join(dataDirectory, 'postgres-password')).mode & 0o777, 0o600)
  await t.rejects(show({ ...server.connection, password: 'wrong' }, 'fsync'), { code: '28P01' })
})

t.test('two starts at once give one server', async (t) => {
  const options = { dataDirectory: temporaryFolder(t), sharedBuffersMb: 32, durable: false }
  const servers = await Promise.all([startEmbedded(options), startEmbedded(options)])
  t.equal(servers.filter(({ shared }) => shared).length, 1)
  for (const server of servers.toSorted((a, b) => Number(b.shared) - Number(a.shared))) await server.stop()
})

t.test('a server that is killed comes back by itself, and stays away once it was stopped', async (t) => {
  const dataDirectory = temporaryFolder(t)
  const cluster = join(dataDirectory, 'postgres')
  const server = await startEmbedded({ dataDirectory, sharedBuffersMb: 32, durable: false })
  const first = livePostmaster(cluster)?.pid as number
  process.kill(first, 'SIGQUIT')
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline && (livePostmaster(cluster)?.status !== 'ready' || livePostmaster(cluster)?.pid === first)) await sleep(50)
  t.not(livePostmaster(cluster)?.pid, first)
  t.equal(await show(server.connection, 'listen_addresses'), '')
  await server.stop()
  await sleep(1_200)
  t.equal(livePostmaster(cluster), undefined)
})

t.test('a statement that fails leaves no value in the server log', async (t) => {
  const dataDirectory = temporaryFolder(t)
  const server = await startEmbedded({ dataDirectory, sharedBuffersMb: 32, durable: false })
  const client = new pg.Client(server.connection)
  await client.connect()
  await client.query('CREATE TABLE one (id text PRIMARY KEY)')
  await client.query("INSERT INTO one VALUES ('9871234567')")
  await t.rejects(client.query("INSERT INTO one VALUES ('9871234567')"))
  await t.rejects(client.query("SELECT '9871234567'::date"))
  await client.end()
  await server.stop()
  t.notMatch(readFileSync(join(dataDirectory, 'postgres.log'), 'utf8'), /9871234567/)
})

t.test(
  'root without user namespaces: a copy of the binaries runs as another user',
  { skip: process.getuid?.() === 0 ? false : 'needs root' },
  async (t) => {
    const dataDirectory = temporaryFolder(t)
    t.equal(chooseRunAs(false).kind, 'user')
    const server = await startEmbedded({ dataDirectory, sharedBuffersMb: 32, durable: false, allowNamespace: false })
    t.not(statSync(join(dataDirectory, 'postgres')).uid, 0)
    t.equal(await show(server.connection, 'server_encoding'), 'UTF8')
    await server.stop()
    chmodSync(dataDirectory, 0o700)
    const closed = join(dataDirectory, 'closed')
    await t.rejects(startEmbedded({ dataDirectory: closed, sharedBuffersMb: 32, allowNamespace: false }), /MIZAN_DATA_DIR.*DATABASE_URL/)
  },
)

t.test('the start lock of a dead process is taken over, a live one is waited for', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'start.lock'), '999999999')
  const unlock = await lockStart(folder)
  let second = false
  const waiting = lockStart(folder).then((release) => {
    second = true
    return release
  })
  await new Promise((resolve) => setTimeout(resolve, 100))
  t.equal(second, false)
  unlock()
  ;(await waiting)()
  t.equal(second, true)
})
