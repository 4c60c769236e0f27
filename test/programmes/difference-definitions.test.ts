/** Facts that definitions bind: no witness contradicts them, and what they rule out is proven; held against every household of a small world. */
import fc from 'fast-check'
import t from 'tap'
import { compileCondition } from '../../src/language/condition/compile.ts'
import { outcomeOf } from '../../src/language/rule/outcome.ts'
import { newTrace } from '../../src/language/rule/trace.ts'
import { differenceOf, PATIENCE } from '../../src/programmes/difference/difference.ts'
import { inSameSpace } from '../../src/programmes/difference/same-space.ts'
import { propertyRuns, tellCount } from '../support/property-runs.ts'
import { AS_OF, boundCatalogue, boundRule, boundWorld, fewestIn, readBound } from './bound-facts.ts'

const catalogue = boundCatalogue()
/** What is proven does not depend on how busy the machine is. */
const patience = { ...PATIENCE, milliseconds: 600_000 }
const compared = async (before: unknown, after: unknown, other = catalogue) => {
  const [old, young] = [readBound(before, catalogue), readBound(after, other)]
  const same = inSameSpace({ condition: old, catalogue }, { condition: young, catalogue: other }, [AS_OF, AS_OF])
  return { old, young, same, ...(await differenceOf(same.before, same.after, same.domainOf, patience, same.links)) }
}
const of = (fact: string, operator: string, value: unknown): object => ({ fact, operator, value })

t.test('random pairs: the same verdicts and the same numbers of facts as in every household there is', async (t) => {
  const world = boundWorld(catalogue)
  let pairs = 0
  await fc.assert(
    fc.asyncProperty(boundRule, boundRule, async (one, other) => {
      const { old, young, same, changes } = await compared(one, other)
      const expected = fewestIn(world, old, young)
      pairs++
      for (const { from, to, verdict, witness } of changes) {
        const fewest = expected.get(`${from} ${to}`)
        const told = `${JSON.stringify(one)} ${JSON.stringify(other)} ${from} ${to}`
        t.equal(verdict, fewest === undefined ? 'none' : 'witness', told)
        t.equal(witness?.stated, fewest, told)
        if (!witness) continue
        const run = (condition: typeof same.before) =>
          outcomeOf(compileCondition(condition)(witness.values.lo, witness.values.hi, newTrace(condition)))
        t.same([run(same.before), run(same.after)], [from, to])
      }
    }),
    { ...propertyRuns(8, 77), endOnFailure: true },
  )
  tellCount(pairs, 'pairs-with-definitions', 77)
})
