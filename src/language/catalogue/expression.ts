import { at } from '../../kernel/diagnostic.ts'
import type { ValueType } from '../fact-space.ts'
import { type Findings, isObject, quote } from './diagnostics.ts'
import { bandValue, literal, scaledLiteral } from './expression-literal.ts'
import type { Parameter } from './parameter.ts'
import { DIMENSIONLESS, divideUnits, multiplyUnits, sameUnit } from './unit.ts'

/** What an expression yields. A literal's unit is null: it takes the unit of what it stands beside. */
export interface ExpressionType {
  readonly type: ValueType
  readonly scale: number
  readonly unit: string | null
  readonly nonNegative: boolean
  readonly bounded: boolean
  /** Closed list of a category; a category without one is free text or a reference, which can be counted apart and nothing else. */
  readonly codes?: readonly string[] | null
}

export interface ExpressionName extends ExpressionType {
  readonly name: string
}

type Node =
  | { readonly op: 'literal'; readonly value: number }
  | { readonly op: 'name'; readonly name: string }
  | { readonly op: 'add' | 'subtract' | 'multiply' | 'divide' | 'min' | 'max'; readonly of: readonly Expression[] }
  | { readonly op: 'yearsBetween' | 'monthsBetween' | 'daysBetween'; readonly from: Expression; readonly to: Expression }
  | { readonly op: 'year'; readonly of: Expression }
  | {
      readonly op: 'band'
      readonly of: Expression
      readonly bands: readonly { readonly below: number; readonly value: number | string }[]
      readonly otherwise: number | string
    }
  | { readonly op: 'lookUp'; readonly table: Parameter; readonly keys: readonly Expression[] }

export type Expression = ExpressionType & Node

export interface ExpressionScope {
  readonly name: (id: string) => ExpressionName | undefined
  readonly names: () => readonly string[]
  readonly table: (id: string) => Parameter | undefined
  /** Closed list of the category that the place wants, for bands that yield codes. */
  readonly codes: readonly string[] | null
  readonly wantScale: number
}

/** Deeper expressions, and longer bands and lists of choices, are refused: everything that passes can be compiled. */
const MOST_DEPTH = 20
const MOST_BANDS = 200

/** Scale of a division that is not the outermost operation: the outermost takes the scale that its place declares. */
export const INNER_DIVISION_SCALE = 6
const MONTHS_PER_YEAR = 12

/** Checks and types one expression; reports every error found and returns undefined if there is any. */
export function checkExpression(json: unknown, pointer: string, scope: ExpressionScope, out: Findings, depth = 0): Expression | undefined {
  if (depth > MOST_DEPTH)
    return out.error('expression-too-deep', pointer, `an expression is at most ${MOST_DEPTH} operations deep`, {
      hint: 'name the inner part as a fact of its own',
    })
  if (typeof json === 'number') return literal(json, pointer, out)
  if (typeof json === 'boolean')
    return { op: 'literal', value: Number(json), type: 'boolean', scale: 0, unit: null, nonNegative: true, bounded: false }
  if (typeof json === 'string') {
    const found = scope.name(json)
    if (found) return { op: 'name', ...found }
    return out.error('unknown-name', pointer, `${quote(json)} is not known here`, { expected: scope.names().join(', ') })
  }
  const keys = isObject(json) ? Object.keys(json) : []
  const op = keys[0]
  if (!isObject(json) || op === undefined || keys.length !== 1 || !Object.hasOwn(OPERATIONS, op)) {
    return out.error('unknown-operation', pointer, `${quote(json)} is not one operation`, { expected: Object.keys(OPERATIONS).join(', ') })
  }
  return OPERATIONS[op]?.(json[op], at(pointer, op), { scope, out, depth })
}

interface Context {
  readonly scope: ExpressionScope
  readonly out: Findings
  /** 0 for the outermost operation. */
  readonly depth: number
}
type Check = (json: unknown, pointer: string, context: Context) => Expression | undefined

