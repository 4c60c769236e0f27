/** Expressions as JavaScript over intervals: the same meaning as their SQL, held together by tests. */
import { integer } from '../../generated-code.ts'
import type { Ends } from '../../operators.ts'
import type { Expression } from '../expression.ts'
import { epochAt, type ParameterEpoch } from '../parameter.ts'
import { extremeOf, isOne, knownOf, narrow, one, quotient, type Source, sum, times } from './source.ts'

type Codes = readonly string[] | null

export interface ExpressionScope {
  readonly out: Source
  readonly name: (id: string) => Ends
  /** Code list of the place that takes the value. */
  readonly codes: Codes
  /** Decides which value of a dated parameter holds. */
  readonly asOfDay: number
}

/** The two ends of an expression at its own scale, as names or numbers; NaN is unknown, a category is its code's position. */
export function expressionSource(e: Expression, to: ExpressionScope): Ends {
  const { out } = to
  const known = (of: Expression): string => knownOf(expressionSource(of, to), out)
  switch (e.op) {
    case 'literal':
      return one(integer(e.value))
    case 'name':
      return to.name(e.name)
    case 'add': {
      const parts = aligned(e, e.of, to)
      const total = (side: keyof Ends): string => parts.map((part) => part[side]).reduce((all, part) => sum(all, part, out))
      return parts.every(isOne) ? one(total('lo')) : { lo: total('lo'), hi: total('hi') }
    }
    case 'subtract': {
      const [a, b] = aligned(e, e.of, to).map((part) => knownOf(part, out))
      return one(out.keep(`add(${a},times(-1,${b}))`))
    }
    case 'min':
    case 'max':
      return extreme(e, e.op, to)
    case 'multiply':
      return product(e.of, to)
    case 'divide':
      return division(e, e.of as [Expression, Expression], to)
    case 'yearsBetween':
      return one(out.keep(`years(${known(e.from)},${known(e.to)})`))
    case 'monthsBetween':
      return one(out.keep(`months(${known(e.from)},${known(e.to)})`))
    case 'daysBetween':
      return one(out.keep(`${known(e.to)}-${known(e.from)}`))
    case 'year':
      return one(out.keep(`year(${known(e.of)})`))
    case 'band': {
      const of = known(e.of)
      const value = (given: number | string): string => integer(typeof given === 'string' ? (to.codes ?? []).indexOf(given) : given)
      const arms = e.bands.map((band) => `${of}<${integer(band.below)}?${value(band.value)}:`)
      return one(out.keep(`${of}!==${of}?NaN:${arms.join('')}${value(e.otherwise)}`))
    }
    case 'lookUp': {
      const rows = epochAt(e.table, to.asOfDay)?.rows ?? []
      const table = out.constant(
        tableOf(
          rows,
          e.keys.map((key) => key.codes ?? null),
        ),
      )
      return one(out.keep(`lookUp(${table},[${e.keys.map(known).join(',')}])`))
    }
  }
}

/** The same, rounded half away from zero to the place's scale; unknown beyond ±2^53. */
export function placedSource(e: Expression, scale: number, to: ExpressionScope): Ends {
  const value = expressionSource(e, to)
  if (e.type !== 'integer' && e.type !== 'decimal') return value
  return both(value, (code) => narrow(rescaled(code, e.scale, scale, to.out), to.out))
}

/** A code's position in another list; past its end for a code that the list does not have. */
export function recoded(code: string, from: Codes, into: Codes, out: Source): string {
  if (from === null || into === null || (from.length === into.length && from.every((each, index) => each === into[index]))) return code
  const places = from.map((each) => (into.includes(each) ? into.indexOf(each) : into.length))
  return out.keep(`${code}!==${code}?NaN:${out.constant(places)}[${code}]??${into.length}`)
}

const both = (ends: Ends, f: (code: string) => string): Ends => (isOne(ends) ? one(f(ends.lo)) : { lo: f(ends.lo), hi: f(ends.hi) })

