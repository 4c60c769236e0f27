/** A small world of facts that definitions bind: every household with its derived facts as the assembly computes them, and rules over all. */
import fc from 'fast-check'
import { compileRederivation } from '../../src/language/catalogue/assembly/rederive.ts'
import type { Catalogue } from '../../src/language/catalogue/catalogue.ts'
import { checkCatalogue } from '../../src/language/catalogue/check.ts'
import { checkCondition } from '../../src/language/condition/check.ts'
import { compileCondition } from '../../src/language/condition/compile.ts'
import { slotsOf } from '../../src/language/condition/condition.ts'
import type { Condition } from '../../src/language/condition/condition.ts'
import { noDefinitions } from '../../src/language/condition/definition.ts'
import { columnsOf, readBlock } from '../../src/language/fact-columns.ts'
import { unknownValues } from '../../src/language/fact-space.ts'
import type { FactValues } from '../../src/language/fact-space.ts'
import { outcomeOf } from '../../src/language/rule/outcome.ts'
import { newTrace } from '../../src/language/rule/trace.ts'
import { isStated } from '../../src/programmes/difference/outcome-change.ts'
import { smallText } from '../support/small-catalogue.ts'

export const label = { en: 'x', ar: 'س' }
export const fact = (id: string, definition: object, more: object = {}): object => ({
  id,
  type: 'integer',
  unit: 'persons',
  label,
  custodian: 'X',
  definition,
  ...more,
})
const money = { type: 'decimal', scale: 3, unit: 'JOD/month' }
const half = { type: 'decimal', scale: 1 }
const band = {
  of: 'y',
  bands: [
    { below: 0, value: 'low' },
    { below: 2, value: 'middle' },
  ],
  otherwise: 'high',
}

/** x has bounds, y and z have none; the rest follows from them. `more` is added to the sum, to have it defined otherwise. `others`: further facts. */
export function boundCatalogue(more = 0, others: readonly object[] = []): Catalogue {
  const person = [fact('n', { declared: { path: '/n' } })]
  const household = [
    fact('x', { aggregate: { function: 'sum', over: { relatives: 'members', within: 'household' }, of: 'n' } }),
    fact('y', { declared: { path: '/y' } }),
    fact('z', { declared: { path: '/z' } }),
    fact('total', { derived: { add: ['x', 'y', more] } }),
    fact('gap', { derived: { subtract: ['x', 'y'] } }),
    fact('most', { derived: { max: ['x', 'y', 'z'] } }),
    fact('least', { derived: { min: ['x', 'y'] } }),
    fact('triple', { derived: { multiply: ['x', 3] } }, { type: 'decimal', scale: 0 }),
    fact('half', { derived: { divide: ['y', 2] } }, half),
    fact('third', { derived: { divide: ['x', 3] } }, { type: 'decimal', scale: 0 }),
    fact('size', { derived: { band } }, { type: 'category', codes: { low: label, middle: label, high: label }, unit: undefined }),
    fact('above', { holds: { fact: 'x', operator: 'greaterThan', value: { fact: 'y' } } }, { type: 'boolean', unit: undefined }),
    // Of a parameter alone, which has another value from 2018 on.
    fact('line', { parameter: 'line' }, money),
    fact('twiceLine', { derived: { multiply: ['line', 2] } }, money),
    fact('chosen', { firstKnown: ['z', 'y'] }),
    ...others,
  ]
  const files = [
    { name: 'person.json', json: { entity: 'person', facts: person } },
    { name: 'household.json', json: { entity: 'household', facts: household } },
  ]
  const { catalogue, diagnostics } = checkCatalogue(smallText({ files }))
  if (!catalogue) throw new Error(JSON.stringify(diagnostics))
  return catalogue
}

export const AS_OF = 20_700
const DERIVED = ['total', 'gap', 'most', 'least', 'triple', 'half', 'third', 'size', 'above', 'chosen']

const PLACES = Array.from({ length: 15 }, (_, n) => n - 6)
type Ends = readonly [lo: number, hi: number]
const known = PLACES.map((v): Ends => [v, v])
const nothing: Ends = [-Infinity, Infinity]
const partly = [-Infinity, ...PLACES].flatMap((lo) => [...PLACES, Infinity].flatMap((hi): Ends[] => (lo < hi ? [[lo, hi]] : [])))

