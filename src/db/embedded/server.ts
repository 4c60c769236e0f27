/** Starts and stops the embedded PostgreSQL of a data folder; a live one of another Mizan process is shared, a dead owner's is waited out. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { copyBinaries, installedBinaries, linkLibraries } from './binaries.ts'
import { clusterFolder, clusterPassword, initialise, serverEnvironment } from './initialise.ts'
import { isAlive, livePostmaster, type Postmaster } from './postmaster.ts'
import { keepRunning, type Launcher } from './keep-running.ts'
import { lockStart } from './start-lock.ts'
import { chooseRunAs, dieWithParent, type RunAs } from './run-as.ts'

/** How to start: `durable: false` only for tests; `allowNamespace: false` tries the other-user way. */
export interface EmbeddedOptions {
  readonly dataDirectory: string
  readonly sharedBuffersMb: number
  readonly durable?: boolean
  readonly allowNamespace?: boolean
}

/** A running server: what pg needs to connect, and how to stop it (a shared one is left running). */
export interface EmbeddedServer {
  readonly connection: {
    readonly host: string
    readonly port: number
    readonly user: string
    readonly password: string
    readonly database: string
  }
  readonly shared: boolean
  readonly stop: () => Promise<void>
}

const startLimitMs = 60_000
const stopLimitMs = 30_000

/** Starts (or joins) the server of the data folder and resolves when it accepts connections. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { dataDirectory } = options
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 })
  const unlock = await lockStart(dataDirectory)
  try {
    const running = await joinOrOutlast(dataDirectory)
    if (running !== undefined) return { connection: connectionOf(dataDirectory, running), shared: true, stop: async () => {} }
    return await startNew(options)
  } finally {
    unlock()
  }
}

async function startNew(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { dataDirectory, durable = true } = options
  const cluster = clusterFolder(dataDirectory)
  const runAs = chooseRunAs(options.allowNamespace)
  if (runAs.ids !== undefined) openToUser(dataDirectory, runAs)
  const binaries = runnableBinaries(dataDirectory, runAs)
  initialise(dataDirectory, binaries, runAs, durable)
  const socketDirectory = socketFolder(dataDirectory, runAs)
  const launcher: Launcher = {
    launch: () => launch(options, binaries, runAs, socketDirectory),
    ready: (child) => untilReady(child, cluster, dataDirectory),
    stop,
    isHeld: () => livePostmaster(cluster) !== undefined,
  }
  const child = launcher.launch()
  writeFileSync(join(dataDirectory, 'postgres-owner'), String(process.pid))
  const postmaster = await untilReady(child, cluster, dataDirectory)
  return { connection: connectionOf(dataDirectory, postmaster), shared: false, stop: keepRunning(child, launcher) }
}

/** A server whose owner lives is shared. One whose owner died is stopping already (or is told to): wait until it is gone. */
async function joinOrOutlast(dataDirectory: string): Promise<Postmaster | undefined> {
  const deadline = Date.now() + stopLimitMs
  let told = false
  for (;;) {
    const postmaster = livePostmaster(clusterFolder(dataDirectory))
    if (postmaster === undefined) return undefined
    const ownerLives = isAlive(ownerOf(dataDirectory))
    if (ownerLives && postmaster.status === 'ready') return postmaster
    if (!ownerLives && !told) {
      process.kill(postmaster.pid, 'SIGINT')
      told = true
    }
    if (Date.now() > deadline)
      throw new Error(`A PostgreSQL (process ${postmaster.pid}) holds ${dataDirectory} and does not stop: stop it or set MIZAN_DATA_DIR`)
    await sleep(20)
  }
}

function ownerOf(dataDirectory: string): number {
  try {
    return Number(readFileSync(join(dataDirectory, 'postgres-owner'), 'utf8'))
  } catch {
    return 0
  }
}

function runnableBinaries(dataDirectory: string, runAs: RunAs): string {
  const installed = installedBinaries()
  if (runAs.kind === 'user') return join(copyBinaries(installed, dataDirectory), 'native')
  try {
    linkLibraries(installed)
    return installed
  } catch {
    // node_modules may be read-only; then a copy of ours is linked.
    return join(copyBinaries(installed, dataDirectory), 'native')
  }
}