const OPERATIONS: Readonly<Record<string, Check>> = {
  add: (json, pointer, context) => sameUnits('add', json, pointer, context, 2, 50),
  subtract: (json, pointer, context) => sameUnits('subtract', json, pointer, context, 2, 2),
  min: (json, pointer, context) => sameUnits('min', json, pointer, context, 2, 50),
  max: (json, pointer, context) => sameUnits('max', json, pointer, context, 2, 50),
  multiply(json, pointer, context) {
    const of = operands(json, pointer, context, 2, 6)
    if (!of || !numeric(of, pointer, context.out)) return undefined
    const scale = of.reduce((sum, e) => sum + e.scale, 0)
    const unit = of.reduce<string>((all, e) => multiplyUnits(all, e.unit ?? DIMENSIONLESS), DIMENSIONLESS)
    return {
      op: 'multiply',
      of,
      type: 'decimal',
      scale,
      unit,
      nonNegative: of.every((e) => e.nonNegative),
      bounded: of.some((e) => e.bounded),
    }
  },
  divide: (json, pointer, context) => division(json, pointer, context, false),
  ratio: (json, pointer, context) => division(json, pointer, context, true),
  perMonth: (json, pointer, context) => convert(json, pointer, context, 'year', 'month'),
  perYear: (json, pointer, context) => convert(json, pointer, context, 'month', 'year'),
  yearsBetween: (json, pointer, context) => between('yearsBetween', 'years', json, pointer, context),
  monthsBetween: (json, pointer, context) => between('monthsBetween', 'months', json, pointer, context),
  daysBetween: (json, pointer, context) => between('daysBetween', 'days', json, pointer, context),
  year(json, pointer, { scope, out, depth }) {
    const of = checkExpression(json, pointer, scope, out, depth + 1)
    if (!of) return undefined
    if (of.type !== 'date') return out.error('expression-type', pointer, 'the year is taken of a date', { expected: 'a date' })
    return { op: 'year', of, type: 'integer', scale: 0, unit: 'years', nonNegative: true, bounded: false }
  },
  band(json, pointer, { scope, out, depth }) {
    if (!isObject(json) || !Array.isArray(json['bands']) || json['bands'].length === 0 || json['bands'].length > MOST_BANDS) {
      return out.error('bad-band', pointer, `a band needs of, 1 to ${MOST_BANDS} bands and otherwise`, {
        expected: '{"of", "bands": [{"below", "value"}], "otherwise"}',
      })
    }
    const of = checkExpression(json['of'], at(pointer, 'of'), scope, out, depth + 1)
    if (!of || !numeric([of], at(pointer, 'of'), out)) return undefined
    let last = -Infinity
    const bands = json['bands'].flatMap((entry: unknown, index) => {
      const here = at(at(pointer, 'bands'), index)
      const below = scaledLiteral(isObject(entry) ? entry['below'] : undefined, of.scale, at(here, 'below'), out)
      const value = bandValue(isObject(entry) ? entry['value'] : undefined, scope, at(here, 'value'), out)
      if (below === undefined || value === undefined) return []
      if (below <= last)
        out.error('bands-order', at(here, 'below'), 'bands are written in ascending order', { hint: 'sort the bands by `below`' })
      last = below
      return [{ below, value }]
    })
    const otherwise = bandValue(json['otherwise'], scope, at(pointer, 'otherwise'), out)
    if (otherwise === undefined) return undefined
    const scale = scope.codes ? 0 : scope.wantScale
    const nonNegative = [...bands.map((b) => b.value), otherwise].every((v) => typeof v === 'number' && v >= 0)
    return {
      op: 'band',
      of,
      bands,
      otherwise,
      type: scope.codes ? 'category' : 'decimal',
      scale,
      unit: null,
      nonNegative,
      bounded: false,
      codes: scope.codes,
    }
  },
  lookUp(json, pointer, { scope, out, depth }) {
    const name = isObject(json) ? json['table'] : undefined
    const table = typeof name === 'string' ? scope.table(name) : undefined
    if (!table) return out.error('unknown-parameter', at(pointer, 'table'), `${quote(name)} is not a parameter`)
    const keys = operands(isObject(json) ? json['keys'] : undefined, at(pointer, 'keys'), { scope, out, depth }, 1, 4)
    if (!keys) return undefined
    if (keys.length !== table.keys.length) {
      return out.error('look-up-keys', at(pointer, 'keys'), `${table.id} is looked up by ${table.keys.length} keys, not ${keys.length}`, {
        expected: table.keys.join(', '),
      })
    }
    const sample = table.epochs[0]?.rows[0]?.keys ?? []
    keys.forEach((key, index) => {
      const wanted = typeof sample[index] === 'string' ? 'category' : 'integer'
      if (key.type !== wanted || (wanted === 'category' && !key.codes))
        out.error('look-up-key-type', at(at(pointer, 'keys'), index), `a key of ${table.id} is ${wanted}, this is ${key.type}`)
    })
    const nonNegative = table.epochs.every((epoch) => epoch.rows.every((row) => row.value >= 0))
    return { op: 'lookUp', table, keys, type: table.type, scale: table.scale, unit: table.unit, nonNegative, bounded: false }
  },
}

export const OPERATION_NAMES: readonly string[] = Object.keys(OPERATIONS)

function operands(json: unknown, pointer: string, { scope, out, depth }: Context, least: number, most: number): Expression[] | undefined {
  if (!Array.isArray(json) || json.length < least || json.length > most) {
    return out.error('operands', pointer, `this takes a list of ${least === most ? least : `${least} to ${most}`} operands`)
  }
  const checked = json.map((entry: unknown, index) => checkExpression(entry, at(pointer, index), scope, out, depth + 1))
  return checked.every((e) => e !== undefined) ? checked : undefined
}

