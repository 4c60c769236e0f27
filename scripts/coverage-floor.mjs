/**
 * Reads what `npm test` covered and fails below the floors: every line of kernel and language, 85% of each other room.
 * `commands` and `main.ts` are left out because tests run them as users do, as processes of the built dist/, which the
 * coverage of this process does not see.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const FLOOR = 85
const WHOLE = new Set(['kernel', 'language'])
const LEFT_OUT = new Set(['commands', 'main.ts'])
const SHOWN = 40

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const src = join(root, 'src')
/** Of dist/, which the suite runs; its source maps lead back to src/. */
const raw = join(root, '.tap', 'coverage')

main()

function main() {
  const found = existsSync(raw) ? readdirSync(raw).filter((name) => name.endsWith('.json')) : []
  if (found.length === 0) fail('No coverage was recorded: run npm test first.')
  const covered = report()
  const rooms = new Map()
  for (const file of sourceFiles()) {
    const path = relative(src, file)
    const room = path.split('/')[0]
    if (LEFT_OUT.has(room)) continue
    const lines = codeLines(readFileSync(file, 'utf8'))
    const uncovered = lines.filter((line) => covered.get(file)?.get(line) !== true)
    const sum = rooms.get(room) ?? { lines: 0, uncovered: 0, where: [] }
    sum.lines += lines.length
    sum.uncovered += uncovered.length
    if (uncovered.length > 0) sum.where.push({ path, uncovered })
    rooms.set(room, sum)
  }
  const below = [...rooms].filter(([room, sum]) => share(sum) < floorOf(room))
  for (const [room, sum] of rooms) {
    const mark = share(sum) < floorOf(room) ? ' BELOW' : ''
    console.log(`${share(sum).toFixed(1).padStart(5)}% of ${String(sum.lines).padStart(5)} lines, floor ${floorOf(room)}%: ${room}${mark}`)
  }
  for (const [, { where }] of below) {
    for (const { path, uncovered } of where.slice(0, SHOWN)) console.log(`src/${path}: not covered: ${ranges(uncovered)}`)
  }
  if (below.length > 0) fail(`Below the floor: ${below.map(([room]) => room).join(', ')}.`)
}

function floorOf(room) {
  return WHOLE.has(room) ? 100 : FLOOR
}

function share({ lines, uncovered }) {
  return lines === 0 ? 100 : (100 * (lines - uncovered)) / lines
}

/** By file, by line: whether it ran. */
function report() {
  const tap = join(root, 'node_modules', 'tap', 'dist', 'esm', 'run.mjs')
  const { status, stderr } = spawnSync(process.execPath, [tap, 'report', 'json'], { cwd: root, encoding: 'utf8' })
  if (status !== 0) fail(`tap report failed: ${stderr}`)
  const files = JSON.parse(readFileSync(join(root, '.tap', 'report', 'coverage-final.json'), 'utf8'))
  return new Map(
    Object.entries(files).map(([file, { statementMap, s }]) => [
      file,
      new Map(Object.entries(statementMap).map(([id, { start }]) => [start.line, s[id] > 0])),
    ]),
  )
}

function sourceFiles() {
  return readdirSync(src, { recursive: true })
    .map((name) => join(src, String(name)))
    .filter((file) => file.endsWith('.ts'))
    .toSorted()
}

/** Lines that hold code which runs: no blank lines, comments, imports or declarations of types. */
function codeLines(text) {
  const source = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true)
  const erased = new Set([ts.SyntaxKind.ImportDeclaration, ts.SyntaxKind.InterfaceDeclaration, ts.SyntaxKind.TypeAliasDeclaration])
  const lines = new Set()
  const lineAt = (position) => source.getLineAndCharacterOfPosition(position).line + 1
  const visit = (node) => {
    if (erased.has(node.kind) || (ts.isExportDeclaration(node) && node.isTypeOnly)) return
    if (node.getChildCount(source) === 0 && node.getWidth(source) > 0) {
      for (let line = lineAt(node.getStart(source)); line <= lineAt(node.getEnd()); line++) lines.add(line)
    }
    // JSDoc hangs below its node and is no code.
    for (const child of node.getChildren(source)) if (!ts.isJSDoc(child)) visit(child)
  }
  visit(source)
  return [...lines].toSorted((a, b) => a - b)
}

/** `[1, 2, 3, 7]` → `1-3, 7`. */
function ranges(lines) {
  const parts = []
  for (const line of lines) {
    const last = parts.at(-1)
    if (last && last[1] === line - 1) last[1] = line
    else parts.push([line, line])
  }
  return parts.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(', ')
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
