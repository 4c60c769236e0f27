/** CPU time of this process and of the PostgreSQL server behind a connection: what a machine that others use too leaves comparable. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Queryable } from '../../../src/db/queryable.ts'

export interface CpuMs {
  /** Of this process, the bench itself included. */
  readonly node: number
  readonly postgresql: number
}

/** Linux counts in hundredths of a second. */
const TICK_MS = 10

/** Resolves to what tells the milliseconds since. */
export async function cpuSince(db: Queryable): Promise<() => CpuMs> {
  const { rows } = await db.query<{ pid: number }>('select pg_backend_pid() as pid')
  const postmaster = parentOf(rows[0]?.pid ?? 0)
  const [node, postgresql] = [process.cpuUsage(), ticksUnder(postmaster)]
  return () => {
    const { user, system } = process.cpuUsage(node)
    return { node: (user + system) / 1_000, postgresql: (ticksUnder(postmaster) - postgresql) * TICK_MS }
  }
}

/** Fields behind the name, which is in brackets and may hold anything. */
function statOf(pid: number | string): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

const PARENT = 1
/** User and system time, its own and of children that have ended. */
const TIMES = [11, 12, 13, 14]

const parentOf = (pid: number): number => Number(statOf(pid)[PARENT] ?? 0)
const ticksOf = (stat: readonly string[]): number => TIMES.reduce((sum, field) => sum + Number(stat[field] ?? 0), 0)

function ticksUnder(postmaster: number): number {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(statOf(name)[PARENT]) === postmaster)
  return [String(postmaster), ...children].reduce((sum, pid) => sum + ticksOf(statOf(pid)), 0)
}
