/** The pages of the reference are what the tables say, and no check reports a code that is on no page. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { codeTables, diagnosticsPage, operatorsPage } from '../../src/language/reference-pages.ts'

const page = (name: string): string => readFileSync(join(projectRoot, 'docs', 'reference', name), 'utf8')

t.test('the committed pages are up to date (npm run mizan -- language)', async (t) => {
  t.equal(page('operators.md'), operatorsPage())
  t.equal(page('diagnostics.md'), diagnosticsPage())
})

t.test('every code that a check reports is on the page, and every code of a table is reported somewhere', async (t) => {
  // Checks of one text live in language, those of what stands together in programmes/authoring.
  const folders = [join(projectRoot, 'src', 'language'), join(projectRoot, 'src', 'programmes', 'authoring')]
  const sources = folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !/diagnostic-codes|formula-diagnostics/.test(name))
        .map((name) => readFileSync(join(folder, name), 'utf8')),
    )
    .join('\n')
  const known = new Set(Object.values(codeTables).flatMap((table) => Object.keys(table)))
  const reported = [...sources.matchAll(/(?:finding|\berror|\bwarning)\(\s*'([a-z-]+)'/g)].map((m) => m[1] as string)
  t.ok(reported.length > 100)
  t.same([...new Set(reported.filter((code) => !known.has(code)))], [])
  const codes = Object.values(codeTables).flatMap((table) => Object.keys(table))
  t.same(
    codes.filter((code) => !sources.includes(`'${code}'`)),
    [],
  )
})
