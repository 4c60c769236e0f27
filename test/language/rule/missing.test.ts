/** Missing facts settle an undetermined rule, and nothing but them matters. */
import fc from 'fast-check'
import t from 'tap'
import { compileCondition } from '../../../src/language/condition/compile.ts'
import { interpret } from '../../../src/language/condition/interpret.ts'
import type { FactValues } from '../../../src/language/fact-space.ts'
import { isKnownAt } from '../../../src/language/fact-space.ts'
import { missingFacts } from '../../../src/language/rule/missing.ts'
import { decidingLeaves, newTrace, traceOf, traceText, traceTree } from '../../../src/language/rule/trace.ts'
import { checked } from '../differential.ts'
import { household, ruleConditionJson, values } from '../generators.ts'
import { propertyRuns } from '../../support/property-runs.ts'

function traced(json: unknown, facts: FactValues): { condition: ReturnType<typeof checked>; trace: Uint8Array; truth: number } {
  const condition = checked(json)
  const trace = newTrace(condition)
  return { condition, trace, truth: compileCondition(condition)(facts.lo, facts.hi, trace) }
}

/** `partial` with some of its unknown facts taken from `complete`, within the bounds that were known. */
function filled(partial: FactValues, complete: FactValues, which: (id: string) => boolean): FactValues {
  const fill = (side: 'lo' | 'hi'): Float64Array =>
    partial[side].map((value, slot) =>
      !isKnownAt(partial, slot) && which(household.types[slot]?.id ?? '')
        ? Math.min(Math.max(complete[side][slot] as number, partial.lo[slot] as number), partial.hi[slot] as number)
        : value,
    )
  return { lo: fill('lo'), hi: fill('hi') }
}

const settings = () => propertyRuns(3000, 41)

/** How often facts have to be stated until the rule is settled; Infinity when that never ends. */
function rounds(json: unknown, partial: FactValues, complete: FactValues): number {
  let facts = partial
  for (let round = 0; round <= household.types.length; round++) {
    const { condition, trace, truth } = traced(json, facts)
    const missing = missingFacts(condition, trace, facts)
    if (truth !== 1) return missing.length === 0 ? round : Infinity
    if (missing.length === 0) return Infinity
    facts = filled(facts, complete, (id) => missing.includes(id))
  }
  return Infinity
}

t.test('property: once the missing facts are known the rule is settled', async (t) => {
  fc.assert(
    fc.property(ruleConditionJson, values(), values(true), (json, partial, complete) => {
      // isKnown is the one operator that is not monotone: a fact that becomes known may make another one matter.
      const steps = checked(json).leaves.some((leaf) => leaf.operator === 'isKnown') ? Infinity : 2
      return rounds(json, partial, complete) < steps
    }),
    settings(),
  )
  t.pass()
})

t.test('what is asked for next may depend on an answer where a rule asks whether a fact is known', async (t) => {
  const [complete] = fc.sample(values(true), { seed: 44, numRuns: 1 })
  if (!complete) throw new Error('no facts')
  const partial = { lo: complete.lo.slice(), hi: complete.hi.slice() }
  const [income, ceiling] = [household.slot('income'), household.slot('ceiling')] as [number, number]
  for (const slot of [income, ceiling]) [partial.lo[slot], partial.hi[slot]] = [-Infinity, Infinity]
  complete.lo[ceiling] = complete.hi[ceiling] = 5
  const json = {
    any: [
      {
        all: [
          { fact: 'ceiling', operator: 'isKnown', value: true },
          { fact: 'income', operator: 'equal', value: { fact: 'ceiling' } },
        ],
      },
      { fact: 'ceiling', operator: 'equal', value: 1 },
    ],
  }
  const { condition, trace } = traced(json, partial)
  t.same(missingFacts(condition, trace, partial), ['ceiling'])
  t.equal(rounds(json, partial, complete), 2, 'then the income')
})

t.test('property: the other unknown facts settle nothing', async (t) => {
  fc.assert(
    fc.property(ruleConditionJson, values(), values(true), (json, partial, complete) => {
      const { condition, trace, truth } = traced(json, partial)
      const missing = missingFacts(condition, trace, partial)
      // isKnown is the one operator that is not monotone: it may turn when a fact becomes known.
      if (condition.leaves.some((leaf) => leaf.operator === 'isKnown')) return true
      return (
        truth !== 1 ||
        interpret(
          condition,
          filled(partial, complete, (id) => !missing.includes(id)),
        ) === 1
      )
    }),
    settings(),
  )
  t.pass()
})

t.test('derived facts are expanded to their unknown inputs', async (t) => {
  const [facts] = fc.sample(values(true), { seed: 42, numRuns: 1 })
  if (!facts) throw new Error('no facts')
  facts.lo[0] = -Infinity
  facts.hi[0] = Infinity
  const { condition, trace } = traced({ all: [{ fact: 'income', operator: 'lessThan', value: 1 }] }, facts)
  t.same(
    missingFacts(condition, trace, facts, (id) => (id === 'income' ? ['wage', 'pension'] : [])),
    ['wage', 'pension'],
  )
  t.same(missingFacts(condition, trace, facts), ['income'])
})

t.test('property: deciding leaves, left alone, decide again', async (t) => {
  fc.assert(
    fc.property(ruleConditionJson, values(), (json, facts) => {
      const { condition, trace, truth } = traced(json, facts)
      const deciding = new Set(decidingLeaves(condition, trace))
      const again = (node: (typeof condition)['root']): number => {
        if (node.kind === 'leaf') return deciding.has(node.id) ? (trace[node.id] as number) : NaN
        const each = ('children' in node ? node.children : [node.child]).map(again).filter((x) => !Number.isNaN(x))
        if (each.length === 0) return NaN
        return node.kind === 'not' ? 2 - (each[0] as number) : node.kind === 'all' ? Math.min(...each) : Math.max(...each)
      }
      return deciding.size > 0 && again(condition.root) === truth
    }),
    settings(),
  )
  t.pass()
})

t.test('a trace is stored as digits and read back onto the rule', async (t) => {
  const json = { any: [{ not: { fact: 'isCitizen', operator: 'equal', value: true } }, { condition: 'poor' }], name: 'root' }
  const [facts] = fc.sample(values(true), { seed: 43, numRuns: 1 })
  if (!facts) throw new Error('no facts')
  facts.lo[9] = facts.hi[9] = 0
  const { condition, trace } = traced(json, facts)
  const text = traceText(trace)
  t.match(text, /^[012]{6}$/)
  t.same(traceOf(condition, text), trace)
  t.equal(traceOf(condition, `${text}0`), null)
  t.equal(traceOf(condition, text.replace(/^./, '3')), null)
  const tree = traceTree(condition, trace)
  t.match(tree, {
    id: 0,
    kind: 'any',
    name: 'root',
    truth: 'true',
    pointer: '/conditions',
    children: [{ kind: 'not', truth: 'true', children: [{ truth: 'false', pointer: '/conditions/any/0/not' }] }],
  })
  t.match(tree.children[1], { kind: 'definition', name: 'poor', children: [{ definition: 'poor', pointer: '/conditions' }] })
})
