/** A process of its own that holds the shared test server, and ends with it when no test has used it for a while. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { startEmbedded } from '../../src/db/embedded/server.ts'

const folder = process.argv[2] as string
/** Longer than a test computes without asking anything: its connections close after some seconds of rest. */
const idleLimitMs = 120_000

const server = await startEmbedded({ dataDirectory: folder, sharedBuffersMb: 128, durable: false })
const { host, port, user, password } = server.connection
const watcher = new pg.Client({ ...server.connection })
await watcher.connect()
process.once('SIGTERM', () => void finish())
writeFileSync(join(folder, 'ready.json'), JSON.stringify({ pid: process.pid, host, port, user, password }))

let lastUse = Date.now()
while (Date.now() - lastUse < idleLimitMs) {
  await sleep(1_000)
  const { rows } = await watcher.query<{ n: string }>(
    "SELECT count(*) AS n FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
  )
  if (rows[0]?.n !== '0') lastUse = Date.now()
}
await finish()

async function finish(): Promise<never> {
  rmSync(join(folder, 'ready.json'), { force: true })
  await watcher.end()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
}
