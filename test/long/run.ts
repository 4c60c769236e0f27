/**
 * `npm run test:long [-- --times N] [--seed S] [name...]`: what is too long for every change. The files of this folder and
 * every test that states its runs through `propertyRuns` or repeats itself as often as the environment says, one after the
 * other, from a seed that is printed and can be given.
 */
import { spawn } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { SEED, TIMES } from '../support/property-runs.ts'

const { values, positionals } = parseArgs({
  options: { times: { type: 'string', default: '20' }, seed: { type: 'string', default: String(Date.now() % 1_000_000_000) } },
  allowPositionals: true,
})
/** Tests of runs, each time of a whole run. */
const repeats = { MIZAN_SAME_BYTES_RUNS: '20', MIZAN_RUN_KILLS: '20', MIZAN_LOAD_KILLS: '20', REPLICA_STEPS: '12' }
const environment = { ...repeats, ...process.env, [TIMES]: values.times, [SEED]: values.seed, TAP_TIMEOUT: String(12 * 3600) }

const files = [...ownFiles(), ...longTests()].filter((file) => positionals.length === 0 || positionals.some((name) => file.includes(name)))
console.log(`# ${files.length} files, seed ${values.seed}, properties ${values.times} times as long as in npm test`)
const totals = new Map<string, number>()
const failed: string[] = []
for (const file of files) {
  const began = Date.now()
  const { status, counts } = await run(file)
  for (const [what, count] of counts) totals.set(what, (totals.get(what) ?? 0) + count)
  if (status !== 0) failed.push(file)
  console.log(`# ${status === 0 ? 'passed' : 'FAILED'} ${file}: ${described(counts)} in ${Math.round((Date.now() - began) / 1000)} s`)
}
console.log(`# in all ${described(totals)}, seed ${values.seed}`)
console.log(failed.length === 0 ? '# all passed' : `# failed: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 && files.length > 0 ? 0 : 1

function ownFiles(): string[] {
  return readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.ts') && name !== basename(import.meta.filename))
    .map((name) => relative(projectRoot, join(import.meta.dirname, name)))
}

function longTests(): string[] {
  const marks = ['propertyRuns(', ...Object.keys(repeats)]
  return readdirSync(join(projectRoot, 'test'), { recursive: true })
    .map((name) => join('test', String(name)))
    .filter((file) => {
      if (!file.endsWith('.test.ts')) return false
      const text = readFileSync(join(projectRoot, file), 'utf8')
      return marks.some((mark) => text.includes(mark))
    })
    .toSorted()
}

interface Outcome {
  readonly status: number | null
  readonly counts: ReadonlyMap<string, number>
}

/** Runs one file and hands its output on, but for TAP's passing lines. */
async function run(file: string): Promise<Outcome> {
  const child = spawn(process.execPath, ['--import=tsx', file], {
    cwd: projectRoot,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const counts = new Map<string, number>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, count, what = ''] = /^# counted: (\d+) (\S+),/.exec(line) ?? []
    if (count !== undefined) counts.set(what, (counts.get(what) ?? 0) + Number(count))
    if (!/^ *(ok |TAP version|1\.\.\d|# Subtest|# time=|$)/.test(line)) console.log(line)
  })
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { status, counts }
}

function described(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([what, count]) => `${count} ${what}`).join(', ') || 'nothing counted'
}
