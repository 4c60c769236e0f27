/** The house rules that a reader would otherwise have to check by eye: directions, ownership, sizes, names. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readMigrations } from '../src/db/migrate.ts'
import { projectRoot } from '../src/kernel/project-root.ts'
import { importsOf, roomOf, type SourceFile, sourceFiles } from './support/source-files.ts'
import { writtenTables } from './support/written-tables.ts'

/** From top to bottom: a room imports only itself and what stands below it. `routes` are the routes.ts files of all rooms. */
const order =
  'main commands app routes console http interop simulation data-protection targeting intake determinations ' +
  'households programmes queries warehouse access audit jobs db config language kernel'

const files = sourceFiles()
const level = (path: string): number => order.split(' ').indexOf(/(^|\/)routes\.ts$/.test(path) ? 'routes' : roomOf(path))

t.test('imports go one way', async (t) => {
  t.same(unknownRooms(files), [], 'every room has its place in the order')
  t.same(upwardImports(files), [])
  t.same(
    upwardImports([planted('kernel/a.ts', "import { x } from '../db/pool.ts'")]),
    ['kernel/a.ts → db/pool.ts'],
    'the check sees a planted one',
  )
  t.same(upwardImports([planted('intake/a.ts', "import x from './routes.ts'")]), ['intake/a.ts → intake/routes.ts'])
})

t.test('language is pure, and only routes and http know the server', async (t) => {
  const outside = (pattern: RegExp, allowed: (path: string) => boolean): string[] =>
    files.flatMap(({ path, imports }) =>
      imports.filter(({ target }) => pattern.test(target) && !allowed(path)).map(({ target }) => `${path} → ${target}`),
    )
  const pure = (path: string): boolean => !/^(kernel|language)\//.test(path) || path === 'kernel/project-root.ts'
  t.same(
    outside(/^(node:(fs|http|https|net|dns|child_process|worker_threads|process|timers).*|pg|pg-copy-streams|kysely|@duckdb\/.*)$/, pure),
    [],
  )
  // app.ts puts the service together: it names the type, and makes no route.
  t.same(
    outside(/^@?fastify(\/|$)/, (path) => /^http\/|(^|\/)routes\.ts$|^app\.ts$/.test(path)),
    [],
  )
})

t.test('the environment is read in config.ts only', async (t) => {
  t.same(
    files.filter(({ path, text }) => /process\.env|from 'node:process'/.test(text) && path !== 'config.ts').map(({ path }) => path),
    [],
  )
})

t.test('each table is written by one room', async (t) => {
  const tables = new Set(
    readMigrations().flatMap(({ sql }) =>
      [...sql.matchAll(/create table (?:if not exists )?([\w.]+)/gi)].map(([, name]) => name as string),
    ),
  )
  const writers = new Map<string, Set<string>>()
  for (const { path, text, room } of files) {
    for (const table of writtenTables(text)) {
      if (!tables.has(table)) continue
      writers.set(table, (writers.get(table) ?? new Set()).add(room))
      t.ok(room !== 'main' && room !== 'http', `${path} writes ${table}: tables belong to rooms`)
    }
  }
  const shared = [...writers].filter(([, rooms]) => rooms.size > 1).map(([table, rooms]) => `${table}: ${[...rooms].join(', ')}`)
  t.same(shared, [])
  t.comment(
    [...writers]
      .map(([table, rooms]) => `${table}: ${[...rooms].join()}`)
      .toSorted()
      .join('\n'),
  )
})

t.test('writes are seen in all the ways we write them', async (t) => {
  const text = `sql\`insert into api_key (id)\`; 'UPDATE identity.person SET x = 1'; .deleteFrom('application'); \`COPY warehouse.load (a) FROM STDIN\`
    "MERGE INTO household USING x"; 'delete  from audit_event where'; TRUNCATE run, other; 'SELECT 1 FROM nobody FOR UPDATE'; 'ON CONFLICT DO UPDATE SET a = 1'`
  t.same(writtenTables(text).toSorted(), ['api_key', 'application', 'audit_event', 'household', 'identity.person', 'run', 'warehouse.load'])
})

t.test('files are small, begin with what they are, and have telling names', async (t) => {
  const sizes = files.map(({ lines }) => lines).toSorted((a, b) => a - b)
  t.ok((sizes[Math.floor(sizes.length / 2)] ?? 0) <= 100, `median ${sizes[Math.floor(sizes.length / 2)]} lines`)
  t.same(
    files.filter(({ text }) => topComment(text) === '').map(({ path }) => path),
    [],
    'first line says what the file is',
  )
  const long = files.filter(({ lines, text }) => lines > 300 && !/because/.test(topComment(text)))
  t.same(
    long.map(({ path, lines }) => `${path} (${lines} lines)`),
    [],
    'over 300 lines: the top comment says why, with "because"',
  )
  const vague = /(^|\/)(utils?|helpers?|common|types|misc|shared|manager|constants|interfaces)(\/|\.tsx?$)/
  t.same(
    files.filter(({ path }) => vague.test(path) || !/^[a-z0-9-]+(\/[a-z0-9-]+)*\.tsx?$/.test(path)).map(({ path }) => path),
    [],
  )
})

t.test('the lock file names no registry, and every platform, so that npm ci works on each', async (t) => {
  const text = readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')
  t.notMatch(text, /"resolved": "https?:/)
  const { packages } = JSON.parse(text) as { packages: Record<string, { optionalDependencies?: Record<string, string> }> }
  const known = new Set(Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)))
  const wanted = Object.values(packages).flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}))
  t.same(
    wanted.filter((name) => !known.has(name)),
    [],
    'run node scripts/complete-lock.mjs',
  )
})

/** The comment that stands first, or right after the imports. */
function topComment(text: string): string {
  return /^(?:import [^;]*?from '[^']+'\n|\s*\n)*(\/\*\*[\s\S]*?\*\/)/.exec(text)?.[1] ?? ''
}

function planted(path: string, text: string): SourceFile {
  return { path, room: roomOf(path), text, lines: 1, imports: importsOf(path, text) }
}

function unknownRooms(sources: readonly SourceFile[]): string[] {
  return sources.filter(({ path }) => level(path) < 0).map(({ path }) => path)
}

function upwardImports(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(({ path, imports }) =>
    imports.filter(({ own, target }) => own && level(target) < level(path)).map(({ target }) => `${path} → ${target}`),
  )
}
