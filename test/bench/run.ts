/**
 * `npm run bench [name...] [--households N]`: each file of this folder in a process of its own, one JSON line per figure on stdout.
 * Every line carries the machine and the Node version; ratios are between figures of the same run. Exits 1 when a bench
 * fails or misses a target; what was missed is told on stderr at the end.
 */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import type { Bench, BenchOptions, Figure } from './support/figure.ts'
import { isMet, rounded } from './support/figure.ts'

const { values, positionals } = parseArgs({
  options: { one: { type: 'boolean' }, households: { type: 'string' } },
  allowPositionals: true,
})
const options: BenchOptions = values.households === undefined ? {} : { households: Number(values.households) }
if (!Number.isSafeInteger(options.households ?? 1) || (options.households ?? 1) < 1)
  throw new Error('--households: expected a whole number')

if (values.one === true) await runOne(positionals[0] as string)
else process.exitCode = (await runAll(positionals.length === 0 ? allBenches() : positionals)) ? 0 : 1

function allBenches(): string[] {
  return readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
    .map((file) => file.slice(0, -'.ts'.length))
    .toSorted()
}

async function runAll(names: readonly string[]): Promise<boolean> {
  const known = allBenches()
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    process.stderr.write(`no bench ${unknown.join(', ')}; there are ${known.join(', ')}\n`)
    return false
  }
  const misses: string[] = []
  for (const name of names) {
    const status = await inItsOwnProcess(name, (line) => {
      process.stdout.write(`${line}\n`)
      const { figure, value, unit, target, met } = JSON.parse(line) as Figure & { met?: boolean }
      if (met === false) misses.push(`${name}: ${figure} is ${value} ${unit}, the target is ${JSON.stringify(target)}`)
    })
    if (status !== 0) misses.push(`${name}: failed`)
  }
  process.stderr.write(misses.length === 0 ? 'all targets met\n' : `${misses.join('\n')}\n`)
  return misses.length === 0
}

/** What one bench leaves behind (compiled code, garbage, open pools) must not weigh on the next. */
function inItsOwnProcess(name: string, onLine: (line: string) => void): Promise<number | null> {
  const size = values.households === undefined ? [] : ['--households', values.households]
  const child = spawn(process.execPath, [...process.execArgv, import.meta.filename, '--one', name, ...size], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  createInterface({ input: child.stdout }).on('line', onLine)
  return new Promise((resolve) => child.on('close', resolve))
}

async function runOne(name: string): Promise<void> {
  const { bench } = (await import(join(import.meta.dirname, `${name}.ts`))) as { bench: Bench }
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${process.platform} ${process.arch}`
  await bench((figure) => {
    const met = isMet(figure)
    const numbers = Object.fromEntries(
      Object.entries(figure).map(([key, value]) => [key, typeof value === 'number' ? rounded(value) : value]),
    )
    process.stdout.write(
      `${JSON.stringify({ bench: name, ...numbers, ...(met === null ? {} : { met }), machine, node: process.version })}\n`,
    )
  }, options)
  // Native pools of a peer would keep the process.
  process.exit()
}
