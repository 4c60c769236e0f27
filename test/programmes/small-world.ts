/** A small world of four free facts: rules over them, and what every household there is makes of two. */
import fc from 'fast-check'
import { checkCondition } from '../../src/language/condition/check.ts'
import { compileCondition } from '../../src/language/condition/compile.ts'
import type { Condition } from '../../src/language/condition/condition.ts'
import { noDefinitions } from '../../src/language/condition/definition.ts'
import { factSpace, unknownValues } from '../../src/language/fact-space.ts'
import { outcomeOf } from '../../src/language/rule/outcome.ts'
import { newTrace } from '../../src/language/rule/trace.ts'
import type { DomainOf } from '../../src/programmes/difference/domain.ts'
import type { Difference } from '../../src/programmes/difference/outcome-change.ts'
import { factType } from '../language/generators.ts'

const space = factSpace('household', [
  factType('x', 'integer', { unit: 'persons' }),
  factType('y', 'integer', { unit: 'persons' }),
  factType('flag', 'boolean'),
  factType('tenure', 'category', { codes: ['own', 'rent', 'free'] }),
])
export const domainOf: DomainOf = ({ id }) => ({ bounded: id === 'x', nonNegative: false })
export const read = (json: unknown): Condition =>
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
export const rule = tree.map((json) => ({ all: [json] }))

/** Fewest facts stated, by pair of outcomes, over the whole small world. */
export function enumerated(before: Condition, after: Condition): Map<string, number> {
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

/** What of a difference is not as in the small world, or not confirmed by evaluation; empty where all is right. */
export function mistakesIn({ changes }: Difference, before: Condition, after: Condition, expected: ReadonlyMap<string, number>): string[] {
  return changes.flatMap(({ from, to, verdict, witness }) => {
    const fewest = expected.get(`${from} ${to}`)
    const kind = `${from} → ${to}`
    if (verdict !== (fewest === undefined ? 'none' : 'witness')) return [`${kind}: ${verdict}`]
    if (witness?.stated !== fewest) return [`${kind}: states ${witness?.stated}, not ${fewest}`]
    if (!witness) return []
    const run = (condition: Condition) => outcomeOf(compileCondition(condition)(witness.values.lo, witness.values.hi, newTrace(condition)))
    return run(before) === from && run(after) === to ? [] : [`${kind}: not confirmed`]
  })
}
