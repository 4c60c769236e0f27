/**
 * Runs build/test, as many files at once as there are cores, the dearest first so that none is left over at the end; its
 * output is TAP with `--reporter=tap`, else a line for each file and whatever failed; names choose among the files. Coverage is
 * Node's own: tap's loader in each of some two hundred processes took a fifth of all their time (docs/adr/0048-the-suite.md).
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { t } from 'tap'

/** Started first, by the processor time they take; a file that is not named here takes a few seconds at most. */
const DEAREST = [
  'faults/start-stop',
  'targeting/verify/verify-run',
  'faults/kill-during-run',
  'targeting/explain/explain-unit',
  'targeting/run/run-inputs',
  'targeting/run/run-nation',
]
/** For a file as a whole: none takes a quarter of it, but other machines are slower and do other work too. */
const FILE_SECONDS_MAX = 600

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const coverage = join(root, '.tap', 'coverage')
const dist = pathToFileURL(join(root, 'dist')).href + '/'

main()

function main() {
  const files = testFiles()
  const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
  const chosen = files.filter((file) => names.length === 0 || names.some((name) => file.includes(name)))
  const unknown = DEAREST.filter((name) => !files.includes(fileOf(name)))
  if (unknown.length > 0) throw new Error(`no such tests: ${unknown.join(', ')}`)
  rmSync(coverage, { recursive: true, force: true })
  mkdirSync(coverage, { recursive: true })
  const output = process.argv.includes('--reporter=tap') ? process.stdout : inShort()
  if (output !== process.stdout) output.pipe(process.stdout)
  t.pipe(output)
  t.setTimeout(0)
  t.jobs = Math.max(2, availableParallelism())
  t.plan(chosen.length)
  const known = new Set()
  for (const file of chosen) void run(file).then(() => keepOwn(known))
  // What is left then was cut off in the writing: its process was killed.
  t.teardown(() => readdirSync(coverage).forEach((name) => known.has(name) || rmSync(join(coverage, name))))
}

function fileOf(name) {
  return join('build', 'test', `${name}.test.js`)
}

function testFiles() {
  const found = readdirSync(join(root, 'build', 'test'), { recursive: true })
    .map((name) => join('build', 'test', String(name)))
    .filter((file) => file.endsWith('.test.js') && !file.startsWith(join('build', 'test', 'long')))
    .toSorted()
  const first = DEAREST.map(fileOf)
  return [...first.filter((file) => found.includes(file)), ...found.filter((file) => !first.includes(file))]
}

/** tap's `spawn` has every process load its recorder of modules through NODE_OPTIONS: `env -u` takes that out again. */
function run(file) {
  const environment = { ...process.env, MIZAN_TEST_BUILT: '1', NODE_V8_COVERAGE: coverage, TAP_TIMEOUT: String(FILE_SECONDS_MAX) }
  const command = ['-u', 'NODE_OPTIONS', process.execPath, '--enable-source-maps', file]
  return t.spawn('env', command, { name: file, cwd: root, env: environment, buffered: true, timeout: FILE_SECONDS_MAX * 1000 })
}

/** Coverage names every module of Node and of the packages too: what is not of dist/ is some nine tenths, and nobody asks for it. */
function keepOwn(known) {
  for (const name of readdirSync(coverage)) {
    if (known.has(name)) continue
    const path = join(coverage, name)
    const found = parsed(path)
    // Another process is writing it just now: its own end finds it.
    if (found === null) continue
    known.add(name)
    const result = found.result.filter(({ url }) => url.startsWith(dist))
    const maps = Object.entries(found['source-map-cache'] ?? {}).filter(([url]) => url.startsWith(dist))
    if (result.length === 0) rmSync(path)
    else writeFileSync(path, JSON.stringify({ result, 'source-map-cache': Object.fromEntries(maps) }))
  }
}

function parsed(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

/** A line for each file, and for a failure its lines and what was expected. */
function inShort() {
  let rest = ''
  let shown = false
  return new Transform({
    transform(chunk, _encoding, done) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      done(
        null,
        lines
          .filter(isShown)
          .map((line) => `${line}\n`)
          .join(''),
      )
    },
    flush: (done) => done(null, rest),
  })
  function isShown(line) {
    if (/^ *(not )?ok /.test(line)) shown = /^ *not ok /.test(line) && !/# (SKIP|TODO)/i.test(line)
    else if (/^ *# Subtest|^ *$/.test(line)) shown = false
    return shown || /^(ok|not ok|#|1\.\.|Bail out)/.test(line)
  }
}
