/** `mizan diff`, `schemas` and `describe` as processes: what they write, in both languages, and the codes that they end with. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { mizan, serviceEnvironment } from '../support/service.ts'

interface Ended {
  readonly code: number
  readonly output: string
  readonly errors: string
}

const run = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const [node, ...rest] = mizan(...args)
    execFile(node as string, rest, { env: serviceEnvironment({}) }, (error, output, errors) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output, errors }),
    )
  })

const RULE = join(projectRoot, 'rules/health-insurance/1.json')
const FORMULA = join(projectRoot, 'formulas/welfare-ranking/1.json')
const folder = t.testdir()

/** A copy of a file with one part of its text replaced. */
function changed(file: string, name: string, from: string | RegExp, to: string): string {
  const text = readFileSync(file, 'utf8')
  const next = text.replace(from, to)
  if (next === text) throw new Error(`nothing to replace in ${file}`)
  const path = join(folder, name)
  writeFileSync(path, next)
  return path
}

t.test('mizan diff', async (t) => {
  const same = await run('diff', RULE, RULE, '--as-of', '2026-11-01')
  t.match(same, { code: 0, output: /Equivalent: proven.*\n.*متكافئتان/, errors: '' })
  const stricter = changed(RULE, 'stricter.json', '"operator": "lessThanInclusive"', '"operator": "lessThan"')
  const differs = await run('diff', RULE, stricter, '--as-of', '2026-11-01')
  t.equal(differs.code, 1)
  t.match(differs.output, /eligible → ineligible[^]*Not eligible[^]*غير مؤهل/)
  const told = await run('diff', RULE, stricter, '--as-of', '2026-11-01', '--json')
  t.equal(told.code, 1)
  t.match(JSON.parse(told.output), { equivalent: false, changes: [{ from: 'eligible', to: 'ineligible', witness: { isSmallest: true } }] })
  const heavier = changed(FORMULA, 'heavier.json', /"intercept": ([\d.]+)/, '"intercept": 9')
  const scores = await run('diff', FORMULA, heavier)
  t.equal(scores.code, 1)
  t.match(scores.output, /1: [\d.]+\n\s+2: [\d.]+/)
})

t.test('mizan diff of what cannot be read: every fault with its file, and no half answer', async (t) => {
  const faulty = changed(RULE, 'faulty.json', '"operator": "lessThanInclusive"', '"operator": "lessThen"')
  const answer = await run('diff', RULE, faulty)
  t.match(answer, { code: 1, output: '' })
  t.match(answer.errors, /faulty\.json#\/conditions.*operator "lessThen"/)
  t.notMatch(answer.errors, /\n\s+at /, 'no stack')
  const broken = join(folder, 'broken.json')
  writeFileSync(broken, '{"id": ')
  t.match(await run('diff', RULE, broken), { code: 1, output: '', errors: /broken\.json#/ })
  t.match(await run('diff', RULE, join(folder, 'nowhere.json')), { code: 1, output: '', errors: /nowhere\.json/ })
  t.match(await run('diff', RULE), { code: 1, errors: /expected: mizan diff[^]*الصيغة/ })
})

t.test('mizan schemas', async (t) => {
  const into = join(folder, 'schemas')
  t.match(await run('schemas', into), { code: 0, output: /schemas written[^]*كُتبت مخططات/, errors: '' })
  const files = readdirSync(into)
  t.ok(files.includes('rule.schema.json'))
  for (const file of files) t.match(JSON.parse(readFileSync(join(into, file), 'utf8')), { $schema: /json-schema/ }, file)
  t.match(await run('schemas'), { code: 1, errors: /expected: mizan schemas[^]*الصيغة/ })
})

t.test('mizan describe', async (t) => {
  const both = await run('describe', 'health-insurance', '--on', '2026-11-01')
  t.match(both, { code: 0, output: /[ء-ي][^]*[A-Za-z]/, errors: '' })
  const english = await run('describe', 'welfare-ranking', '--lang', 'en')
  t.equal(english.code, 0)
  t.notMatch(english.output, /[ء-ي]/)
  const page = join(folder, 'page.html')
  t.match(await run('describe', 'housing', '--page', page), { code: 0, output: /Written to[^]*كُتب في/ })
  t.ok(existsSync(page))
  t.match(readFileSync(page, 'utf8'), /<html[^]*dir="rtl"/)
  t.match(await run('describe', 'houses'), { code: 1, output: /There is no houses; there are: .*housing[^]*لا يوجد/ })
  t.match(await run('describe', 'housing', '--lang', 'fr'), { code: 1, errors: /--lang: expected[^]*المتوقع/ })
  t.match(await run('describe', 'housing', '--on', 'soon'), { code: 1, errors: /--on: expected[^]*المتوقع/ })
})
