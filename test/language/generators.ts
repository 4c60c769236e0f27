/** Random facts, conditions and values, directed by types: boundaries, extremes, unknowns and bounds are common. */
import fc from 'fast-check'
import { formatDecimal } from '../../src/kernel/decimal.ts'
import { isoOfDay } from '../../src/kernel/date.ts'
import { factSpace, unknownValues } from '../../src/language/fact-space.ts'
import type { FactSpace, FactType, FactValues, ValueType } from '../../src/language/fact-space.ts'
import { operators, operatorNames } from '../../src/language/operators.ts'
import type { Definition } from '../../src/language/condition/definition.ts'

export const factType = (id: string, type: ValueType, more: Partial<FactType> = {}): FactType => ({
  id,
  type,
  scale: 0,
  unit: null,
  codes: null,
  codeLabels: null,
  label: { en: id, ar: id },
  protected: false,
  ...more,
})

const money = (id: string, scale: number): FactType => factType(id, 'decimal', { scale, unit: 'JOD/month' })
const tenures = ['own', 'rent', "other's", 'كرك']

/** Facts of every type; pairs with equal units and different scales; categories with equal and different codes. */
export const household: FactSpace = factSpace('household', [
  money('income', 3),
  money('ceiling', 3),
  money('expenses', 2),
  money('subsidy', 6),
  factType('wholeAid', 'integer', { unit: 'JOD/month' }),
  factType('members', 'integer', { unit: 'persons' }),
  factType('adults', 'integer', { unit: 'persons' }),
  factType('adultEquivalents', 'decimal', { scale: 1, unit: 'persons' }),
  factType('ratio', 'decimal', { scale: 6, unit: 'ratio' }),
  factType('isCitizen', 'boolean'),
  factType('ownsCar', 'boolean'),
  factType('licenceExpiry', 'date'),
  factType('lastVisit', 'date'),
  factType('tenure', 'category', { codes: tenures }),
  factType('formerTenure', 'category', { codes: tenures }),
  factType('area', 'category', { codes: ['11', '21', '34'] }),
])

const BOUNDED = new Set(['income', 'expenses', 'subsidy', 'wholeAid', 'members', 'licenceExpiry'])

/** Facts that may be partly known; their SQL columns are pairs. */
export const isBounded = (slot: number): boolean => BOUNDED.has((household.types[slot] as FactType).id)

const EXTREME = Number.MAX_SAFE_INTEGER
/** Whole units that facts and literals of every scale share, so that facts of different scales are often equal. */
const WHOLE = [0, 1, -1, 2, 3, 300, 301]

/** Values that facts and literals draw from: few, so that they meet, with the neighbours of each. */
export function pool(type: FactType): fc.Arbitrary<number> {
  if (type.type === 'boolean') return fc.integer({ min: 0, max: 1 })
  if (type.type === 'category') return fc.integer({ min: 0, max: (type.codes as readonly string[]).length - 1 })
  if (type.type === 'date') return fc.constantFrom(0, -1, 11016, 19723, 19782, 20512, 20513, -719162, 2932896)
  const unit = 10 ** type.scale
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...WHOLE).map((n) => n * unit) },
    { weight: 2, arbitrary: fc.constantFrom(...WHOLE).chain((n) => fc.constantFrom(n * unit - 1, n * unit + 1)) },
    { weight: 1, arbitrary: fc.integer({ min: -2000, max: 2000 }) },
  )
}

/** A value of a fact in one household: mostly known, sometimes unknown, sometimes bounded, sometimes extreme. */
export function interval(type: FactType, bounded: boolean, complete: boolean): fc.Arbitrary<readonly [number, number]> {
  const known = pool(type).map((v) => [v, v] as const)
  if (complete) return known
  const nothing = fc.constant(type.type === 'boolean' ? ([0, 1] as const) : ([-Infinity, Infinity] as const))
  const isNumber = type.type === 'integer' || type.type === 'decimal'
  const extreme = isNumber ? fc.constantFrom(EXTREME, -EXTREME).map((v) => [v, v] as const) : known
  const partly = bounded
    ? fc.oneof(
        fc.tuple(pool(type), pool(type)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
        pool(type).map((v) => [v, Infinity] as const),
        pool(type).map((v) => [-Infinity, v] as const),
      )
    : known
  return fc.oneof(
    { weight: 5, arbitrary: known },
    { weight: 2, arbitrary: nothing },
    { weight: 3, arbitrary: partly },
    { weight: 1, arbitrary: extreme },
  )
}

/** All facts of one household. */
export const values = (complete = false): fc.Arbitrary<FactValues> =>
  fc.tuple(...household.types.map((type, slot) => interval(type, isBounded(slot), complete))).map((pairs) => {
    const all = unknownValues(household)
    pairs.forEach(([lo, hi], slot) => {
      all.lo[slot] = lo
      all.hi[slot] = hi
    })
    return all
  })

/** A literal as the policy side would write it. */
export function literalJson(type: FactType, value: number): unknown {
  if (type.type === 'boolean') return value === 1
  if (type.type === 'category') return (type.codes as readonly string[])[value]
  if (type.type === 'date') return isoOfDay(value)
  return Number(formatDecimal(value, type.scale))
}

const comparable = (a: FactType, b: FactType): boolean =>
  a.id !== b.id &&
  a.unit === b.unit &&
  JSON.stringify(a.codes) === JSON.stringify(b.codes) &&
  (a.type === b.type || (a.unit !== null && b.unit !== null))

const leafJson: fc.Arbitrary<unknown> = fc.constantFrom(...household.types).chain((type) => {
  const names = operatorNames.filter((name) => operators[name].accepts.includes(type.type))
  return fc.constantFrom(...names).chain((name) => {
    const operator = operators[name]
    if (operator.value === 'flag') return fc.boolean().map((value): unknown => ({ fact: type.id, operator: name, value }))
    if (operator.value === 'list') {
      const list = fc.uniqueArray(pool(type), { minLength: 1, maxLength: 4 })
      return list.map((items): unknown => ({ fact: type.id, operator: name, value: items.map((item) => literalJson(type, item)) }))
    }
    const literal = pool(type).map((value): unknown => ({ fact: type.id, operator: name, value: literalJson(type, value) }))
    const others = household.types.filter((other) => comparable(type, other))
    if (others.length === 0) return literal
    const other = fc.constantFrom(...others).map((right): unknown => ({ fact: type.id, operator: name, value: { fact: right.id } }))
    return fc.oneof({ weight: 2, arbitrary: literal }, { weight: 1, arbitrary: other })
  })
})

/** Shared definitions that random conditions refer to. */
export const definitions: ReadonlyMap<string, Definition> = new Map(
  (
    [
      ['poor', { all: [{ fact: 'income', operator: 'lessThanInclusive', value: { fact: 'ceiling' } }] }],
      ['hasTwo', { any: [{ condition: 'poor' }, { not: { fact: 'members', operator: 'lessThan', value: 2 } }] }],
    ] as const
  ).map(([id, conditions]) => [id, { id, label: { en: id, ar: id }, scope: 'household', conditions }]),
)

/** A random condition as JSON. */
export const conditionJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leafJson,
    fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 4 }) }),
    fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 4 }) }),
    fc.record({ not: tie('condition') }),
    fc.constantFrom('poor', 'hasTwo').map((condition) => ({ condition })),
  ),
})).condition

/** A random condition with a group at its root, as rules need. */
export const ruleConditionJson: fc.Arbitrary<unknown> = conditionJson.map((json) => ('fact' in (json as object) ? { all: [json] } : json))
