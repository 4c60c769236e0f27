/** Checks one term: its kind, its fact, its numbers, what it can give at least and at most. */
import { scaledOfNumber } from '../../kernel/decimal.ts'
import { at } from '../../kernel/diagnostic.ts'
import { checkCondition } from '../condition/check.ts'
import type { Definitions } from '../condition/definition.ts'
import { quote } from '../diagnostic-codes.ts'
import type { FactSpace, FactType, ValueType, Words } from '../fact-space.ts'
import { didYouMean } from '../nearest.ts'
import { shapeDiagnostics } from '../shape.ts'
import { divisorOf, inDomain, linearContribution, productIsExact, transformed } from './contribution.ts'
import type { BandsTerm, CategoriesTerm, ConditionalTerm, LinearTerm, Term, UnknownPolicy } from './formula.ts'
import { POINT_SCALE } from './formula.ts'
import type { Report } from './formula-diagnostics.ts'
import type { TermJson } from './schema.ts'
import { BandsTermSchema, CategoriesTermSchema, ConditionalTermSchema, LinearTermSchema } from './schema.ts'

export interface TermContext {
  readonly space: FactSpace
  readonly definitions: Definitions
  readonly out: Report
}

type Kind = Term['kind']
const schemas = {
  linear: LinearTermSchema,
  bands: BandsTermSchema,
  categories: CategoriesTermSchema,
  conditional: ConditionalTermSchema,
}

/** The checked term, or undefined with every error in `context.out`. */
export function checkTerm(json: unknown, pointer: string, context: TermContext): Term | undefined {
  const kind = kindOf(json, pointer, context.out)
  if (!kind) return undefined
  const shape = shapeDiagnostics(schemas[kind], json, pointer)
  context.out.list.push(...shape)
  if (shape.length > 0) return undefined
  const before = context.out.list.length
  const term = build(kind, json as TermJson, pointer, context)
  if (!term || context.out.list.slice(before).some((finding) => finding.severity === 'error')) return undefined
  checkImputed(term, pointer, context.out)
  return term
}

function kindOf(json: unknown, pointer: string, out: Report): Kind | undefined {
  if (!isObject(json)) return out.error('wrong-type', pointer, `${quote(json)} stands where a term is needed`, { expected: 'an object' })
  const marks: readonly (readonly [Kind, boolean])[] = [
    ['linear', 'weight' in json || 'transform' in json || 'clamp' in json],
    ['bands', 'bands' in json],
    ['categories', isObject(json['points'])],
    ['conditional', 'when' in json],
  ]
  const kinds = marks.flatMap(([kind, present]) => (present ? [kind] : []))
  const expected = 'one of `weight`, `bands`, `points` by code, `when`'
  if (kinds.length > 1)
    return out.error('term-kinds-several', pointer, `this term is ${kinds.join(' and ')} at once`, { expected, hint: 'write two terms' })
  return (
    kinds[0] ?? out.error('term-kind-missing', pointer, 'this term says neither weight nor bands nor points nor condition', { expected })
  )
}

function build(kind: Kind, json: TermJson, pointer: string, context: TermContext): Term | undefined {
  const unknown = unknownPolicy(json, pointer, context.out)
  if ('when' in json) return conditional(json, { id: json.id, label: json.label, unknown }, pointer, context)
  const allowed: readonly ValueType[] = kind === 'categories' ? ['category'] : ['integer', 'decimal']
  const found = factOf(json.fact, allowed, at(pointer, 'fact'), context)
  if (!found) return undefined
  const common = { id: json.id, label: json.label ?? found.type.label, unknown, slot: found.slot }
  if ('bands' in json) return bands(json, common, found.type, pointer, context.out)
  if ('weight' in json) return linear(json, common, found.type, pointer, context.out)
  return categories(json, common, found.type, pointer, context.out)
}

interface Common {
  readonly id: string
  readonly label: Words
  readonly unknown: UnknownPolicy
  readonly slot: number
}

