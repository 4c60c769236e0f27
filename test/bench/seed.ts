/**
 * `mizan seed` into a fresh data folder by the built program: time, rows, size and memory. MIZAN_BENCH_HOUSEHOLDS sets the
 * size; the nation is 2345000. BENCH_DIR says on which disk.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../../src/kernel/project-root.ts'
import type { Bench } from './support/figure.ts'

const NATION = 2_345_000
const DEFAULT_HOUSEHOLDS = 50_000
/** Seeding the nation takes ten minutes at most. */
const NATION_SECONDS = 600

export const bench: Bench = async (report) => {
  const households = Number(process.env['MIZAN_BENCH_HOUSEHOLDS'] ?? DEFAULT_HOUSEHOLDS)
  const folder = mkdtempSync(join(process.env['BENCH_DIR'] ?? tmpdir(), 'mizan-bench-seed-'))
  try {
    const seeded = await seed(folder, households)
    const target = households === NATION ? { target: { atMost: NATION_SECONDS } } : {}
    report({ figure: `seeding ${households} households`, value: seeded.seconds, unit: 's', ...seeded, ...target })
    report({ figure: 'rows written', value: seeded.rows / seeded.seconds, unit: 'rows/s', households })
    report({ figure: 'size on disk', value: sizeOf(folder) / 1e6, unit: 'MB', households })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Seeded {
  readonly seconds: number
  readonly households: number
  readonly persons: number
  readonly rows: number
  /** Seconds at which each stage began. */
  readonly stages: Readonly<Record<string, number>>
  readonly peakNodeMegabytes: number
  /** Private memory of Node and PostgreSQL together. */
  readonly peakPrivateMegabytes: number
}

async function seed(folder: string, households: number): Promise<Seeded> {
  const began = performance.now()
  const seconds = (): number => (performance.now() - began) / 1000
  const child = spawn(
    process.execPath,
    ['dist/main.js', 'seed', '--households', String(households), '--seed', '1', '--as-of', '2026-01-15'],
    {
      cwd: projectRoot,
      env: { ...process.env, MIZAN_DATA_DIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const stages: Record<string, number> = {}
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    const stage = text.trim().split(' / ')[0] ?? ''
    if (!text.startsWith('Seeded')) stages[stage] ??= Math.round(seconds())
  })
  let peakNode = 0
  let peakPrivate = 0
  const watch = setInterval(() => {
    peakNode = Math.max(peakNode, memoryOf(String(child.pid)).peak)
    peakPrivate = Math.max(peakPrivate, treeMemory(String(child.pid)))
  }, 1000)
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  clearInterval(watch)
  const [, written, persons, rows] = /Seeded (\d+) households, (\d+) persons, (\d+) rows/.exec(output) ?? []
  if (code !== 0 || rows === undefined) throw new Error(`seeding ended with ${code}:\n${output}`)
  return {
    seconds: seconds(),
    households: Number(written),
    persons: Number(persons),
    rows: Number(rows),
    stages,
    peakNodeMegabytes: Math.round(peakNode),
    peakPrivateMegabytes: Math.round(peakPrivate),
  }
}

interface Memory {
  readonly parent: string
  /** The most that the process ever held, and the private memory that it holds now, in MB. */
  readonly peak: number
  readonly own: number
}

/** Zeros for a process that has ended. */
function memoryOf(pid: string): Memory {
  const status = textOf(`/proc/${pid}/status`)
  const field = (name: string): string => new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? '0'
  return { parent: field('PPid'), peak: Number(field('VmHWM')) / 1024, own: Number(field('RssAnon')) / 1024 }
}

/** Private memory of a process and all its descendants. */
function treeMemory(root: string): number {
  const all = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => [pid, memoryOf(pid)]),
  )
  const belongs = (pid: string): boolean => pid === root || (all.has(pid) && belongs(all.get(pid)?.parent ?? ''))
  return [...all].reduce((sum, [pid, { own }]) => sum + (belongs(pid) ? own : 0), 0)
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const sizeOf = (path: string): number =>
  readdirSync(path, { recursive: true, withFileTypes: true }).reduce((sum, entry) => {
    return entry.isFile() ? sum + statSync(join(entry.parentPath, entry.name)).size : sum
  }, 0)