const powerOfTen = (n: number): string => (n > 15 ? `${10n ** BigInt(n)}n` : String(10 ** n))

function rescaled(code: string, from: number, to: number, out: Source): string {
  if (from === to) return code
  return to > from ? times(code, powerOfTen(to - from), out) : quotient(code, powerOfTen(from - to), out)
}

const aligned = (e: Expression, of: readonly Expression[], to: ExpressionScope): Ends[] =>
  of.map((part) =>
    both(expressionSource(part, to), (code) => to.out.keep(e.type === 'date' ? code : rescaled(code, part.scale, e.scale, to.out))),
  )

function extreme(e: Expression & { readonly of: readonly Expression[] }, op: 'min' | 'max', to: ExpressionScope): Ends {
  const parts = aligned(e, e.of, to)
  const strict = op === 'min' ? 'least' : 'greatest'
  if (e.type === 'date') {
    const known = parts.map((part) => knownOf(part, to.out))
    return one(extremeOf(strict, false, known, to.out))
  }
  // A minimum is at most any known part: one side skips what is unknown.
  const side = (end: keyof Ends, skips: boolean): string =>
    extremeOf(
      strict,
      skips,
      parts.map((part) => part[end]),
      to.out,
    )
  return { lo: side('lo', op === 'max'), hi: side('hi', op === 'min') }
}

const multiplied = (factors: readonly string[]): string =>
  factors.slice(1).reduce((all, factor, index) => `times(${index === 0 ? all : `inner(${all})`},${factor})`, factors[0] ?? '1')

function product(of: readonly Expression[], to: ExpressionScope): Ends {
  const parts = of.map((part) => expressionSource(part, to))
  const known = parts.map((part) => knownOf(part, to.out))
  const [a, b, ...more] = known
  if (parts.every(isOne)) return one(a && b && more.length === 0 ? times(a, b, to.out) : to.out.keep(multiplied(known)))
  const bound = (side: keyof Ends): string => {
    const arms = parts.flatMap((part, index) => {
      if (isOne(part)) return []
      const others = known.filter((_, other) => other !== index)
      return [`${others.map((other) => `${other}>0`).join('&&')}?${multiplied([...others, part[side]])}:`]
    })
    return to.out.keep(`${known.map((code) => `${code}===${code}`).join('&&')}?${multiplied(known)}:${arms.join('')}NaN`)
  }
  return { lo: bound('lo'), hi: bound('hi') }
}

function division(e: Expression, [above, below]: [Expression, Expression], to: ExpressionScope): Ends {
  const a = expressionSource(above, to)
  const b = knownOf(expressionSource(below, to), to.out)
  // a·10^-sa / b·10^-sb at scale s is a·10^(s + sb - sa) / b; a negative power goes to the divisor.
  const shift = e.scale + below.scale - above.scale
  const divisor = shift < 0 ? to.out.keep(`times(${b},${powerOfTen(-shift)})`) : b
  const divide = (code: string): string => quotient(shift > 0 ? times(code, powerOfTen(shift), to.out) : code, divisor, to.out)
  if (isOne(a)) return one(to.out.keep(divide(a.lo)))
  return both(a, (code) => to.out.keep(`${b}>0||${a.lo}===${a.hi}?${divide(code)}:NaN`))
}

type Table = Map<number, Table | number>

function tableOf(rows: ParameterEpoch['rows'], codes: readonly Codes[]): Table {
  const table: Table = new Map()
  for (const { keys, value } of rows) {
    const places = keys.map((key, index) => (typeof key === 'string' ? (codes[index] ?? []).indexOf(key) : key))
    let at = table
    for (const place of places.slice(0, -1)) {
      const next = at.get(place)
      const deeper: Table = next instanceof Map ? next : new Map()
      at.set(place, deeper)
      at = deeper
    }
    at.set(places.at(-1) as number, value)
  }
  return table
}
