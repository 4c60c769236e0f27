/** `mizan check` tries a folder as it is tried when loaded: what it refuses, what its cases show, and what they leave out. */
import { execFile } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { mizan, serviceEnvironment } from '../support/service.ts'

/** A copy of everything that decides, for a test to spoil. */
function folder(t: { readonly testdir: () => string }): string {
  const copy = t.testdir()
  for (const part of ['rules', 'formulas', 'src/warehouse/registries'])
    cpSync(join(projectRoot, part), join(copy, part), { recursive: true })
  return copy
}

function edit(path: string, change: (json: { readonly cases: readonly object[] }) => unknown): void {
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))))
}

const check = (path: string): Promise<{ readonly code: number; readonly output: string }> =>
  new Promise((resolve) => {
    const [node, ...args] = mizan('check', path)
    execFile(node as string, args, { env: serviceEnvironment({}) }, (error, output) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output }),
    )
  })

t.test('the shipped folder is sound, and its cases leave nothing out', async (t) => {
  const { code, output } = await check(projectRoot)
  t.equal(code, 0)
  t.notMatch(output, /^(error|warning|case)/m)
})

t.test('cases that leave thresholds untried are told, and do not fail', async (t) => {
  const path = folder(t)
  edit(join(path, 'rules/unified-cash-transfer/cases.json'), ({ cases, ...rest }) => ({ ...rest, cases: cases.slice(0, 1) }))
  const { code, output } = await check(path)
  t.equal(code, 0)
  t.match(output, /warning cases\/programme\/unified-cash-transfer#\/cases: no case is ineligible/)
  t.match(output, /no case is on the threshold of "incomePerCapitaMonthly"/)
})

t.test('a case that comes out otherwise, and a rule that cannot be read, fail', async (t) => {
  const path = folder(t)
  const cases = join(path, 'rules/unified-cash-transfer/cases.json')
  edit(cases, ({ cases, ...rest }) => ({
    ...rest,
    cases: cases.map((one, i) => (i === 0 ? { ...one, outcome: 'ineligible' } : one)),
  }))
  t.match(await check(path), { code: 1, output: /case programme\/unified-cash-transfer poor-family: .*eligible/ })
  edit(join(path, 'rules/unified-cash-transfer/1.json'), (rule) => ({ ...rule, conditions: { any: [] } }))
  t.match(await check(path), { code: 1, output: /error .*unified-cash-transfer.*\/conditions\/any/ })
})
