/** Formulas and priority tiers compared by meaning, held against every household of a small world. */
import fc from 'fast-check'
import t from 'tap'
import { factSpace } from '../../src/language/fact-space.ts'
import { unknownValues } from '../../src/language/fact-space.ts'
import type { FactValues } from '../../src/language/fact-space.ts'
import { checkCondition } from '../../src/language/condition/check.ts'
import type { Condition } from '../../src/language/condition/condition.ts'
import { noDefinitions } from '../../src/language/condition/definition.ts'
import { interpret } from '../../src/language/condition/interpret.ts'
import { compileFormula, PLACES_PER_TERM } from '../../src/language/formula/compile.ts'
import { parseFormula } from '../../src/language/formula/check.ts'
import type { Formula, Term } from '../../src/language/formula/formula.ts'
import { compareFormulas } from '../../src/programmes/difference/compare-formulas.ts'
import { compareScores } from '../../src/programmes/difference/compare-scores.ts'
import { compareTiers } from '../../src/programmes/difference/compare-tiers.ts'
import { shippedBundle } from '../../src/programmes/shipped-bundle.ts'
import { factType } from '../language/generators.ts'
import { propertyRuns, tellCount } from '../support/property-runs.ts'

const space = factSpace('household', [
  factType('x', 'integer', { unit: 'persons' }),
  factType('y', 'integer', { unit: 'persons' }),
  factType('flag', 'boolean'),
  factType('tenure', 'category', { codes: ['own', 'rent', 'free'] }),
])
const domainOf = () => ({ bounded: false, nonNegative: false })
const nothing = [-Infinity, Infinity] as const
const places = [-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7].map((v) => [v, v] as const)
const codes = [0, 1, 2].map((v) => [v, v] as const)
const flags = [
  [0, 1],
  [0, 0],
  [1, 1],
] as const
const world: readonly FactValues[] = [nothing, ...places].flatMap((x) =>
  [nothing, ...places].flatMap((y) =>
    flags.flatMap((flag) =>
      [nothing, ...codes].map((tenure) => {
        const values = unknownValues(space)
        for (const [slot, [lo, hi]] of [x, y, flag, tenure].entries()) {
          values.lo[slot] = lo
          values.hi[slot] = hi
        }
        return values
      }),
    ),
  ),
)

const points = fc.integer({ min: -2, max: 2 })
/** Imputed points must be among those that the term can give. */
const policy = (given: number): fc.Arbitrary<unknown> =>
  fc.constantFrom('undetermined', { imputed: { points: given, reason: { en: 'r', ar: 'س' } } })
const fact = fc.constantFrom('x', 'y')
const whens = [
  { fact: 'flag', operator: 'equal', value: true },
  { fact: 'x', operator: 'greaterThan', value: 2 },
  {
    all: [
      { fact: 'x', operator: 'lessThan', value: 3 },
      { fact: 'y', operator: 'lessThan', value: 1 },
    ],
  },
]
const bands = fc
  .tuple(fc.constantFrom([0, 2], [1, 4]), points, points)
  .map(([limits, ...each]) => limits.map((below, n) => ({ below, points: each[n] })))
const known = fc.oneof<fc.Arbitrary<{ readonly given: number; readonly json: object }>[]>(
  fc.record({ fact, weight: points, clamp: fc.constantFrom([0, 4], [-1, 3]) }).map((json) => ({ given: 0, json })),
  fc.record({ fact, bands, otherwise: points }).map((json) => ({ given: json.otherwise, json })),
  fc
    .record({ fact: fc.constant('tenure'), points: fc.record({ own: points, rent: points, free: points }) })
    .map((json) => ({ given: json.points.own, json })),
  fc.record({ when: fc.constantFrom(...whens), points, else: points }).map((json) => ({ given: json.points, json })),
)
const term: fc.Arbitrary<object> = known.chain(({ given, json }) => policy(given).map((unknown) => ({ ...json, unknown })))
const terms = fc.array(term, { minLength: 1, maxLength: 4 })

