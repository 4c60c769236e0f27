/** Decides as whom PostgreSQL runs: it refuses root, so root becomes somebody else without losing its own folders. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A command prefix and, for another user, the ids to start with and to give folders to. */
export interface RunAs {
  readonly kind: 'direct' | 'namespace' | 'user'
  readonly prefix: readonly string[]
  readonly ids: { readonly uid: number; readonly gid: number } | undefined
}

const namespace = ['unshare', '--user', '--map-user=65534', '--map-group=65534'] as const

/** The first way that works here; `allowNamespace: false` skips the user namespace (tests use it). */
export function chooseRunAs(allowNamespace = true): RunAs {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return { kind: 'direct', prefix: [], ids: undefined }
  // Inside the namespace the process is not root, outside it still owns root's files: it works under a 0700 home.
  if (allowNamespace && runs([...namespace, 'id', '-u'], '65534')) return { kind: 'namespace', prefix: namespace, ids: undefined }
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const account = accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody')
  if (account === undefined) {
    throw new Error(
      'PostgreSQL refuses to run as root, and there is neither a user namespace nor an account postgres or nobody: set DATABASE_URL',
    )
  }
  return { kind: 'user', prefix: [], ids: { uid: Number(account[2]), gid: Number(account[3]) } }
}

/** Prefix that sends the server SIGINT when this process dies, even by kill -9; empty where the system has none. */
export function dieWithParent(): readonly string[] {
  const prefix = ['setpriv', '--pdeathsig', 'INT']
  return process.platform === 'linux' && runs([...prefix, 'echo', 'yes'], 'yes') ? prefix : []
}

function runs([command, ...args]: readonly string[], expected: string): boolean {
  const outcome = spawnSync(command as string, args, { encoding: 'utf8' })
  return outcome.status === 0 && outcome.stdout.trim() === expected
}
