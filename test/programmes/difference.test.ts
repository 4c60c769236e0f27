/** The difference of two rules, solver against exhaustive enumeration of a small world, and each answer confirmed by evaluation. */
import fc from 'fast-check'
import t from 'tap'
import type { Condition } from '../../src/language/condition/condition.ts'
import { LARGE_EFFORT } from '../../src/programmes/difference/condition-diagram.ts'
import { canBothApply, differenceByDiagrams, differenceOf } from '../../src/programmes/difference/difference.ts'
import type { DomainOf } from '../../src/programmes/difference/domain.ts'
import type { Difference } from '../../src/programmes/difference/outcome-change.ts'
import { reachOf } from '../../src/programmes/difference/reach.ts'
import { openSolver } from '../../src/programmes/difference/solver.ts'
import { differenceBySolver } from '../../src/programmes/difference/solver-difference.ts'
import { propertyRuns } from '../support/property-runs.ts'
import { domainOf, enumerated, mistakesIn, read, rule } from './small-world.ts'

/** What is proven here does not depend on how busy the machine is. */
const LONG = 3_600_000
/** Diagrams are given nothing, so that the solver has to answer. */
const SOLVER_ONLY = { effort: { nodes: 0, states: 0 }, milliseconds: LONG }

t.test('random pairs: diagrams, solver and exhaustive enumeration agree, down to the number of facts', async (t) => {
  const solver = openSolver(LONG)
  t.teardown(() => solver.close())
  let pairs = 0
  await fc.assert(
    fc.asyncProperty(rule, rule, async (one, other) => {
      const [before, after] = [read(one), read(other)]
      const expected = enumerated(before, after)
      t.same(mistakesIn(differenceByDiagrams(before, after, domainOf, LARGE_EFFORT) as Difference, before, after, expected), [])
      if (pairs++ % BY_SOLVER_TOO === 0)
        t.same(mistakesIn(await differenceBySolver(solver, before, after, domainOf), before, after, expected), [])
    }),
    { ...propertyRuns(60, 31), endOnFailure: true },
  )
  t.ok(pairs >= 60)
})
/** Of so many pairs one is put to the solver as well, which takes a hundred times as long; many more in the long run. */
const BY_SOLVER_TOO = 20

for (const [by, patience] of [
  ['diagrams', { ...SOLVER_ONLY, effort: LARGE_EFFORT }],
  ['the solver', SOLVER_ONLY],
] as const) {
  t.test(`by ${by}: a raised ceiling, an equivalence, a contradiction`, async (t) => {
    const below = (value: number): Condition => read({ all: [{ fact: 'x', operator: 'lessThanInclusive', value }] })
    const { equivalent, changes } = await differenceOf(below(300), below(350), domainOf, patience)
    t.equal(equivalent, false)
    const entrant = changes.find(({ from, to }) => from === 'ineligible' && to === 'eligible')
    t.ok([301, 350].includes(entrant?.witness?.values.lo[0] as number), 'the witness stands next to a threshold')
    t.equal(changes.find(({ from, to }) => from === 'eligible' && to === 'ineligible')?.verdict, 'none')

    const turned = read({ all: [{ not: { fact: 'x', operator: 'greaterThan', value: 300 } }] })
    t.equal((await differenceOf(below(300), turned, domainOf, patience)).equivalent, true)

    const above = read({ all: [{ fact: 'x', operator: 'greaterThan', value: 300 }] })
    t.same(await canBothApply(below(300), above, domainOf, patience), { possible: false, witness: null })
    t.match(await canBothApply(below(300), below(1), domainOf, patience), { possible: true, witness: { stated: 1 } })
    const parts = [
      { fact: 'x', operator: 'lessThan', value: 1 },
      { fact: 'x', operator: 'greaterThan', value: 1 },
    ]
    const never = await reachOf(read({ all: parts }), domainOf, patience)
    t.same(
      never.map(({ canBeTrue }) => canBeTrue),
      [false, true, true],
    )

    const fixed: DomainOf = ({ id }) => ({ bounded: false, nonNegative: false, fixed: id === 'y' ? 300 : undefined })
    const byParameter = read({ all: [{ fact: 'x', operator: 'lessThanInclusive', value: { fact: 'y' } }] })
    t.equal((await differenceOf(byParameter, below(300), fixed, patience)).equivalent, true, 'a parameter has its value of the day')
  })
}

t.test('time that runs out is called so', async (t) => {
  const [one, other] = [1, 2].map((value) => read({ all: [{ fact: 'x', operator: 'lessThan', value }] })) as [Condition, Condition]
  const late = { ...SOLVER_ONLY, milliseconds: 1 }
  const { equivalent, changes } = await differenceOf(one, other, domainOf, late)
  t.equal(equivalent, null)
  t.ok(changes.every(({ verdict }) => verdict === 'not-decided'))
  t.same(await canBothApply(one, other, domainOf, late), { possible: null, witness: null })
  t.match(await reachOf(one, domainOf, late), [{ canBeTrue: null }, {}])
})

t.test('parts without which nothing is decided otherwise', async (t) => {
  const superfluous = async (json: unknown): Promise<string[]> =>
    (await reachOf(read(json), domainOf)).flatMap(({ node, isSuperfluous }) => (isSuperfluous ? [node.pointer] : []))
  const below = (value: number): object => ({ fact: 'x', operator: 'lessThan', value })
  t.same(await superfluous({ all: [below(5), below(3)] }), ['/all/0'], 'the wider of two')
  t.same(await superfluous({ any: [below(3), { all: [below(3), { fact: 'flag', operator: 'equal', value: true }] }] }), ['/any/1'])
  t.same(await superfluous({ all: [below(3), { not: { fact: 'x', operator: 'greaterThanInclusive', value: 3 } }] }), ['/all/1'])
  t.same(await superfluous({ all: [below(3), { fact: 'flag', operator: 'isKnown', value: true }] }), [])
})