function formula(list: readonly object[], intercept = 0): Formula {
  const json = {
    id: 'f',
    version: 1,
    illustrative: true,
    effectiveFrom: '2026-01-01',
    label: { en: 'f', ar: 'ف' },
    predicts: { en: 'p', ar: 'ت' },
    unit: 'perHousehold',
    direction: 'lowerIsPoorer',
    intercept,
    terms: list.map((one, n) => ({ id: `t${n}`, label: { en: 't', ar: 'ح' }, ...one })),
  }
  const { formula: made, diagnostics } = parseFormula(JSON.stringify(json), { space, definitions: noDefinitions })
  if (!made) throw new Error(JSON.stringify(diagnostics))
  return made
}

const score = (one: Formula) => {
  const compiled = compileFormula(one)
  return (values: FactValues) => compiled(values.lo, values.hi, new Float64Array(one.terms.length * PLACES_PER_TERM))
}

t.test('random pairs: equal or not as in every household, and each witness has the two scores', async (t) => {
  let [pairs, equal] = [0, 0]
  await fc.assert(
    fc.asyncProperty(terms, fc.option(terms, { freq: 2 }), fc.integer(), async (one, other, seed) => {
      // Half of the pairs differ in the order of their terms alone.
      const [before, after] = [
        formula(one),
        formula(other ?? one.toSorted((a, b) => ((JSON.stringify(a).length * seed) % 7) - (JSON.stringify(b).length % 5))),
      ]
      const [a, b] = [score(before), score(after)]
      const isEqual = world.every((values) => {
        const [x, y] = [a(values), b(values)]
        return Object.is(x.point, y.point) && x.lo === y.lo && x.hi === y.hi
      })
      const { equivalent, witness } = await compareScores(before, after, space, domainOf)
      pairs++
      if (isEqual) equal++
      t.equal(equivalent, isEqual, JSON.stringify([one, other]))
      if (witness) t.same([a(witness.values), b(witness.values)], witness.scores)
    }),
    { ...propertyRuns(150, 11), endOnFailure: true },
  )
  t.ok(equal > pairs / 6 && equal < pairs)
  tellCount(pairs, 'pairs-of-formulas', 11)
})

t.test('points split over terms are not proven equal where a fact can be known within bounds', async (t) => {
  const imputed = (given: number): object => ({ unknown: { imputed: { points: given, reason: { en: 'r', ar: 'س' } } } })
  const five = (below: number): object => ({ fact: 'x', bands: [{ below, points: 5 }], otherwise: 0 })
  const twice = {
    fact: 'x',
    bands: [
      { below: 10, points: 10 },
      { below: 20, points: 5 },
    ],
    otherwise: 0,
  }
  const [before, after] = [
    formula([
      { ...five(10), ...imputed(5) },
      { ...five(20), ...imputed(0) },
    ]),
    formula([{ ...twice, ...imputed(5) }]),
  ]
  const bounds = unknownValues(space)
  bounds.lo[0] = 0
  t.match(await compareScores(before, after, space, domainOf), { equivalent: true }, 'where every household knows or does not know')
  const partly = ({ id }: { readonly id: string }) => ({ bounded: id === 'x', nonNegative: false })
  bounds.hi[0] = 15
  t.not(score(before)(bounds).point, score(after)(bounds).point, 'the bounds tell them apart')
  t.match(await compareScores(before, after, space, partly), { equivalent: null, witness: null })
  const other = ({ id }: { readonly id: string }) => ({ bounded: id === 'y', nonNegative: false })
  t.match(await compareScores(before, after, space, other), { equivalent: true }, 'bounds of a fact that they do not read')
})

