/** Facts that definitions bind: no witness contradicts them, and what they rule out is proven; held against every household of a small world. */
import fc from 'fast-check'
import t from 'tap'
import { dayNumber } from '../../src/kernel/date.ts'
import { compileCondition } from '../../src/language/condition/compile.ts'
import { outcomeOf } from '../../src/language/rule/outcome.ts'
import { newTrace } from '../../src/language/rule/trace.ts'
import { differenceOf, PATIENCE } from '../../src/programmes/difference/difference.ts'
import { inSameSpace } from '../../src/programmes/difference/same-space.ts'
import type { Bundle } from '../../src/programmes/bundle.ts'
import { compareRules, ruleContext } from '../../src/programmes/difference/compare-rules.ts'
import { toldDifference } from '../../src/programmes/difference/told-difference.ts'
import { noDefinitions } from '../../src/language/condition/definition.ts'
import { shippedBundle } from '../../src/programmes/shipped-bundle.ts'
import { checkRule } from '../../src/language/rule/check.ts'
import type { Rule } from '../../src/language/rule/check.ts'
import { propertyRuns, tellCount } from '../support/property-runs.ts'
import { AS_OF, boundCatalogue, boundRule, boundWorld, fact, fewestIn, label, readBound } from './bound-facts.ts'

const catalogue = boundCatalogue()
/** What is proven does not depend on how busy the machine is. */
const patience = { ...PATIENCE, milliseconds: 600_000 }
const compared = async (before: unknown, after: unknown, other = catalogue, days: readonly [number, number] = [AS_OF, AS_OF]) => {
  const [old, young] = [readBound(before, catalogue), readBound(after, other)]
  const same = inSameSpace({ condition: old, catalogue }, { condition: young, catalogue: other }, days)
  return { old, young, same, ...(await differenceOf(same.before, same.after, same.domainOf, patience, same.links)) }
}
const of = (fact: string, operator: string, value: unknown): object => ({ fact, operator, value })
const SOUND = {
  id: 'rule',
  version: 1,
  illustrative: true,
  effectiveFrom: '2026-01-01',
  description: { en: 'A rule', ar: 'قاعدة' },
  event: { type: 'eligible' },
}

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
    { ...propertyRuns(5, 77), endOnFailure: true },
  )
  tellCount(pairs, 'pairs-with-definitions', 77)
})

t.test('a definition that changed makes two facts of one, each as it was and is', async (t) => {
  const rule = { all: [of('total', 'greaterThan', 5)] }
  t.match(await compared(rule, rule, boundCatalogue()), { equivalent: true }, 'the same definition compiled twice is one')
  const { equivalent, changes } = await compared(rule, rule, boundCatalogue(1))
  t.equal(equivalent, false, 'the text of the rule is the same, and it decides otherwise')
  t.match(
    changes.filter(({ witness }) => witness).map(({ from, to }) => `${from} → ${to}`),
    ['ineligible → eligible', 'ineligible → undetermined', 'undetermined → eligible'],
  )
})

t.test('a fact as it was is told so, and as it is it stands in the suggested case, whichever is met first', async (t) => {
  const beyond = fact('beyond', { derived: { add: ['total', 1] } })
  const [was, is] = [boundCatalogue(0, [beyond]), boundCatalogue(1, [beyond])]
  const toldOf = async (before: unknown, after: unknown) => {
    const same = inSameSpace({ condition: readBound(before, was), catalogue: was }, { condition: readBound(after, is), catalogue: is }, [
      AS_OF,
      AS_OF,
    ])
    const difference = await differenceOf(same.before, same.after, same.domainOf, patience, same.links)
    const { changes } = toldDifference(difference, { ...same, catalogue: is, definitions: noDefinitions, asOf: AS_OF })
    return changes.find(({ from, to }) => from === 'ineligible' && to === 'eligible')?.witness
  }
  // What `beyond` was computed from gets its place after what is read now.
  const now = await toldOf({ all: [of('beyond', 'greaterThan', 5)] }, { all: [of('total', 'greaterThan', 2)] })
  t.match(Object.keys(now?.facts ?? {}).toSorted(), ['beyond (as defined before)', 'total'])
  t.ok('total' in (now?.suggestedCase.facts ?? {}))
  const former = await toldOf({ all: [of('total', 'greaterThan', 5)] }, { all: [of('x', 'greaterThan', 2)] })
  t.same(Object.keys(former?.facts ?? {}).toSorted(), ['total (as defined before)', 'x'], 'though nothing reads it as it is')
  t.same(Object.keys(former?.suggestedCase.facts ?? {}), ['x'])
})

t.test('a parameter that changed makes two facts of each that is computed from it', async (t) => {
  const rule = { all: [of('twiceLine', 'greaterThan', 150)] }
  const { equivalent, changes } = await compared(rule, rule, catalogue, [dayNumber('2017-06-01') as number, AS_OF])
  t.equal(equivalent, false)
  t.same(
    changes.flatMap(({ from, to, verdict }) => (verdict === 'witness' ? [`${from} → ${to}`] : [])),
    ['ineligible → eligible'],
    'twice 68 is below, twice 100 is above',
  )
  t.match(await compared(rule, rule, boundCatalogue()), { equivalent: true }, 'the same value in two catalogues')
})

