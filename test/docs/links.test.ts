/** What the documents point at exists: links with their headings, files, commands; and nothing in them belongs to one machine. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { mizan, serviceEnvironment } from '../support/service.ts'

interface Page {
  readonly path: string
  readonly text: string
}

const read = (path: string): string => readFileSync(join(projectRoot, path), 'utf8')
const pages: readonly Page[] = [
  ...readdirSync(projectRoot).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(projectRoot, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
].map((path) => ({ path, text: read(path) }))

/** Text outside of fenced blocks, where a bracket is a link. */
const prose = (text: string): string => text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '')
const links = ({ path, text }: Page): { readonly target: string; readonly file: string; readonly heading: string }[] =>
  [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((m) => m[1] as string)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = '', heading = ''] = target.split('#')
      return { target, heading, file: file === '' ? path : relative(projectRoot, resolve(projectRoot, dirname(path), file)) }
    })
/** A heading as hosts of Markdown make an anchor of it. */
const anchor = (heading: string): string =>
  heading
    .replaceAll(/[`*]/g, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')
const anchors = (text: string): string[] => [
  ...[...prose(text).matchAll(/^#+ (.+)$/gm)].map((m) => anchor(m[1] as string)),
  ...[...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map((m) => m[1] as string),
]

t.test('every relative link leads to a file, and to a heading of it', async (t) => {
  t.ok(pages.length > 30, `${pages.length} pages`)
  const broken = pages.flatMap((page) =>
    links(page)
      .filter(({ file, heading }) => {
        if (!existsSync(join(projectRoot, file))) return true
        return heading !== '' && file.endsWith('.md') && !anchors(read(file)).includes(heading)
      })
      .map(({ target }) => `${page.path}: ${target}`),
  )
  t.same(broken, [])
})

t.test('every page can be reached from the readme', async (t) => {
  const byPath = new Map(pages.map((page) => [page.path, page]))
  const reached = new Set(['README.md'])
  for (const path of reached) for (const { file } of links(byPath.get(path) as Page)) if (byPath.has(file)) reached.add(file)
  t.same(
    [...byPath.keys()].filter((path) => !reached.has(path)),
    [],
  )
})

t.test('every file that is named exists', async (t) => {
  const named = /`((?:src|test|rules|formulas|migrations|scripts|docs|openapi|vendor)\/[\w./-]+\.\w+)`/g
  const absent = pages.flatMap(({ path, text }) =>
    [...prose(text).matchAll(named)]
      .map((m) => m[1] as string)
      .filter((file) => !file.includes('NNNN') && !existsSync(join(projectRoot, file)))
      .map((file) => `${path}: ${file}`),
  )
  t.same(absent, [])
})

t.test('commands: those that are mentioned exist, and those that exist are documented', async (t) => {
  const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts)
  const [node, ...help] = mizan('help')
  const output = execFileSync(node as string, help, { encoding: 'utf8', env: serviceEnvironment({}) })
  const commands = ['help', ...[...output.matchAll(/^ {2}([a-z-]+) {2}/gm)].map((m) => m[1] as string)]
  t.ok(commands.includes('server') && commands.length > 8, commands.join())
  const mentioned = (pattern: RegExp): string[] => pages.flatMap(({ text }) => [...text.matchAll(pattern)].map((m) => m[1] as string))
  t.same(
    mentioned(/npm run (?:-s |--silent )?([\w:]+)/g).filter((name) => !scripts.includes(name)),
    [],
  )
  t.same(
    mentioned(/npm run mizan -- (\w+(?:-\w+)*)/g).filter((name) => !commands.includes(name)),
    [],
  )
  const reference = read('docs/reference/commands.md')
  const short = ['start', 'test']
  t.same(
    scripts.filter((name) => !reference.includes(`\`npm ${short.includes(name) ? name : `run ${name}`}\``)),
    [],
    'scripts',
  )
  t.same(
    commands.filter((name) => !reference.includes(`\`mizan ${name}\``)),
    [],
    'commands',
  )
})

t.test('the readme is short, and nothing names a machine or a registry of packages', async (t) => {
  t.ok(read('README.md').split('\n').length <= 150)
  const machine = /(?:^|[\s"'`(=])\/(?:work|root|tmp|Users|opt|mnt|var|home\/(?!you\/))[/\w.-]*/
  const registry = /npmjs\.|yarnpkg|npmmirror|artifactory|pkg\.github|jsr\.io/i
  const places = pages.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, i) => {
      const found = machine.exec(line) ?? registry.exec(line)
      return found ? [`${path}:${i + 1}: ${found[0].trim()}`] : []
    }),
  )
  t.same(places, [])
  const large = pages.filter(({ path }) => statSync(join(projectRoot, path)).size > 400_000).map(({ path }) => path)
  t.same(large, [], 'pages that nobody can open')
})
