/** Work in the background has the niceness that was asked for in every thread, never less than it had, and slows down no session but its own. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../src/kernel/project-root.ts'

interface Told {
  /** Of each thread, those that started before and a later one. */
  readonly threads: readonly number[]
  /** Of the session; null where sessions are not weighed. */
  readonly session: number | null
}

const skip = process.platform === 'linux' ? {} : { skip: 'only Linux tells the niceness of threads' }
const script = `
  import { readdirSync, readFileSync } from 'node:fs'
  import { getPriority } from 'node:os'
  import { Worker } from 'node:worker_threads'
  const { lowerPriority } = await import(process.env.MODULE)
  for (const niceness of JSON.parse(process.env.NICENESSES)) lowerPriority(niceness)
  const later = new Worker('import("node:worker_threads").then(({ parentPort }) => { parentPort.postMessage(0); setInterval(() => {}, 1000) })', { eval: true })
  later.once('message', () => {
    const threads = readdirSync('/proc/self/task').map((thread) => getPriority(Number(thread)))
    let session = null
    try { session = Number(/nice (-?\\d+)/.exec(readFileSync('/proc/self/autogroup', 'utf8'))?.[1] ?? NaN) } catch {}
    console.log(JSON.stringify({ threads, session: Number.isNaN(session) ? null : session }))
    process.exit()
  })`

/** In a process of its own: what is lowered stays so. */
function told(nicenesses: readonly number[], detached: boolean): Told {
  const env = {
    PATH: process.env['PATH'],
    MODULE: join(projectRoot, 'src/jobs/lower-priority.ts'),
    NICENESSES: JSON.stringify(nicenesses),
  }
  const node = [process.execPath, '--import=tsx', '--input-type=module', '-e', script]
  const [command, ...args] = detached ? ['setsid', '--wait', ...node] : node
  const { stdout, stderr } = spawnSync(command as string, args, { cwd: projectRoot, env, encoding: 'utf8' })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout) as Told
}

/** As a process started by this one tells it: null also for a session that the system keeps out of its groups, though others are in them. */
const own = ownSession()

function ownSession(): number | null {
  try {
    const nice = /^\S+ nice (-?\d+)/.exec(readFileSync('/proc/self/autogroup', 'utf8'))?.[1]
    return nice === undefined ? null : Number(nice)
  } catch {
    return null
  }
}

t.test('every thread, those that are there and those that come', skip, async (t) => {
  const { threads } = told([10], false)
  t.ok(threads.length > 2)
  t.same(new Set(threads), new Set([10]))
})

t.test('nought leaves it as it is, and nobody is raised again', skip, async (t) => {
  t.same(new Set(told([0], false).threads), new Set([getPriority()]))
  t.same(new Set(told([15, 5], false).threads), new Set([15]))
})

t.test('a session of its own is lowered with it, somebody else’s is not', skip, async (t) => {
  const { session } = told([10], true)
  if (session === null) return t.pass('sessions are not weighed here')
  t.equal(session, 10)
  t.equal(told([10], false).session, own)
})