/** Another user must be able to enter the data folder; its parents are not ours to change. */
function openToUser(dataDirectory: string, { ids }: RunAs): void {
  chmodSync(dataDirectory, 0o711)
  if (spawnSync('test', ['-x', dataDirectory], { ...ids, cwd: '/' }).status !== 0) {
    throw new Error(
      `PostgreSQL may not run as root, and user ${ids?.uid} cannot enter ${dataDirectory}: set MIZAN_DATA_DIR to a folder it can enter, or DATABASE_URL`,
    )
  }
}

/** Socket paths hold at most 107 bytes: a deep data folder gets a short folder named after its hash. */
function socketFolder(dataDirectory: string, { ids }: RunAs): string {
  const own = clusterFolder(dataDirectory)
  if (Buffer.byteLength(join(own, '.s.PGSQL.5432.lock')) <= 100) return own
  const short = join(tmpdir(), `mizan-${createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16)}`)
  mkdirSync(short, { recursive: true, mode: 0o700 })
  if (process.getuid !== undefined && ids === undefined && statSync(short).uid !== process.getuid()) {
    throw new Error(`${short} belongs to somebody else: set MIZAN_DATA_DIR to a shorter path`)
  }
  if (ids !== undefined) chownSync(short, ids.uid, ids.gid)
  return short
}

function launch(options: EmbeddedOptions, binaries: string, runAs: RunAs, socketDirectory: string): ChildProcess {
  const { dataDirectory, durable = true } = options
  const parameters: Record<string, string> = {
    listen_addresses: '',
    unix_socket_directories: `"${socketDirectory}"`,
    unix_socket_permissions: '0700',
    port: '5432',
    max_connections: '120',
    shared_buffers: `${options.sharedBuffersMb}MB`,
    dynamic_shared_memory_type: sharedMemoryIsSmall() ? 'mmap' : 'posix',
    max_wal_size: '4GB',
    // Nobody replicates from the embedded server; so a table filled in the transaction that emptied it needs no log beside it.
    wal_level: 'minimal',
    max_wal_senders: '0',
    jit: 'off',
    // Errors of statements, with the values they quote, are for the client: a National ID must not reach this log.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
  }
  const settings = Object.entries(parameters).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const command = [...runAs.prefix, ...dieWithParent(), join(binaries, 'bin', 'postgres'), '-D', clusterFolder(dataDirectory), ...settings]
  const log = openSync(join(dataDirectory, 'postgres.log'), 'w', 0o600)
  // Its own process group: Ctrl-C in a terminal reaches the service only, which then stops the server after its requests.
  const child = spawn(command[0] as string, command.slice(1), {
    ...runAs.ids,
    cwd: '/',
    detached: true,
    env: serverEnvironment,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  return child
}

/** Containers often give /dev/shm 64 MB, which a parallel query outgrows. */
function sharedMemoryIsSmall(): boolean {
  try {
    const { bsize, blocks } = statfsSync('/dev/shm')
    return bsize * blocks < 1_000_000_000
  } catch {
    return existsSync('/proc')
  }
}

async function untilReady(child: ChildProcess, cluster: string, dataDirectory: string): Promise<Postmaster> {
  let failure: string | undefined
  child.once('error', (error) => (failure = error.message))
  child.once('exit', (code, signal) => (failure = `exit ${code ?? signal}`))
  const deadline = Date.now() + startLimitMs
  while (failure === undefined && Date.now() < deadline) {
    const postmaster = livePostmaster(cluster)
    if (postmaster?.pid === child.pid && postmaster?.status === 'ready') return postmaster
    await sleep(10)
  }
  child.kill('SIGINT')
  const log = readFileSync(join(dataDirectory, 'postgres.log'), 'utf8').slice(-1_500)
  throw new Error(`Embedded PostgreSQL did not start (${failure ?? 'too slow'}):\n${log}`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGINT')
  const hurry = setTimeout(() => child.kill('SIGQUIT'), stopLimitMs)
  await gone
  clearTimeout(hurry)
}

const connectionOf = (dataDirectory: string, { socketDirectory, port }: Postmaster): EmbeddedServer['connection'] => ({
  host: socketDirectory,
  port,
  user: 'postgres',
  password: clusterPassword(dataDirectory),
  database: 'postgres',
})
