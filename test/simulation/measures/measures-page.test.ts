/** Every measure is defined once, in both languages, names a function that exists, and stands on the committed page. */
import { existsSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../../src/kernel/project-root.ts'
import { measureDefinitions, measureSections } from '../../../src/simulation/measures/measure-definitions.ts'
import { measuresPage } from '../../../src/simulation/measures/measures-page.ts'

const all = measureSections.flatMap(({ measures }) => measures)

t.test('the committed page is up to date (npm run mizan -- measures)', async (t) => {
  t.equal(readFileSync(join(projectRoot, 'docs', 'reference', 'measures.md'), 'utf8'), measuresPage())
})

t.test('one sentence in each language, no id twice', async (t) => {
  t.equal(measureDefinitions.size, all.length)
  for (const { id, name, definition } of all) {
    t.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/)
    t.match(definition.en, /^[A-Z].*[^.]\.$/, id)
    t.match(definition.ar, /^[\u0600-\u06ff].*[^.]\.$/, id)
    for (const text of [definition.en, definition.ar]) t.equal(text.split('. ').length, 1, `${id}: one sentence`)
    t.match(name.ar, /[\u0600-\u06ff]/, id)
    t.notMatch(`${name.en}${definition.en}`, /[\u0600-\u06ff|]/, id)
  }
})

t.test('the function that computes a measure exists', async (t) => {
  for (const { id, computedBy } of all) {
    const path = join(projectRoot, 'src', 'simulation', 'measures', `${computedBy.file}.ts`)
    t.ok(existsSync(path), path)
    // As it was built, where this test was.
    const module = join(import.meta.dirname, '../../../src/simulation/measures', computedBy.file + extname(import.meta.filename))
    const room = (await import(module)) as Readonly<Record<string, unknown>>
    t.type(room[computedBy.name], 'function', id)
    if (computedBy.field !== undefined) t.match(readFileSync(path, 'utf8'), new RegExp(`readonly ${computedBy.field}: `), id)
  }
})
