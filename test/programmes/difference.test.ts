/** The difference of two rules, solver against exhaustive enumeration of a small world, and each answer confirmed by evaluation. */
import fc from 'fast-check'
import t from 'tap'
import { checkCondition } from '../../src/language/condition/check.ts'
import { compileCondition } from '../../src/language/condition/compile.ts'
import type { Condition } from '../../src/language/condition/condition.ts'
import { noDefinitions } from '../../src/language/condition/definition.ts'
import { factSpace, unknownValues } from '../../src/language/fact-space.ts'
import { outcomeOf } from '../../src/language/rule/outcome.ts'
import { newTrace } from '../../src/language/rule/trace.ts'
import { LARGE_EFFORT } from '../../src/programmes/difference/condition-diagram.ts'
import { canBothApply, differenceByDiagrams, differenceOf } from '../../src/programmes/difference/difference.ts'
import { reachOf } from '../../src/programmes/difference/reach.ts'
import { differenceBySolver } from '../../src/programmes/difference/solver-difference.ts'
import type { Difference } from '../../src/programmes/difference/outcome-change.ts'
import type { DomainOf } from '../../src/programmes/difference/domain.ts'
import { openSolver } from '../../src/programmes/difference/solver.ts'
import { factType } from '../language/generators.ts'
import { propertyRuns } from '../support/property-runs.ts'

const space = factSpace('household', [
  factType('x', 'integer', { unit: 'persons' }),
  factType('y', 'integer', { unit: 'persons' }),
  factType('flag', 'boolean'),
  factType('tenure', 'category', { codes: ['own', 'rent', 'free'] }),
])
const domainOf: DomainOf = ({ id }) => ({ bounded: id === 'x', nonNegative: false })
const read = (json: unknown): Condition =>
  checkCondition(json, '', { space, definitions: noDefinitions, allowFactValue: true, rootMustBeGroup: true }).condition as Condition

// Thresholds are 0 to 2, so three places on either side hold every order of the ends of x and y.
const PLACES = [-3, -2, -1, 0, 1, 2, 3, 4, 5]
const known = PLACES.map((v) => [v, v] as const)
const nothing = [[-Infinity, Infinity]] as const
const partly = [-Infinity, ...PLACES].flatMap((lo) => [...PLACES, Infinity].filter((hi) => lo < hi).map((hi) => [lo, hi] as const))
const codes = [0, 1, 2].map((v) => [v, v] as const)
const world = [
  [...known, ...partly],
  [...known, ...nothing],
  [
    [0, 0],
    [1, 1],
    [0, 1],
  ],
  [...codes, ...nothing],
].reduce<readonly (readonly (readonly [number, number])[])[]>(
  (all, of) => all.flatMap((one) => of.map((ends) => [...one, ends as readonly [number, number]])),
  [[]],
)

const ORDERS = ['lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive', 'equal', 'notEqual'] as const
const number = fc.constantFrom('x', 'y').chain((fact) =>
  fc.record({
    fact: fc.constant(fact),
    operator: fc.constantFrom(...ORDERS),
    value: fc.oneof<fc.Arbitrary<unknown>[]>(fc.integer({ min: 0, max: 2 }), fc.constant({ fact: fact === 'x' ? 'y' : 'x' })),
  }),
)
const leaf = fc.oneof<fc.Arbitrary<unknown>[]>(
  number,
  fc.record({ fact: fc.constant('flag'), operator: fc.constantFrom('equal', 'notEqual'), value: fc.boolean() }),
  fc.record({
    fact: fc.constant('tenure'),
    operator: fc.constantFrom('in', 'notIn'),
    value: fc.uniqueArray(fc.constantFrom('own', 'rent', 'free'), { minLength: 1 }),
  }),
  fc.record({ fact: fc.constantFrom('x', 'y', 'flag', 'tenure'), operator: fc.constant('isKnown'), value: fc.boolean() }),
)
const tree: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.record({ all: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('tree') }),
  ),
})).tree
/** What is proven here does not depend on how busy the machine is. */
const LONG = 3_600_000
/** Diagrams are given nothing, so that the solver has to answer. */
const SOLVER_ONLY = { effort: { nodes: 0, states: 0 }, milliseconds: LONG }

const rule = tree.map((json) => ({ all: [json] }))

/** Fewest facts stated, by pair of outcomes, over the whole small world. */
function enumerated(before: Condition, after: Condition): Map<string, number> {
  const [a, b, ta, tb] = [compileCondition(before), compileCondition(after), newTrace(before), newTrace(after)]
  const fewest = new Map<string, number>()
  const { lo, hi } = unknownValues(space)
  for (const ends of world) {
    ends.forEach(([low, high], slot) => {
      lo[slot] = low
      hi[slot] = high
    })
    const pair = `${outcomeOf(a(lo, hi, ta))} ${outcomeOf(b(lo, hi, tb))}`
    const used = ends.filter(([low, high], slot) => (slot === 2 ? low === high : low !== -Infinity || high !== Infinity)).length
    fewest.set(pair, Math.min(used, fewest.get(pair) ?? Infinity))
  }
  return fewest
}

t.test('random pairs: diagrams, solver and exhaustive enumeration agree, down to the number of facts', async (t) => {
  const solver = openSolver(LONG)
  t.teardown(() => solver.close())
  let pairs = 0
  const same = (found: Difference | null, before: Condition, after: Condition, expected: Map<string, number>): void => {
    for (const { from, to, verdict, witness } of found?.changes ?? []) {
      const fewest = expected.get(`${from} ${to}`)
      t.equal(verdict, fewest === undefined ? 'none' : 'witness')
      t.equal(witness?.stated, fewest)
      if (!witness) continue
      const run = (condition: Condition) =>
        outcomeOf(compileCondition(condition)(witness.values.lo, witness.values.hi, newTrace(condition)))
      t.same([run(before), run(after)], [from, to])
    }
  }
  await fc.assert(
    fc.asyncProperty(rule, rule, async (one, other) => {
      const [before, after] = [read(one), read(other)]
      const expected = enumerated(before, after)
      const byDiagrams = differenceByDiagrams(before, after, domainOf, LARGE_EFFORT)
      t.ok(byDiagrams)
      same(byDiagrams, before, after, expected)
      if (pairs++ % BY_SOLVER_TOO === 0) same(await differenceBySolver(solver, before, after, domainOf), before, after, expected)
    }),
    { ...propertyRuns(60, 31), endOnFailure: true },
  )
  t.ok(pairs >= 60)
})
/** Of so many pairs one is put to the solver as well, which takes a hundred times as long. */
const BY_SOLVER_TOO = 6

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
