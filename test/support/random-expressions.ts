/** Random expressions and conditions over given names, as they are written in definitions. */
import type { ValueType } from '../../src/language/fact-space.ts'
import { operatorNames, operators } from '../../src/language/operators.ts'
import type { Draw } from './random-draw.ts'

/** What stands somewhere, or is wanted there. `text` and `person` are columns that can only be counted apart. */
export interface Place {
  readonly type: ValueType | 'text' | 'person'
  readonly scale: number
  readonly unit: string | null
  readonly codes: readonly string[] | null
}
/** A fact, a column or a `let` that a definition may name. */
export interface Name extends Place {
  readonly id: string
}

/** Ends of months and of years, leap days, days that nobody has seen yet, and long ago. */
export const days = (
  '2026-03-31 2026-03-30 2026-03-01 2026-02-28 2026-02-01 2026-01-31 2025-12-31 2025-12-01 2025-11-30 2025-04-01 ' +
  '2025-03-31 2024-03-31 2024-02-29 2026-04-01 2027-01-01 1960-02-29 0900-01-01'
).split(' ')
/** Tables of the random catalogues' parameters: which keys each takes. */
export const tables = { byNumber: ['integer'], byCode: ['category'], byAll: ['category', 'integer', 'category'] } as const

export const isNumber = ({ type }: Place): boolean => type === 'integer' || type === 'decimal'
const holds = (place: Place, codes: readonly string[] | null): boolean =>
  codes === null || codes.every((code) => place.codes?.includes(code))

/** A literal of a place, as a definition writes it. */
export function randomLiteral(draw: Draw, { type, scale, codes }: Place): unknown {
  if (type === 'boolean') return draw.happens(0.5)
  if (type === 'date') return draw.pick(days)
  if (type === 'category') return draw.pick(codes ?? ['a'])
  return type === 'integer' ? draw.between(-3, 5) : draw.between(-100, 300) / 10 ** Math.min(scale, 2)
}

/** An expression that yields what `place` wants, at most `depth` operations deep but for keys and periods. */
export function randomExpression(draw: Draw, place: Place, names: readonly Name[], depth: number): unknown {
  const writing = { draw, place, names }
  if (isNumber(place)) return number(writing, place.unit ?? 'ratio', depth)
  if (place.type === 'date') return date(writing, depth)
  const named = nameOf(
    writing,
    (name) => name.type === place.type && (place.type !== 'category' || (name.codes !== null && holds(place, name.codes))),
  )
  if (place.type === 'boolean') return draw.happens(0.9) ? (named ?? true) : draw.happens(0.5)
  return place.codes && (named === undefined || draw.happens(0.5)) ? band(writing, number(writing, 'ratio', depth - 1)) : (named ?? 'none')
}

interface Writing {
  readonly draw: Draw
  readonly place: Place
  readonly names: readonly Name[]
}

function nameOf({ draw, names }: Writing, fits: (name: Name) => boolean): string | undefined {
  const fitting = names.filter(fits)
  return fitting.length > 0 ? draw.pick(fitting).id : undefined
}

const PERIODS = { years: 'yearsBetween', months: 'monthsBetween', days: 'daysBetween' } as const