function linear(
  json: Extract<TermJson, { weight: number }>,
  common: Common,
  type: FactType,
  pointer: string,
  out: Report,
): LinearTerm | undefined {
  const { scale } = type
  const weight = points(json.weight, at(pointer, 'weight'), out)
  const low = scaled(json.clamp[0], scale, at(at(pointer, 'clamp'), 0), out)
  const high = scaled(json.clamp[1], scale, at(at(pointer, 'clamp'), 1), out)
  if (weight === undefined || low === undefined || high === undefined) return undefined
  if (low >= high)
    return out.error('clamp-order', at(pointer, 'clamp'), `${quote(json.clamp)} is empty`, { expected: '[low, high], low below high' })
  const transform = json.transform ?? 'identity'
  const unit = 10 ** scale
  if (!inDomain(transform, low, unit)) {
    const least = { ln: 'above 0', ln1p: 'above -1', sqrt: '0 or more', identity: 'of any size' }[transform]
    return out.error('transform-domain', at(at(pointer, 'clamp'), 0), `${transform} is not defined at ${json.clamp[0]}`, {
      expected: `a lower end ${least}`,
      hint: transform === 'ln' ? 'raise the lower end of the clamp, or use ln1p' : 'raise the lower end of the clamp',
    })
  }
  const ends = [low, high].map((value) => transformed(transform, value, unit))
  if (!ends.every((value) => productIsExact(weight, value, divisorOf(transform, unit)))) {
    return out.error('product-range', at(pointer, 'clamp'), `${json.weight} times the clamped fact leaves the exact range`, {
      expected: 'products within ±2^53',
      hint: 'narrow the clamp',
    })
  }
  const term = { ...common, kind: 'linear' as const, scale, weight, transform, low, high }
  const [a, b] = [linearContribution(term, low), linearContribution(term, high)]
  return { ...term, least: Math.min(a, b), most: Math.max(a, b) }
}

function bands(
  json: Extract<TermJson, { bands: unknown }>,
  common: Common,
  type: FactType,
  pointer: string,
  out: Report,
): BandsTerm | undefined {
  const here = at(pointer, 'bands')
  const limits = json.bands.map((band, index) => scaled(band.below, type.scale, at(at(here, index), 'below'), out))
  const given = json.bands.map((band, index) => points(band.points, at(at(here, index), 'points'), out))
  const all = [...given, points(json.otherwise, at(pointer, 'otherwise'), out)]
  if (!limits.every(isNumber) || !all.every(isNumber)) return undefined
  ascending(limits, (index) => at(at(here, index), 'below'), out)
  return { ...common, kind: 'bands', limits, points: all, ...range(all) }
}

function categories(
  json: Extract<TermJson, { fact: string; points: unknown }>,
  common: Common,
  type: FactType,
  pointer: string,
  out: Report,
): CategoriesTerm | undefined {
  const codes = type.codes ?? []
  const byCode = new Map<string, number | undefined>()
  for (const [code, value] of Object.entries(json.points)) {
    const here = at(at(pointer, 'points'), code)
    if (codes.includes(code)) byCode.set(code, points(value, here, out))
    else
      out.error('literal-code', here, `${quote(code)} is not a code of ${type.id}`, {
        expected: codes.join(', '),
        hint: didYouMean(code, codes),
      })
  }
  const missing = codes.filter((code) => !byCode.has(code))
  const otherwise = json.otherwise === undefined ? undefined : points(json.otherwise, at(pointer, 'otherwise'), out)
  if (json.otherwise === undefined && missing.length > 0) {
    out.error('categories-uncovered', at(pointer, 'points'), `no points for ${missing.join(', ')}`, {
      expected: 'points for every code',
      hint: 'add the codes, or `otherwise`',
    })
  }
  if (json.otherwise !== undefined && missing.length === 0) {
    out.error('categories-otherwise-unused', at(pointer, 'otherwise'), 'every code has its own points', { hint: 'remove `otherwise`' })
  }
  const all = codes.map((code) => byCode.get(code) ?? otherwise)
  return all.every(isNumber) && all.length > 0 ? { ...common, kind: 'categories', points: all, ...range(all) } : undefined
}