t.test('products of several factors, and codes in another order', async (t) => {
  const ratio = { type: 'decimal', scale: 0, unit: 'ratio' }
  const turned = { type: 'category', codes: { high: label, middle: label, low: label }, unit: undefined }
  const other = boundCatalogue(0, [
    fact('share', { declared: { path: '/share' } }, ratio),
    fact('both', { derived: { multiply: ['x', 2, 'share'] } }, { ...ratio, unit: 'persons' }),
    fact('sixfold', { derived: { multiply: [2, 'x', 3] } }, { type: 'decimal', scale: 0 }),
    fact('bounded', { derived: { multiply: ['x', -2, -1] } }, { type: 'decimal', scale: 0 }),
    fact('turned', { derived: 'size' }, turned),
  ])
  const fits = async (...all: object[]): Promise<boolean | null> => {
    const [rule, never] = [
      readBound({ all }, other),
      readBound({ all: [...all, of('y', 'greaterThan', 5), { not: of('y', 'greaterThan', 5) }] }, other),
    ]
    const same = inSameSpace({ condition: rule, catalogue: other }, { condition: never, catalogue: other }, [AS_OF, AS_OF])
    const { changes } = await differenceOf(same.before, same.after, same.domainOf, patience, same.links)
    return changes.some(({ from, verdict }) => from === 'eligible' && verdict === 'witness')
  }
  t.equal(await fits(of('x', 'equal', 1), of('both', 'equal', 10)), true, 'the third factor is five')
  t.equal(await fits(of('x', 'equal', 1), of('sixfold', 'equal', 6)), true)
  t.equal(await fits(of('x', 'equal', 1), of('sixfold', 'equal', 2)), false, 'by both given factors')
  t.equal(
    await fits({ fact: 'x', operator: 'isKnown', value: false }, of('bounded', 'greaterThan', 1)),
    false,
    'bounds are dropped by either',
  )
  t.equal(await fits(of('size', 'equal', 'low'), of('turned', 'equal', 'low')), true, 'the same code, wherever it stands')
})

t.test('definitions nested as deep as they may be are short texts, and what is too long is left open', async (t) => {
  const nested = (op: (inner: unknown) => object, levels: number): unknown => (levels === 0 ? 'x' : op(nested(op, levels - 1)))
  const bands = Array.from({ length: 200 }, (_, n) => ({ below: n, value: n }))
  const band = (inner: unknown): object => ({ band: { of: inner, bands, otherwise: 0 } })
  const long = Array.from({ length: 6 }, (_, n) => `long${n}`)
  const other = boundCatalogue(0, [
    fact('less', { derived: nested((inner) => ({ subtract: [inner, 1] }), 20) }),
    fact('turned', { derived: nested((inner) => ({ multiply: [inner, -1] }), 20) }, { type: 'decimal', scale: 0 }),
    fact('banded', { derived: nested((inner) => ({ band: { of: inner, bands: bands.slice(0, 2), otherwise: 0 } }), 20) }),
    ...long.map((id) => fact(id, { derived: { add: Array.from({ length: 50 }, () => band('x')) } })),
    fact('longest', { derived: { add: long } }),
  ])
  const linksOf = (id: string) => {
    const condition = readBound({ all: [of(id, 'greaterThan', 1)] }, other)
    const side = { condition, catalogue: other }
    return inSameSpace(side, side, [AS_OF, AS_OF]).links()
  }
  for (const id of ['less', 'turned', 'banded']) t.ok(linksOf(id).text.length < 20_000, id)
  const { text, opaqueOf } = linksOf('longest')
  t.ok(text.length > 100_000 && text.length < 1_100_000)
  const open = opaqueOf(0).filter((id) => id !== 'x')
  t.ok(open.length > 0 && open.length < long.length && open.every((id) => long.includes(id)), 'some of them, and it is said')
  const rule = readBound({ all: [of('less', 'greaterThan', 1)] }, other)
  t.match(
    await differenceOf(
      rule,
      rule,
      () => ({ bounded: true, nonNegative: false }),
      patience,
      () => {
        throw new Error('not needed where the conditions alone prove it')
      },
    ),
    { equivalent: true },
  )
})

t.test('shipped facts: what tables and bands rule out is proven, and what cannot be said is', async (t) => {
  const { bundle } = shippedBundle() as { bundle: Bundle }
  const told = async (before: object[], after: object[]) => {
    const [old, young] = [before, after].map(
      (all) => checkRule({ ...SOUND, conditions: { all } }, ruleContext(bundle, 'household')).rule,
    ) as [Rule, Rule]
    return compareRules({ bundle, before: old, after: young, asOf: AS_OF }, patience)
  }
  const large = of('householdSize', 'greaterThanInclusive', 4)
  const small = of('householdSizeBand', 'in', ['one', 'two'])
  t.match(await told([large, small], [large, { not: small }, small]), { equivalent: true }, 'four members are in no band of one or two')
  const benefit = (least: number): object => of('cashTransferBenefit', 'greaterThanInclusive', least)
  const { changes } = await told([large, benefit(1)], [of('householdSize', 'greaterThanInclusive', 5), benefit(1)])
  const [lost] = changes
  t.match(lost, { from: 'eligible', to: 'ineligible', witness: { facts: { householdSize: 4 }, mayBeImpossible: [] } })
  const amounts = bundle.catalogue.parameters.get('cashTransferAmount')?.epochs.at(-1)?.rows ?? []
  const ofFour = amounts.find(({ keys }) => keys[0] === 'four')?.value as number
  t.equal(Number(lost?.witness?.facts['cashTransferBenefit']), ofFour / 1000, 'the amount of the table')
  const parts = await told(
    [of('wageMean12m', 'lessThan', 100), of('incomeTotalMonthly', 'greaterThan', 500)],
    [of('wageMean12m', 'lessThan', 100)],
  )
  t.ok(
    parts.changes.some(({ witness }) => witness && witness.mayBeImpossible.length > 0),
    'sums over members are not taken into account, and that is said',
  )
})
