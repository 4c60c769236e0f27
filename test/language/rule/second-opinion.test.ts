/** json-rules-engine as a second opinion: overlapping runs, walls against paths, and what a disagreement with itself looks like. */
import fc from 'fast-check'
import t from 'tap'
import type { Truth } from '../../../src/kernel/truth.ts'
import { interpret } from '../../../src/language/condition/interpret.ts'
import { checkRule } from '../../../src/language/rule/check.ts'
import { secondOpinion } from '../../../src/language/rule/second-opinion.ts'
import { checked } from '../differential.ts'
import { conditionJson, ruleConditionJson, values } from '../generators.ts'
import { rawRule } from '../raw-engine.ts'
import { definitions, rule, space } from './fixtures.ts'
import { propertyRuns } from '../../support/property-runs.ts'

t.test('property: a second opinion is the reference, whatever the rule and the facts (shrinking)', async (t) => {
  await fc.assert(
    fc.asyncProperty(ruleConditionJson, values(), async (json, facts) => {
      const condition = checked(json)
      const opinions = await secondOpinion(new Map([['it', condition]]))(facts)
      return opinions.get('it') === interpret(condition, facts)
    }),
    propertyRuns(500, 31),
  )
  t.pass()
})

t.test('many rules in one engine and many runs at once do not disturb one another', async (t) => {
  const rules = new Map(fc.sample(ruleConditionJson, { seed: 32, numRuns: 7 }).map((json, i) => [`programme${i}`, checked(json)]))
  const rows = fc.sample(values(), { seed: 33, numRuns: 200 })
  const judge = secondOpinion(rules)
  const all = await Promise.all(rows.map((row) => judge(row)))
  const expected = rows.map((row) => new Map([...rules].map(([name, condition]): [string, Truth] => [name, interpret(condition, row)])))
  t.same(all, expected)
})

t.test('both rules of a pair firing is an error, not an opinion', async (t) => {
  const condition = checked({ all: [{ fact: 'isCitizen', operator: 'equal', value: true }] })
  const [facts] = fc.sample(values(true), { seed: 34, numRuns: 1 })
  if (!facts) throw new Error('no facts')
  // A space that lies about a code makes equal and notEqual agree; here a type whose codes are not comparable does it.
  const judge = secondOpinion(new Map([['it', { ...condition, root: contradictory(condition.root) }]]))
  await t.rejects(judge(facts), /both eligible and ineligible/)
})

/** A node that answers differently each time it is read, as a broken translation would. */
function contradictory(root: unknown): never {
  const leaf = (value: number): object => ({
    id: 1,
    kind: 'leaf',
    slot: 9,
    operator: 'isKnown',
    operand: { kind: 'literals', values: [value] },
    pointer: '',
    definition: null,
    annotations: {},
  })
  let reads = 0
  return {
    ...(root as object),
    get children() {
      return [leaf(reads++ === 0 ? 1 : 0)]
    },
  } as never
}

t.test('the first wall against paths: the language refuses them, on either side', async (t) => {
  const path = '$..[?(@.constructor.constructor("return process")())]'
  for (const leaf of [
    { fact: 'incomeMonth', operator: 'equal', value: 1, path },
    { fact: 'incomeMonth', operator: 'equal', value: { fact: 'povertyLine', path } },
  ]) {
    const { rule: accepted, diagnostics } = checkRule(rule({ all: [leaf] }), { space, definitions })
    t.equal(accepted, undefined)
    t.same(
      diagnostics.map((d) => d.code),
      ['key-refused'],
    )
  }
})

t.test('the second wall against paths: json-rules-engine itself cannot follow one', async (t) => {
  const path = '$..[?(@.constructor.constructor("globalThis.ranHostileCode = true")())]'
  const leaf = { fact: 'income', operator: 'equal', value: 1, path }
  await t.rejects(rawRule({ all: [leaf] }, new Map())({ income: { x: 1 } }), /JSON paths are refused/)
  t.notOk('ranHostileCode' in globalThis)
})

t.test('the raw engine and ours part where data are missing: that is why there is a second opinion', async (t) => {
  const judge = rawRule({ not: { fact: 'income', operator: 'lessThan', value: 300 } }, new Map())
  t.equal(await judge({ income: undefined }), true, 'json-rules-engine takes a missing income for a high one')
})

t.test('generated conditions that are bare leaves are allowed where a place allows them', async (t) => {
  t.ok(fc.sample(conditionJson, { seed: 35, numRuns: 50 }).some((json) => 'fact' in (json as object)))
})
