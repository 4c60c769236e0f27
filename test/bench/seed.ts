/** `node --import=tsx test/bench/seed.ts [households]`: seeds a fresh data folder with the built program; JSON lines of time, rows, size and memory. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../../src/kernel/project-root.ts'

const households = Number(process.argv[2] ?? 50_000)
const folder = mkdtempSync(join(process.env['BENCH_DIR'] ?? tmpdir(), 'mizan-bench-seed-'))

const emit = (line: object): void => void process.stdout.write(`${JSON.stringify({ bench: 'seed', households, ...line })}\n`)

/** The most memory that a process ever held, and the private memory it holds now, in MB. */
function memoryOf(pid: string): { parent: string; peak: number; own: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (name: string): string => new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? '0'
  return { parent: field('PPid'), peak: Number(field('VmHWM')) / 1024, own: Number(field('RssAnon')) / 1024 }
}

/** Private memory of a process and all its descendants. */
function treeMemory(root: string): number {
  const all = new Map<string, { parent: string; own: number }>()
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      all.set(pid, memoryOf(pid))
    } catch {
      // It ended between the listing and the reading.
    }
  }
  const belongs = (pid: string): boolean => pid === root || (all.has(pid) && belongs(all.get(pid)?.parent ?? ''))
  return [...all].reduce((sum, [pid, { own }]) => sum + (belongs(pid) ? own : 0), 0)
}

const sizeOf = (path: string): number =>
  readdirSync(path, { recursive: true, withFileTypes: true }).reduce((sum, entry) => {
    return entry.isFile() ? sum + statSync(join(entry.parentPath, entry.name)).size : sum
  }, 0)

const started = performance.now()
const seconds = (): number => Math.round((performance.now() - started) / 100) / 10
const child = spawn(
  process.execPath,
  ['dist/main.js', 'seed', '--households', String(households), '--seed', '1', '--as-of', '2026-01-15'],
  {
    cwd: projectRoot,
    env: { ...process.env, MIZAN_DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  },
)
let stage = ''
let summary = ''
let peakNode = 0
let peakTotal = 0
child.stdout.setEncoding('utf8').on('data', (text: string) => {
  summary += text
  const now = text.trim().split(' / ')[0] ?? ''
  if (now !== stage && !text.startsWith('Seeded')) emit({ stage: (stage = now), atSeconds: seconds() })
})
const watch = setInterval(() => {
  peakNode = Math.max(peakNode, memoryOf(String(child.pid)).peak)
  peakTotal = Math.max(peakTotal, treeMemory(String(child.pid)))
}, 1_000)
const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
clearInterval(watch)
const [, total, persons, rows] = /Seeded (\d+) households, (\d+) persons, (\d+) rows/.exec(summary) ?? []
emit({
  code,
  seconds: seconds(),
  written: Number(total),
  persons: Number(persons),
  rows: Number(rows),
  rowsPerSecond: Math.round(Number(rows) / seconds()),
  megabytes: Math.round(sizeOf(folder) / 1e6),
  peakNodeMegabytes: Math.round(peakNode),
  peakPrivateMegabytes: Math.round(peakTotal),
  targetSecondsForTheNation: 600,
})
rmSync(folder, { recursive: true, force: true })
process.exit(code === 0 ? 0 : 1)