function conditional(
  json: Extract<TermJson, { when: unknown }>,
  common: Omit<Common, 'slot'>,
  pointer: string,
  context: TermContext,
): ConditionalTerm | undefined {
  const checked = checkCondition(json.when, at(pointer, 'when'), {
    space: context.space,
    definitions: context.definitions,
    allowFactValue: true,
  })
  context.out.list.push(...checked.diagnostics)
  const when = points(json.points, at(pointer, 'points'), context.out)
  const otherwise = points(json.else, at(pointer, 'else'), context.out)
  if (!checked.condition || when === undefined || otherwise === undefined) return undefined
  return { ...common, kind: 'conditional', condition: checked.condition, points: when, otherwise, ...range([when, otherwise]) }
}

function unknownPolicy(json: TermJson, pointer: string, out: Report): UnknownPolicy {
  if (json.unknown === 'undetermined') return { kind: 'undetermined' }
  const { imputed } = json.unknown
  const value = points(imputed.points, at(at(at(pointer, 'unknown'), 'imputed'), 'points'), out)
  return { kind: 'imputed', points: value ?? 0, reason: imputed.reason }
}

function checkImputed(term: Term, pointer: string, out: Report): void {
  if (term.unknown.kind !== 'imputed') return
  const { points: value } = term.unknown
  if (value >= term.least && value <= term.most) return
  const [least, most] = [term.least / 1e6, term.most / 1e6]
  out.error('imputed-outside', at(at(at(pointer, 'unknown'), 'imputed'), 'points'), `${value / 1e6} is outside what the term can give`, {
    expected: `${least} to ${most}`,
  })
}

function factOf(
  id: string,
  allowed: readonly ValueType[],
  pointer: string,
  { space, out }: TermContext,
): { slot: number; type: FactType } | undefined {
  const slot = space.slot(id)
  const type = slot === undefined ? undefined : space.types[slot]
  if (slot === undefined || !type) {
    const names = space.types.map((known) => known.id)
    return out.error('fact-unknown', pointer, `${quote(id)} is not a fact of ${space.name}`, {
      expected: 'a catalogued fact',
      hint: didYouMean(id, names),
    })
  }
  if (allowed.includes(type.type)) return { slot, type }
  const hint = {
    category: 'give points by code',
    boolean: 'use a conditional term (`when`)',
    date: 'use a derived fact that counts years or months',
  }[type.type as string]
  return out.error('term-fact-type', pointer, `${type.id} is ${type.type}`, {
    expected: allowed.join(' or '),
    hint: hint ?? 'use bands or a weight',
  })
}

/** Points and weights: decimals of at most 6 places. */
export const points = (value: number, pointer: string, out: Report): number | undefined => scaled(value, POINT_SCALE, pointer, out)

export function scaled(value: number, scale: number, pointer: string, out: Report): number | undefined {
  const result = scaledOfNumber(value, scale)
  if (result.ok) return result.value
  if (result.error === 'too-many-places')
    return out.error('literal-places', pointer, `${value} has more than ${scale} places`, { expected: `at most ${scale} places` })
  return out.error('literal-range', pointer, `${value} cannot be kept exactly`, {
    expected: 'at most 15 significant digits, within ±2^53 of the smallest unit',
  })
}

export function ascending(limits: readonly number[], pointerOf: (index: number) => string, out: Report): void {
  limits.forEach((limit, index) => {
    if (index > 0 && limit <= (limits[index - 1] ?? 0)) {
      out.error('bands-order', pointerOf(index), 'the limit is not above the one before it', {
        expected: 'ascending limits, each once',
        hint: 'sort them',
      })
    }
  })
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const range = (all: readonly number[]): { least: number; most: number } => ({ least: Math.min(...all), most: Math.max(...all) })
const isNumber = (value: number | undefined): value is number => value !== undefined