/** Every household of the small world, by the catalogue's slots. */
export function boundWorld(catalogue: Catalogue): readonly FactValues[] {
  const space = catalogue.household
  const slot = (id: string): number => space.slot(id) as number
  const households = [...known, ...partly].flatMap((x) =>
    [...known, nothing].flatMap((y) =>
      [nothing, ...known.filter(([v]) => v >= -1 && v <= 3)].map((z) => {
        const values = unknownValues(space)
        for (const [id, [lo, hi]] of [
          ['x', x],
          ['y', y],
          ['z', z],
        ] as const) {
          values.lo[slot(id)] = lo
          values.hi[slot(id)] = hi
        }
        return values
      }),
    ),
  )
  const facts = DERIVED.map((id) => catalogue.facts.get(id)).filter((one) => one !== undefined)
  const rows = households.length
  const columns = { households: rows, persons: 0, firstMember: new Uint32Array(rows + 1), householdOf: new Uint32Array(0) }
  const derived = compileRederivation(catalogue, facts, AS_OF).compute({
    ...columns,
    household: columnsOf(space, households),
    person: catalogue.person.types.map(() => undefined),
  })
  for (const [at, column] of derived.household) {
    const [lo, hi] = [new Float64Array(rows), new Float64Array(rows)]
    readBlock(column, space.types[at]?.type === 'boolean', 0, rows, lo, hi)
    households.forEach((values, row) => {
      values.lo[at] = lo[row] as number
      values.hi[at] = hi[row] as number
    })
  }
  return households
}

/** Fewest facts stated, by pair of outcomes, over the whole small world. */
export function fewestIn(world: readonly FactValues[], before: Condition, after: Condition): Map<string, number> {
  const [a, b, ta, tb] = [compileCondition(before), compileCondition(after), newTrace(before), newTrace(after)]
  const read = [...new Set([...slotsOf(before), ...slotsOf(after)])]
  const fewest = new Map<string, number>()
  for (const values of world) {
    const pair = `${outcomeOf(a(values.lo, values.hi, ta))} ${outcomeOf(b(values.lo, values.hi, tb))}`
    const stated = read.filter((slot) => isStated(values, slot, before.space.types[slot] as (typeof before.space.types)[number])).length
    fewest.set(pair, Math.min(stated, fewest.get(pair) ?? Infinity))
  }
  return fewest
}

const ORDERS = ['lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive', 'equal', 'notEqual'] as const
const NUMBERS = ['x', 'y', 'z', 'total', 'gap', 'most', 'least', 'triple', 'half', 'third', 'chosen'] as const
const number = fc.record({ fact: fc.constantFrom(...NUMBERS), operator: fc.constantFrom(...ORDERS), value: fc.integer({ min: 0, max: 2 }) })
const compared = fc
  .constantFrom(['x', 'total'], ['y', 'most'], ['least', 'x'], ['chosen', 'y'], ['gap', 'x'])
  .chain(([one, other]) => fc.record({ fact: fc.constant(one), operator: fc.constantFrom(...ORDERS), value: fc.constant({ fact: other }) }))
const leaf = fc.oneof<fc.Arbitrary<unknown>[]>(
  number,
  number,
  compared,
  fc.record({ fact: fc.constant('above'), operator: fc.constantFrom('equal', 'notEqual'), value: fc.boolean() }),
  fc.record({
    fact: fc.constant('size'),
    operator: fc.constantFrom('in', 'notIn'),
    value: fc.uniqueArray(fc.constantFrom('low', 'middle', 'high'), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ fact: fc.constantFrom(...NUMBERS, 'above', 'size'), operator: fc.constant('isKnown'), value: fc.boolean() }),
)
const tree: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 2 },
    leaf,
    fc.record({ all: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }) }),
    fc.record({ not: tie('tree') }),
  ),
})).tree
export const boundRule = tree.map((json) => ({ all: [json] }))

export function readBound(json: unknown, { household }: Catalogue): Condition {
  const { condition, diagnostics } = checkCondition(json, '', {
    space: household,
    definitions: noDefinitions,
    allowFactValue: true,
    rootMustBeGroup: true,
  })
  if (!condition) throw new Error(JSON.stringify(diagnostics))
  return condition
}
