/** What this process, its threads and PostgreSQL's processes take: memory at its peak, CPU seconds. Linux only; elsewhere nothing is counted. */
import { readdirSync, readFileSync } from 'node:fs'

export interface Watch {
  /** Proportional set size of all together, at its peak so far: shared pages count once. */
  readonly peakMb: () => number
  /** CPU seconds of all together since the watch began. */
  readonly cpuSeconds: () => number
  readonly stop: () => void
}

const LOOK_MS = 500
const TICKS_PER_SECOND = 100

export function watchProcesses(): Watch {
  let peak = 0
  const begun = new Map<number, number>()
  const spent = new Map<number, number>()
  const look = (): void => {
    let total = 0
    for (const pid of [process.pid, ...postgresProcesses()]) {
      const ticks = ticksOf(pid)
      if (!begun.has(pid)) begun.set(pid, ticks)
      // Kept for those that end meanwhile.
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
function ticksOf(pid: number): number {
  const fields = text(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? []
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
}

/** Empty for a process that is gone. */
function text(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const postgresProcesses = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && text(`/proc/${name}/comm`).trim() === 'postgres')
    .map(Number)
