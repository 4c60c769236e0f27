/** Random facts, each over those before it: aggregates, attributes, answers, choices, expressions, conditions, parameters. */
import { AGGREGATE_FUNCTIONS, type Entity } from '../../src/language/catalogue/catalogue.ts'
import type { RegistryShape } from '../../src/language/catalogue/registry-shape.ts'
import type { Draw } from './random-draw.ts'
import { isNumber, type Name, type Place, randomCondition, randomExpression, randomLiteral } from './random-expressions.ts'

export interface RandomFact extends Name {
  readonly entity: Entity
  readonly definition: unknown
  /** Declared amounts that are never negative. */
  readonly min?: number
}
type Unnamed = Omit<RandomFact, 'id' | 'entity'>
type Writer = (given: Given) => Unnamed | null
interface Given {
  readonly draw: Draw
  readonly entity: Entity
  /** Facts of the entity, and of persons: those that exist already. */
  readonly own: readonly RandomFact[]
  readonly persons: readonly RandomFact[]
  readonly registries: readonly RegistryShape[]
}

/** Lists that hold each other's codes in another order. */
export const codeLists = [
  ['a', 'b', 'c'],
  ['c', 'x', 'a', 'b'],
  ['b', 'a', 'c', 'x', 'z'],
] as const
export const constants: readonly (Place & { readonly id: string })[] = [
  { id: 'amount', type: 'decimal', scale: 3, unit: 'ratio', codes: null },
  { id: 'number', type: 'integer', scale: 0, unit: 'ratio', codes: null },
  { id: 'flag', type: 'boolean', scale: 0, unit: null, codes: null },
  { id: 'flagLater', type: 'boolean', scale: 0, unit: null, codes: null },
  { id: 'amountLater', type: 'decimal', scale: 3, unit: 'ratio', codes: null },
]

/** One more fact over those that exist; null where the draw finds nothing to make it of. */
export function randomFact(draw: Draw, id: string, facts: readonly RandomFact[], registries: readonly RegistryShape[]): RandomFact | null {
  const entity: Entity = draw.happens(0.65) ? 'person' : 'household'
  const of = (wanted: Entity): RandomFact[] => facts.filter((fact) => fact.entity === wanted)
  const fact = draw.pick(WRITERS)({ draw, entity, own: of(entity), persons: of('person'), registries })
  return fact && { id, entity, ...fact }
}

function placeOf(draw: Draw, types: readonly Place['type'][]): Place {
  const type = draw.pick(types)
  const unit = draw.happens(0.7) ? 'ratio' : draw.pick(['ratio/month', 'ratio/year', 'years', 'months', 'days'])
  return {
    type,
    scale: type === 'decimal' ? draw.between(0, 6) : 0,
    unit: type === 'integer' || type === 'decimal' ? unit : null,
    codes: type === 'category' ? draw.pick(codeLists) : null,
  }
}
const EVERY = ['integer', 'decimal', 'decimal', 'decimal', 'date', 'boolean', 'category'] as const
const COUNT: Place = { type: 'integer', scale: 0, unit: 'ratio', codes: null }
const FLAG: Place = { type: 'boolean', scale: 0, unit: null, codes: null }

const overRegistry: Writer = ({ draw, registries }) => {
  const registry = draw.pick(registries)
  return aggregate(
    draw,
    { registry: registry.id },
    registry.columns.map((column) => ({ ...column, id: column.name })),
    true,
  )
}

const overRelatives: Writer = ({ draw, entity, persons }) => {
  if (persons.length < 3) return null
  if (entity === 'household') return aggregate(draw, { relatives: 'members' }, persons, false)
  const relatives = draw.pick(['otherMembers', 'spouse', 'parents', 'children', 'siblings'])
  const within = relatives === 'otherMembers' || draw.happens(0.5) ? 'household' : 'anywhere'
  return aggregate(draw, { relatives, within }, persons, false)
}

function aggregate(draw: Draw, over: object, given: readonly Name[], isRegistry: boolean): Unnamed {
  const fn = draw.pick(isRegistry ? AGGREGATE_FUNCTIONS : AGGREGATE_FUNCTIONS.filter((name) => name !== 'latest' && name !== 'longestRun'))
  const lets = isRegistry && draw.happens(0.35) ? draw.list(1, 2, () => letColumn(draw, given)) : []
  const names = [...given, ...lets.map(({ value: _, ...name }, index) => ({ ...name, id: `let${index}` }))]
  const place = resultOf(draw, fn)
  const date = (): string | undefined => draw.pick(names.filter(({ type }) => type === 'date'))?.id
  const conditional = fn === 'longestRun' || draw.happens(0.5)
  const takes = ['sum', 'mean', 'max', 'min', 'latest', 'countDistinct'].includes(fn)
  const flag = (fn === 'any' || fn === 'every') && (!conditional || draw.happens(0.5))
  const readable = names.filter((name) => !isApart(name) && (name.type !== 'category' || name.codes !== null))
  return {
    ...place,
    definition: {
      aggregate: {
        function: fn,
        over,
        ...(lets.length > 0 && {
          let: Object.fromEntries(lets.map(({ type, scale, unit, value }, index) => [`let${index}`, { type, scale, unit, value }])),
        }),
        ...(conditional && { where: randomCondition(draw, readable, 2) }),
        ...(isRegistry && draw.happens(0.3) && { window: { months: draw.pick([1, 2, 3, 6, 12, 13, 600]), date: date() } }),
        ...((fn === 'latest' || fn === 'longestRun') && { date: date() }),
        ...((takes || flag) && {
          of: fn === 'countDistinct' ? distinct(draw, names) : randomExpression(draw, place, names, draw.between(0, 2)),
        }),
        ...(draw.happens(0.4) && { empty: randomLiteral(draw, place) }),
      },
    },
  }
}

