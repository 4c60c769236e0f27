import t from 'tap'
import { shippedBundle } from '../../../src/programmes/shipped-bundle.ts'
import { unknownValues } from '../../../src/language/fact-space.ts'
import { explain, tellDecided } from '../../../src/language/rule/explain.ts'
import type { ExplanationNode, LeafExplanation } from '../../../src/language/rule/explain.ts'
import { newTrace } from '../../../src/language/rule/trace.ts'

t.test('the short answer is the beginning of the long one', async (t) => {
  const leaves = (node: ExplanationNode): readonly LeafExplanation[] => (node.kind === 'leaf' ? [node] : node.children.flatMap(leaves))
  for (const { id, rule, evaluate } of shippedBundle().bundle?.programmes ?? []) {
    const { condition } = rule
    const values = unknownValues(condition.space)
    const trace = newTrace(condition)
    evaluate(values.lo, values.hi, trace)
    for (const language of ['en', 'ar'] as const) {
      const long = leaves(explain({ condition, trace, values }, language).tree)
        .filter(({ decided }) => decided)
        .map(({ sentence }) => sentence)
      t.same(tellDecided({ condition, trace, values }, language, 3), long.slice(0, 3), `${id} ${language}`)
      t.same(tellDecided({ condition, trace, values }, language, 1_000), long)
    }
  }
})
