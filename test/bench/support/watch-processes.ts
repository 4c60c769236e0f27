/** What this process, its threads and PostgreSQL's processes take: memory at its peak, CPU seconds. Linux only; elsewhere nothing is counted. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Database } from '../../../src/db/database.ts'

export interface Watch {
  /** Proportional set size of all together, at its peak so far: shared pages count once. */
  readonly peakMb: () => number
  /** CPU seconds of all together since the watch began. */
  readonly cpuSeconds: () => number
  readonly stop: () => void
}

/** A look at the pages of a process of some gigabytes takes a tenth of a second of this thread. */
const LOOK_MS = 2_000
const TICKS_PER_SECOND = 100

/** PostgreSQL's processes are those of this database's server, where it runs on this machine. */
export async function watchProcesses({ pool }: Database): Promise<Watch> {
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const server = parentOf(rows[0]?.pid ?? 0)
  let peak = 0
  const begun = new Map<number, number>()
  const spent = new Map<number, number>()
  const look = (): void => {
    let total = 0
    for (const pid of [process.pid, ...(server === null ? [] : processesOf(server))]) {
      const ticks = ticksOf(pid)
      // Gone meanwhile: what it took until the last look stays.
      if (ticks === null) continue
      if (!begun.has(pid)) begun.set(pid, ticks)
      spent.set(pid, ticks - (begun.get(pid) ?? 0))
      total += Number(/^Pss:\s+(\d+)/m.exec(text(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0)
    }
    peak = Math.max(peak, total / 1024)
  }
  look()
  const timer = setInterval(look, LOOK_MS)
  return {
    peakMb: () => peak,
    cpuSeconds: () => {
      look()
      return [...spent.values()].reduce((total, ticks) => total + ticks, 0) / TICKS_PER_SECOND
    },
    stop: () => clearInterval(timer),
  }
}

/** User and system time; the fields behind the name, which may hold spaces. */
function ticksOf(pid: number): number | null {
  const fields = text(`/proc/${pid}/stat`).split(') ')[1]?.split(' ')
  return fields ? Number(fields[11]) + Number(fields[12]) : null
}

/** Empty for a process that is gone. */
function text(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Null where the process is on another machine. */
function parentOf(pid: number): number | null {
  const status = text(`/proc/${pid}/status`)
  return /^Name:\s+postgres$/m.test(status) ? Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) : null
}

const processesOf = (server: number): number[] => [
  server,
  ...readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(Number(name)) === server)
    .map(Number),
]