function number(writing: Writing, unit: string, depth: number): unknown {
  const { draw, place } = writing
  const leaf = (): unknown =>
    (draw.happens(0.8) ? nameOf(writing, (name) => isNumber(name) && name.unit === unit) : undefined) ?? literal(draw)
  if (depth <= 0 || draw.happens(0.2)) return leaf()
  const [same, plain, day] = [
    () => number(writing, unit, depth - 1),
    () => number(writing, 'ratio', depth - 1),
    () => date(writing, depth - 1),
  ]
  const period = (): unknown => (unit in PERIODS ? { [PERIODS[unit as keyof typeof PERIODS]]: [day(), day()] } : leaf())
  const [monthly, yearly] = ['ratio/month', 'ratio/year'].map((per) => nameOf(writing, (name) => name.unit === per))
  const together: (() => unknown)[] = [
    () => ({ add: draw.list(2, 4, same) }),
    () => ({ subtract: [same(), same()] }),
    () => ({ min: draw.list(2, 3, same) }),
    () => ({ max: draw.list(2, 3, same) }),
    () => ({ multiply: [same(), plain()] }),
    () => ({ divide: [same(), plain()] }),
  ]
  const own: Record<string, (() => unknown)[]> = {
    ratio: [
      // Products of many factors leave the exact range.
      () => ({ multiply: draw.list(2, draw.happens(0.3) ? 6 : 3, same) }),
      () => ({ ratio: [same(), same()] }),
      () => ({ ratio: [number(writing, 'ratio/month', depth - 1), number(writing, 'ratio/month', depth - 1)] }),
      () => ({ divide: [number(writing, 'years', depth - 1), number(writing, 'years', depth - 1)] }),
      () => ({ ratio: [number(writing, 'days', depth - 1), number(writing, 'days', depth - 1)] }),
      () => lookUp(writing) ?? leaf(),
      () => lookUp(writing) ?? leaf(),
    ],
    'ratio/month': [() => (yearly ? { perMonth: yearly } : leaf()), () => (monthly ? { perMonth: { perYear: monthly } } : leaf())],
    'ratio/year': [() => (monthly ? { perYear: monthly } : leaf())],
    years: [period, () => ({ year: day() }), () => ({ year: day() })],
    months: [period, period, period],
    days: [period, period, period],
  }
  // A band of a category's place yields its codes.
  const bands = place.codes === null ? [() => band(writing, same())] : []
  return draw.pick([...together, ...(own[unit] ?? []), ...bands])()
}

function literal(draw: Draw): number {
  return draw.pick([
    draw.between(-1, 3),
    draw.between(-1000, 1000) / 100,
    draw.pick([0, 1, -1, 0.5, 0.25, 1.5, 100, 1e6, 123_456_789_012_345, -999_999_999_999_999]),
  ])
}

function date(writing: Writing, depth: number): unknown {
  const { draw } = writing
  if (depth > 0 && draw.happens(0.4)) return { [draw.pick(['min', 'max'])]: draw.list(2, 3, () => date(writing, depth - 1)) }
  return (draw.happens(0.85) ? nameOf(writing, ({ type }) => type === 'date') : undefined) ?? 'asOf'
}

/** Bands in ascending order; their values are codes where the place is a category. */
function band({ draw, place }: Writing, of: unknown): unknown {
  const limits = [...new Set(draw.list(1, 4, () => draw.between(-6, 14) * 5))].toSorted((a, b) => a - b)
  const value = (): unknown => (place.codes ? draw.pick(place.codes) : draw.between(-20, 80))
  return { band: { of, bands: limits.map((below) => ({ below, value: value() })), otherwise: value() } }
}

function lookUp(writing: Writing): unknown {
  const { draw } = writing
  const table = draw.pick(['byNumber', 'byCode', 'byAll'] as const)
  const keys = tables[table].map((type) => {
    if (type === 'category') return nameOf(writing, (name) => name.type === 'category' && name.codes !== null)
    const whole = nameOf(writing, (name) => name.type === 'integer' && name.unit === 'ratio') ?? 1
    return draw.pick([whole, whole, { max: [{ min: [whole, 2] }, -1] }, { subtract: [{ year: date(writing, 0) }, 2025] }])
  })
  return keys.includes(undefined) ? undefined : { lookUp: { table, keys } }
}

/** A condition over names that conditions may read: nested all, any and not, facts compared with literals and with facts. */
export function randomCondition(draw: Draw, names: readonly Name[], depth: number): unknown {
  const inner = (): unknown => randomCondition(draw, names, depth - 1)
  if (depth > 0 && draw.happens(0.4)) return draw.happens(0.3) ? { not: inner() } : { [draw.pick(['all', 'any'])]: draw.list(1, 3, inner) }
  const name = draw.pick(names)
  const fact = name.id
  const operator = draw.pick(operatorNames.filter((one) => operators[one].accepts.includes(name.type as ValueType)))
  if (operators[operator].value === 'flag') return { fact, operator, value: draw.happens(0.5) }
  if (operators[operator].value === 'list') return { fact, operator, value: draw.list(1, 3, () => randomLiteral(draw, name)) }
  const alike = names.filter((other) => comparable(name, other))
  return { fact, operator, value: draw.happens(0.35) ? { fact: draw.pick(alike).id } : randomLiteral(draw, name) }
}

/** Numbers of one unit are compared whatever their scales. */
const comparable = (a: Name, b: Name): boolean =>
  isNumber(a) ? isNumber(b) && a.unit === b.unit : a.type === b.type && JSON.stringify(a.codes) === JSON.stringify(b.codes)