t.test('while many households are tried, other requests have their turns', async (t) => {
  const many = (id: string): object => ({
    fact: id,
    bands: Array.from({ length: 30 }, (_, n) => ({ below: 3 * n, points: n })),
    otherwise: 0,
    unknown: 'undetermined',
  })
  const terms = [many('x'), many('y'), { when: whens[2], points: 1, else: 0, unknown: 'undetermined' }]
  let turns = 0
  let next = setImmediate(function turn() {
    turns++
    next = setImmediate(turn)
  })
  const { equivalent } = await compareScores(formula(terms), formula(terms, 1), space, domainOf)
  clearImmediate(next)
  t.equal(equivalent, false)
  t.ok(turns > 8, `${turns} turns`)
})

t.test('shipped formulas: order and names mean nothing, the last place of a weight does', async (t) => {
  const { bundle } = shippedBundle()
  const { catalogue, formulas } = bundle as NonNullable<typeof bundle>
  for (const { formula: shipped } of formulas) {
    const compared = (changed: Partial<Formula>) =>
      compareFormulas({ formula: shipped, catalogue }, { formula: { ...shipped, ...changed }, catalogue }, 20_700)
    t.match(
      await compared({ terms: shipped.terms.toReversed().map((one) => ({ ...one, id: `${one.id}Renamed` })) }),
      { equivalent: true, differsIn: [], witness: null },
      shipped.id,
    )
    const [first, ...rest] = shipped.terms
    const moved = first?.kind === 'linear' ? { ...first, weight: first.weight + 1 } : withOtherPoints(first as (typeof rest)[number])
    const { equivalent, witness } = await compared({ terms: [moved, ...rest] })
    t.equal(equivalent, false)
    t.ok(witness?.before.score !== null && witness?.before.score !== witness?.after.score)
    t.same(
      witness?.terms.map((one) => one.term),
      [first?.id],
    )
    t.match(await compared({ direction: shipped.direction === 'lowerIsPoorer' ? 'higherIsPoorer' : 'lowerIsPoorer' }), {
      equivalent: false,
      differsIn: ['direction'],
      witness: null,
    })
  }
})

const withOtherPoints = (term: Term): Term =>
  term.kind === 'bands' || term.kind === 'categories' ? { ...term, points: term.points.map((one) => one + 1) } : term

const condition = (json: unknown): Condition =>
  checkCondition(json, '', { space, definitions: noDefinitions, allowFactValue: true }).condition as Condition
const leaf = fc.oneof<fc.Arbitrary<unknown>[]>(
  fc.record({ fact, operator: fc.constantFrom('lessThan', 'greaterThan'), value: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ fact: fc.constant('flag'), operator: fc.constant('equal'), value: fc.boolean() }),
  fc.record({ fact: fc.constant('tenure'), operator: fc.constant('in'), value: fc.constantFrom(['own'], ['own', 'rent']) }),
)
const tier = fc.oneof(
  leaf,
  fc.tuple(leaf, leaf).map((all) => ({ all })),
  fc.tuple(leaf, leaf).map((any) => ({ any })),
  leaf.map((not) => ({ not })),
)

t.test('random orders of tiers: who moves from where to where, as in every household', async (t) => {
  let pairs = 0
  fc.assert(
    fc.property(fc.array(tier, { maxLength: 3 }), fc.array(tier, { maxLength: 3 }), (one, other) => {
      const [before, after] = [one.map(condition), other.map(condition)]
      const placeIn = (tiers: readonly Condition[], values: FactValues): number => {
        const place = tiers.findIndex((each) => interpret(each, values) === 2)
        return place < 0 ? tiers.length : place
      }
      const moves = new Set<string>()
      for (const values of world) {
        const [from, to] = [placeIn(before, values), placeIn(after, values)]
        if (from !== to && !(from === before.length && to === after.length)) moves.add(`${from} ${to}`)
      }
      const found = compareTiers(before, after, domainOf)
      pairs++
      t.same(found?.map(({ from, to }) => `${from} ${to}`).toSorted(), [...moves].toSorted(), JSON.stringify([one, other]))
      for (const { from, to, values } of found ?? []) t.same([placeIn(before, values), placeIn(after, values)], [from, to])
    }),
    { ...propertyRuns(150, 12), endOnFailure: true },
  )
  tellCount(pairs, 'pairs-of-tiers', 12)
})
