/** Reads what a running PostgreSQL says about itself in postmaster.pid, and whether processes live. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The postmaster of a cluster folder. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  readonly socketDirectory: string
  readonly status: 'starting' | 'ready' | 'stopping' | 'standby' | ''
}

/** The postmaster.pid of a cluster whose process lives; undefined when there is none. */
export function livePostmaster(cluster: string): Postmaster | undefined {
  let lines: string[]
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return undefined
  }
  const pid = Number(lines[0])
  if (!isAlive(pid) || !isPostgres(pid)) return undefined
  return { pid, port: Number(lines[3]), socketDirectory: lines[4] ?? '', status: (lines[7] ?? '').trim() as Postmaster['status'] }
}

/** Whether a process with this id exists (a process of another user counts). */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** After a crash the id in postmaster.pid may belong to somebody else; where /proc tells, ask it. */
function isPostgres(pid: number): boolean {
  if (process.platform !== 'linux') return true
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.includes('(postgres)') && !/\) Z /.test(stat)
  } catch {
    return false
  }
}
