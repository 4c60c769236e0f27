/** The real service as a process of its own, on a data folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { projectRoot } from '../../src/kernel/project-root.ts'

/** A started service and what it printed. */
export interface Service {
  readonly child: ChildProcess
  readonly url: string
  readonly output: () => string
  /** Sends a signal and resolves to [exit code, signal]. */
  readonly end: (signal: NodeJS.Signals) => Promise<[number | null, NodeJS.Signals | null]>
}

/**
 * The command that runs `mizan <args>`: as it was built where `npm test` has just done so, as users run it and in half the time; from the
 * sources where a single test is run and what was built may be older.
 */
export const mizan = (...args: string[]): string[] => [
  process.execPath,
  ...(process.env['MIZAN_TEST_BUILT'] === '1'
    ? [join(projectRoot, 'dist', 'main.js')]
    : ['--import=tsx', join(projectRoot, 'src', 'main.ts')]),
  ...args,
]

/** Only what a service needs of this process's environment; tap's own variables stay out. */
export const serviceEnvironment = (settings: Record<string, string>): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOST: '127.0.0.1',
  PORT: '0',
  LOG_LEVEL: 'warn',
  RUN_WORKER: 'none',
  SEED_HOUSEHOLDS: '20',
  EMBEDDED_SHARED_BUFFERS_MB: '32',
  ...settings,
})

/** Starts the service and waits until it answers; `prefix` runs it as somebody else. */
export async function startService(settings: Record<string, string>, prefix: readonly string[] = []): Promise<Service> {
  const [command, ...args] = [...prefix, ...mizan('server')]
  const child = spawn(command as string, args, { cwd: projectRoot, env: serviceEnvironment(settings), stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  child.stderr.on('data', (chunk) => (output += String(chunk)))
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const url = await urlOf(child, () => output)
  return {
    child,
    url,
    output: () => output,
    end: (signal) => {
      child.kill(signal)
      return exited
    },
  }
}

async function urlOf(child: ChildProcess, output: () => string): Promise<string> {
  for (const deadline = Date.now() + 240_000; Date.now() < deadline; await sleep(30)) {
    const url = /https?:\/\/127\.0\.0\.1:\d+(?=\/health)/.exec(output())?.[0]
    if (url !== undefined && (await fetch(`${url}/health/live`)).ok) return url
    if (child.exitCode !== null || child.signalCode !== null) break
  }
  child.kill('SIGKILL')
  throw new Error(`The service did not start:\n${output()}`)
}
