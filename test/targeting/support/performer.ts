/** `mizan run --resume` as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { projectRoot } from '../../../src/kernel/project-root.ts'
import { mizan, serviceEnvironment } from '../../support/service.ts'

export interface Performer {
  readonly child: ChildProcess
  readonly output: () => string
  readonly exited: Promise<[number | null, NodeJS.Signals | null]>
}

export interface PerformerSettings {
  readonly databaseUrl: string
  readonly dataDirectory: string
  /** A command that runs it as somebody else. */
  readonly prefix?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

export function performer(id: string, { databaseUrl, dataDirectory, prefix = [], environment = {} }: PerformerSettings): Performer {
  const [command, ...args] = [...prefix, ...mizan('run', '--resume', id)]
  const env = serviceEnvironment({
    DATABASE_URL: databaseUrl,
    MIZAN_DATA_DIR: dataDirectory,
    RUN_THREADS: '2',
    RUN_MEMORY_MB: '512',
    RUN_SAMPLE: '10',
    ...environment,
  })
  const child = spawn(command as string, args, { cwd: projectRoot, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout?.on('data', (chunk) => (output += String(chunk)))
  child.stderr?.on('data', (chunk) => (output += String(chunk)))
  return { child, output: () => output, exited: once(child, 'exit') as Performer['exited'] }
}
