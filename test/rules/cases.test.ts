/** The shipped rules and programmes check without a finding, every worked case comes out as expected, and the cases leave no threshold untried. */
import t from 'tap'
import { checkDefinitions } from '../../src/language/condition/check-definitions.ts'
import { type Definition, definitionsOf } from '../../src/language/condition/definition.ts'
import { factSpace } from '../../src/language/fact-space.ts'
import { parseCases, runCases } from '../../src/language/programme/cases.ts'
import type { FormulaJson } from '../../src/language/formula/schema.ts'
import { checkProgramme } from '../../src/language/programme/check.ts'
import { coverageProblems } from '../../src/language/programme/coverage.ts'
import { setProblems } from '../../src/language/programme/order.ts'
import type { ProgrammeSource } from '../../src/language/programme/schema.ts'
import { triedConditions, untriedConditions } from '../../src/language/programme/tried-conditions.ts'
import { checkRule } from '../../src/language/rule/check.ts'
import { catalogueHeaders, content, type File, programmeIds } from './content.ts'

const headers = catalogueHeaders(t)
const household = factSpace('household', headers.filter((header) => header.entity === 'household'))
const person = factSpace('person', [...headers.filter((header) => header.entity === 'person'), ...household.types])
const { definitions, diagnostics: twice } = definitionsOf(content<Definition>('rules/definitions').map(({ json }) => json))
const one = <T>(path: string): File<T> => content<T>(path)[0] as File<T>

t.test('the shared definitions check', async (t) => {
  t.same(twice, [])
  t.same([...checkDefinitions(definitions, { household, person })], [])
})

t.test('the programmes agree with one another', async (t) => {
  t.same(setProblems(programmeIds.map((id) => one<ProgrammeSource>(`rules/${id}/programme.json`).json)), [])
})

for (const id of programmeIds) {
  t.test(id, async (t) => {
    const exists = (folder: string) => (name: string, version: number) => content(`${folder}/${name}/${version}.json`).length === 1
    const context = { spaces: { household, person }, definitions, ruleExists: exists('rules'), directionOf: (name: string, version: number) => one<FormulaJson>(`formulas/${name}/${version}.json`).json.direction, sharesExist: () => true }
    const { json } = one<ProgrammeSource>(`rules/${id}/programme.json`)
    t.same(checkProgramme(json, context).diagnostics, [], 'the programme checks without a finding')
    const space = context.spaces[json.unit]
    const { rule, diagnostics } = checkRule(one(`rules/${id}/1.json`).json, { space, definitions })
    t.same(diagnostics, [], 'the rule checks without a finding')
    const { cases, diagnostics: ofCases } = parseCases(one(`rules/${id}/cases.json`).text)
    t.same(ofCases, [], 'the cases read')
    if (!rule || !cases) return
    const outcomes = runCases(rule.condition, cases)
    for (const { id: name, differences, diagnostics: ofFacts } of outcomes) t.same([...differences, ...ofFacts], [], name)
    t.same(coverageProblems(rule.condition, outcomes), [], 'nothing is left untried')
    t.same(untriedConditions(triedConditions(rule.condition, outcomes)), [], 'every condition is tried, and no limit could move unnoticed')
    const read = rule.condition.leaves.flatMap((leaf) => [leaf.slot, ...(leaf.operand.kind === 'fact' ? [leaf.operand.slot] : [])])
    const ids = new Set(read.map((slot) => space.types[slot]?.id))
    for (const item of cases.cases) {
      t.same(Object.keys({ ...item.facts, ...item.person }).filter((fact) => !ids.has(fact)), [], `${item.id}: only facts that the rule reads`)
    }
  })
}
