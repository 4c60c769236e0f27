/** The shipped rules check without a finding and every worked case comes out as its author expects. */
import t from 'tap'
import { outcomeOf } from '../../src/language/rule/outcome.ts'
import { checkRule } from '../../src/language/rule/check.ts'
import { missingFacts } from '../../src/language/rule/missing.ts'
import { checkDefinitions } from '../../src/language/condition/check-definitions.ts'
import { compileCondition } from '../../src/language/condition/compile.ts'
import { childrenOf, type Condition, type ConditionNode } from '../../src/language/condition/condition.ts'
import { type Definition, definitionsOf } from '../../src/language/condition/definition.ts'
import { readFactValues } from '../../src/language/fact-json.ts'
import { factSpace } from '../../src/language/fact-space.ts'
import { catalogueHeaders, content, programmeIds, type CaseText } from './content.ts'

const headers = catalogueHeaders(t)
const household = factSpace('household', headers.filter((header) => header.entity === 'household'))
const person = factSpace('person', [...headers.filter((header) => header.entity === 'person'), ...household.types])
const { definitions, diagnostics: twice } = definitionsOf(content<Definition>('rules/definitions').map(({ json }) => json))

t.test('the shared definitions check', async (t) => {
  t.same(twice, [])
  t.same([...checkDefinitions(definitions, { household, person })], [])
})

for (const programme of programmeIds) {
  t.test(programme, async (t) => {
    const { unit } = content<{ unit: string }>(`rules/${programme}/programme.json`)[0]!.json
    const space = unit === 'person' ? person : household
    const { rule, diagnostics } = checkRule(content(`rules/${programme}/1.json`)[0]!.json, { space, definitions })
    t.same(diagnostics, [], 'the rule checks without a finding')
    if (!rule) return
    const evaluate = compileCondition(rule.condition)
    const { cases } = content<{ cases: CaseText[] }>(`rules/${programme}/cases.json`)[0]!.json
    for (const one of cases) {
      const facts = readFactValues(space, { ...one.facts, ...one.person }, '/facts')
      t.same(facts.diagnostics, [], `${one.id}: the facts read`)
      const trace = new Uint8Array(rule.condition.nodes.length)
      const truth = evaluate(facts.values.lo, facts.values.hi, trace)
      t.equal(outcomeOf(truth), one.outcome, `${one.id}: ${one.note}`)
      const decided = decidingNames(rule.condition, trace)
      for (const name of one.because ?? []) t.ok(decided.includes(name), `${one.id}: ${name} is among what decided (${decided.join(', ')})`)
      const missing = one.outcome === 'undetermined' ? missingFacts(rule.condition, trace, facts.values) : []
      t.same(missing.toSorted(), (one.missing ?? []).toSorted(), `${one.id}: missing facts`)
    }
    const read = new Set(rule.condition.leaves.flatMap((leaf) => [leaf.slot, ...(leaf.operand.kind === 'fact' ? [leaf.operand.slot] : [])]))
    const ids = [...read].map((slot) => space.types[slot]!.id)
    for (const one of cases) {
      t.same(Object.keys({ ...one.facts, ...one.person }).filter((id) => !ids.includes(id)), [], `${one.id}: only facts that the rule reads`)
    }
  })
}

/** Names of the nodes whose truth reached the root through every node above them. */
function decidingNames(condition: Condition, trace: Uint8Array): string[] {
  const visit = (node: ConditionNode): string[] => [
    ...(node.annotations.name === undefined ? [] : [node.annotations.name]),
    ...childrenOf(node).filter((child) => node.kind === 'not' || trace[child.id] === trace[node.id]).flatMap(visit),
  ]
  return visit(condition.root)
}