const numeric = (list: readonly Expression[], pointer: string, out: Findings): boolean => {
  const wrong = list.findIndex((e) => e.type !== 'integer' && e.type !== 'decimal')
  if (wrong >= 0)
    out.error('expression-type', list.length > 1 ? at(pointer, wrong) : pointer, `a number is needed here, this is ${list[wrong]?.type}`, {
      expected: 'integer or decimal',
    })
  return wrong < 0
}

function sameUnits(
  op: 'add' | 'subtract' | 'min' | 'max',
  json: unknown,
  pointer: string,
  context: Context,
  least: number,
  most: number,
): Expression | undefined {
  const of = operands(json, pointer, context, least, most)
  if (!of) return undefined
  const dates = (op === 'min' || op === 'max') && of.every((e) => e.type === 'date')
  if (!dates && !numeric(of, pointer, context.out)) return undefined
  const unit = of.find((e) => e.unit !== null)?.unit ?? null
  const other = of.findIndex((e) => e.unit !== null && !sameUnit(e.unit, unit))
  if (other >= 0) {
    return context.out.error('units-differ', at(pointer, other), `${of[other]?.unit} cannot be put together with ${unit}`, {
      expected: unit ?? '',
      hint: 'convert the period with perMonth or perYear, or use amounts of one unit',
    })
  }
  const scale = Math.max(...of.map((e) => e.scale))
  const nonNegative = op !== 'subtract' && of.every((e) => e.nonNegative)
  const bounded = op !== 'subtract' && !dates && of.some((e) => e.bounded)
  return { op, of, type: dates ? 'date' : scale > 0 ? 'decimal' : 'integer', scale, unit, nonNegative, bounded }
}

function division(json: unknown, pointer: string, context: Context, ratio: boolean): Expression | undefined {
  const of = operands(json, pointer, context, 2, 2)
  if (!of || !numeric(of, pointer, context.out)) return undefined
  const [above, below] = of as [Expression, Expression]
  if (ratio && above.unit !== null && below.unit !== null && !sameUnit(above.unit, below.unit)) {
    return context.out.error('units-differ', pointer, `a ratio is of two amounts of one unit, not ${above.unit} and ${below.unit}`, {
      hint: 'use divide for a rate',
    })
  }
  const unit = divideUnits(
    above.unit ?? (ratio ? (below.unit ?? DIMENSIONLESS) : DIMENSIONLESS),
    below.unit ?? (ratio ? (above.unit ?? DIMENSIONLESS) : DIMENSIONLESS),
  )
  const scale = context.depth === 0 ? context.scope.wantScale : INNER_DIVISION_SCALE
  return { op: 'divide', of, type: 'decimal', scale, unit, nonNegative: above.nonNegative && below.nonNegative, bounded: above.bounded }
}

function convert(json: unknown, pointer: string, context: Context, from: 'month' | 'year', to: 'month' | 'year'): Expression | undefined {
  const of = checkExpression(json, pointer, context.scope, context.out, context.depth + 1)
  if (!of || !numeric([of], pointer, context.out)) return undefined
  if (of.unit === null || !of.unit.endsWith(`/${from}`)) {
    return context.out.error('period', pointer, `an amount per ${from} is needed here, this is ${of.unit ?? 'a plain number'}`, {
      expected: `JOD/${from}`,
    })
  }
  const unit = `${of.unit.slice(0, -from.length)}${to}`
  const twelve: Expression = {
    op: 'literal',
    value: MONTHS_PER_YEAR,
    type: 'integer',
    scale: 0,
    unit: DIMENSIONLESS,
    nonNegative: true,
    bounded: false,
  }
  const scale = from === 'month' ? of.scale : context.depth === 0 ? context.scope.wantScale : INNER_DIVISION_SCALE
  return {
    op: from === 'month' ? 'multiply' : 'divide',
    of: [of, twelve],
    type: 'decimal',
    scale,
    unit,
    nonNegative: of.nonNegative,
    bounded: of.bounded,
  }
}

function between(
  op: 'yearsBetween' | 'monthsBetween' | 'daysBetween',
  unit: string,
  json: unknown,
  pointer: string,
  context: Context,
): Expression | undefined {
  const of = operands(json, pointer, context, 2, 2)
  if (!of) return undefined
  const wrong = of.findIndex((e) => e.type !== 'date')
  if (wrong >= 0)
    return context.out.error('expression-type', at(pointer, wrong), `a date is needed here, this is ${of[wrong]?.type}`, {
      expected: 'a date, or asOf',
    })
  const [from, to] = of as [Expression, Expression]
  return { op, from, to, type: 'integer', scale: 0, unit, nonNegative: false, bounded: false }
}