function resultOf(draw: Draw, fn: (typeof AGGREGATE_FUNCTIONS)[number]): Place {
  if (fn === 'any' || fn === 'every') return FLAG
  if (fn === 'count' || fn === 'countDistinct' || fn === 'longestRun') return COUNT
  const numbers = ['integer', 'decimal', 'decimal'] as const
  return placeOf(draw, fn === 'latest' ? EVERY : fn === 'sum' || fn === 'mean' ? numbers : [...numbers, 'date'])
}

const isApart = ({ type }: Place): boolean => type === 'text' || type === 'person'

function distinct(draw: Draw, names: readonly Name[]): unknown {
  const apart = names.filter(isApart)
  return apart.length > 0 && draw.happens(0.4)
    ? draw.pick(apart).id
    : randomExpression(draw, placeOf(draw, EVERY), names, draw.between(0, 2))
}

/** A category takes the codes of the column that it names. */
function letColumn(draw: Draw, columns: readonly Name[]): Place & { readonly value: unknown } {
  const named = draw.pick(columns.filter(({ codes }) => codes !== null))
  if (draw.happens(0.2)) return { type: 'category', scale: 0, unit: null, codes: named.codes, value: named.id }
  const place = placeOf(draw, ['integer', 'decimal', 'decimal', 'date', 'boolean'])
  return { ...place, value: randomExpression(draw, place, columns, 2) }
}

const attribute: Writer = ({ draw, entity, registries }) => {
  const of = entity === 'household' ? { of: 'dwelling' } : {}
  const registry = draw.pick(
    registries.filter(({ rowsPerPerson, dwelling }) => rowsPerPerson === 'one' && (entity === 'person' || dwelling)),
  )
  const column = draw.pick(registry.columns.filter(({ type }) => type !== 'text' && type !== 'person'))
  const { name, type, unit } = column
  const place = { type, unit, scale: type === 'decimal' ? draw.between(column.scale, 6) : 0, codes: widened(draw, column.codes) }
  return {
    ...place,
    definition: {
      attribute: { registry: registry.id, column: name, ...of, ...(draw.happens(0.5) && { empty: randomLiteral(draw, place) }) },
    },
  }
}

const widened = (draw: Draw, codes: readonly string[] | null): readonly string[] | null =>
  codes && draw.pick([codes, ...codeLists.filter((list) => codes.every((code) => (list as readonly string[]).includes(code)))])

const identity: Writer = ({ draw, entity }) => {
  const attributes: Unnamed[] =
    entity === 'household'
      ? [
          { ...COUNT, definition: { attribute: { of: 'household', column: 'memberCount' } } },
          {
            ...FLAG,
            type: 'category',
            codes: ['residency', 'booklet', 'custody'],
            definition: { attribute: { of: 'household', column: 'basis' } },
          },
        ]
      : [
          { ...FLAG, definition: { attribute: { of: 'person', column: 'isJordanian' } } },
          { ...FLAG, definition: { attribute: { of: 'person', column: 'isHead' } } },
          { ...FLAG, type: 'category', codes: ['child', 'head', 'a'], definition: { attribute: { of: 'person', column: 'relationship' } } },
        ]
  return draw.pick(attributes)
}

const head: Writer = ({ draw, entity, persons }) => {
  if (entity === 'person' || persons.length === 0) return null
  const { id, type, scale, unit, codes } = draw.pick(persons)
  return { type, scale, unit, codes: widened(draw, codes), definition: { attribute: { of: 'head', fact: id } } }
}

const declared: Writer = ({ draw }) => {
  const place = { ...placeOf(draw, EVERY), ...(draw.happens(0.5) && { scale: 0 }) }
  const [kind, min] = isNumber(place) && draw.happens(0.5) ? ['amount', 0] : [place.type, undefined]
  return { ...place, ...(min !== undefined && { min }), definition: { declared: { path: `/more/${kind}${draw.between(0, 2)}` } } }
}

const choice: Writer = ({ draw, own }) => {
  if (own.length === 0) return null
  const first = draw.pick(own)
  const codes = first.codes && draw.pick(codeLists)
  const alike = own.filter(({ type, scale, unit }) => type === first.type && scale === first.scale && unit === first.unit)
  const fitting = alike.filter((fact) => codes === null || fact.codes?.every((code) => (codes as readonly string[]).includes(code)))
  if (fitting.length < 2) return null
  const kind = first.type === 'category' ? 'firstKnown' : draw.pick(['firstKnown', 'greatestKnown'])
  const { type, scale, unit } = first
  return { type, scale, unit, codes, definition: { [kind]: draw.list(2, 3, () => draw.pick(fitting).id) } }
}

const derived: Writer = ({ draw, own }) => {
  if (own.length === 0) return null
  const place = placeOf(draw, EVERY)
  return { ...place, definition: { derived: randomExpression(draw, place, own, draw.between(1, 3)) } }
}

const holds: Writer = ({ draw, own }) => (own.length === 0 ? null : { ...FLAG, definition: { holds: randomCondition(draw, own, 3) } })

const parameter: Writer = ({ draw }) => {
  const { id, ...place } = draw.pick(constants)
  return { ...place, definition: { parameter: id } }
}

/** Each as often as it stands here. */
const WRITERS: readonly Writer[] = [
  ...Array<Writer>(14).fill(overRegistry),
  ...Array<Writer>(8).fill(overRelatives),
  ...Array<Writer>(5).fill(attribute),
  ...Array<Writer>(5).fill(derived),
  ...Array<Writer>(2).fill(holds),
  ...Array<Writer>(2).fill(choice),
  ...Array<Writer>(2).fill(declared),
  ...Array<Writer>(2).fill(head),
  identity,
  identity,
  parameter,
]
