/** Checks an aggregate: what it ranges over, what it takes of each row, and that the result fits its fact. */
import { isScale, MAX_SCALE } from '../../kernel/decimal.ts'
import { at } from '../../kernel/diagnostic.ts'
import { factSpace, type FactSpace, type FactType } from '../fact-space.ts'
import {
  type Aggregate,
  AGGREGATE_FUNCTIONS,
  type AggregateFunction,
  type AggregateRange,
  type LetColumn,
  type Relation,
  RELATIONS,
} from './catalogue.ts'
import { isObject, quote } from './diagnostics.ts'
import { checkExpression, type Expression, type ExpressionName, type ExpressionScope } from './expression.ts'
import { AS_OF, conditionOver, type DefinitionContext, emptyValue, readsOf, yields } from './definition-context.ts'
import type { FactHeader } from './fact-header.ts'
import { columnType, type RegistryShape } from './registry-shape.ts'
import { parseUnit, sameUnit } from './unit.ts'

const KEYS = new Set(['function', 'over', 'let', 'where', 'window', 'of', 'date', 'empty'])
const NEEDS_OF: readonly AggregateFunction[] = ['countDistinct', 'sum', 'mean', 'max', 'min', 'latest']
const COUNTS: readonly AggregateFunction[] = ['count', 'countDistinct', 'longestRun']
const BOOLEAN: readonly AggregateFunction[] = ['any', 'every']
const MOST_MONTHS = 600

/** Checks an aggregate over members, relatives or a registry's rows. */
export function checkAggregate(json: unknown, header: FactHeader, pointer: string, context: DefinitionContext): Aggregate | undefined {
  const { out } = context
  if (!isObject(json))
    return out.error('aggregate-shape', pointer, `${quote(json)} is not an aggregate`, { expected: '{"function", "over", ...}' })
  for (const key of Object.keys(json))
    if (!KEYS.has(key))
      out.error('unknown-key', at(pointer, key), `${quote(key)} is not a key of an aggregate`, { expected: [...KEYS].join(', ') })
  const fn = AGGREGATE_FUNCTIONS.find((name) => name === json['function'])
  if (!fn)
    return out.error('unknown-function', at(pointer, 'function'), `${quote(json['function'])} is not an aggregate`, {
      expected: AGGREGATE_FUNCTIONS.join(', '),
    })
  const over = checkRange(json['over'], header, at(pointer, 'over'), context)
  if (!over) return undefined
  const lets = over.kind === 'registry' ? checkLets(json['let'], over.registry, header, at(pointer, 'let'), context) : []
  const space = over.kind === 'relatives' ? context.spaces.person : rowSpace(over.registry, lets)
  const where = json['where'] === undefined ? null : (conditionOver(json['where'], at(pointer, 'where'), space, context) ?? null)
  if (over.kind === 'relatives' && where && !readsOf(where, context)) return undefined
  const scope = over.kind === 'relatives' ? personScope(header, context) : rowScope(over.registry, lets, header, context)
  const of = json['of'] === undefined ? null : (checkExpression(json['of'], at(pointer, 'of'), scope, out) ?? null)
  if (json['of'] !== undefined && !of) return undefined
  if (json['where'] !== undefined && !where) return undefined
  const date = checkDate(json['date'], over, lets, fn, at(pointer, 'date'), context)
  const window = checkWindow(json['window'], over, lets, at(pointer, 'window'), context)
  if (!resultFits(fn, of, where, header, pointer, context)) return undefined
  return {
    kind: 'aggregate',
    function: fn,
    over,
    space,
    lets,
    where,
    window,
    of,
    date,
    empty: emptyValue(json['empty'], header, at(pointer, 'empty'), out),
  }
}

function checkRange(json: unknown, header: FactHeader, pointer: string, context: DefinitionContext): AggregateRange | undefined {
  const { out } = context
  if (isObject(json) && typeof json['registry'] === 'string') {
    const registry = context.registries.get(json['registry'])
    return registry
      ? { kind: 'registry', registry }
      : out.error('unknown-registry', at(pointer, 'registry'), `${quote(json['registry'])} is not a registry`)
  }
  const relation = isObject(json) ? RELATIONS.find((name) => name === json['relatives']) : undefined
  if (!isObject(json) || !relation)
    return out.error('aggregate-over', pointer, `${quote(json)} is not something to aggregate over`, {
      expected: '{"registry": id} or {"relatives": ..., "within": ...}',
    })
  const ofHousehold: Relation = 'members'
  if ((header.entity === 'household') !== (relation === ofHousehold)) {
    return out.error('aggregate-over', at(pointer, 'relatives'), `a ${header.entity} fact does not range over ${relation}`, {
      hint: 'household facts range over members, person facts over relatives',
    })
  }
  const within = json['within'] ?? 'household'
  if (within !== 'household' && within !== 'anywhere')
    return out.error('aggregate-within', at(pointer, 'within'), `${quote(within)} is not a range`, { expected: 'household or anywhere' })
  if (within === 'anywhere' && (relation === 'members' || relation === 'otherMembers'))
    return out.error('aggregate-within', at(pointer, 'within'), `${relation} are of the household`)
  return { kind: 'relatives', relation, within }
}

function checkLets(json: unknown, registry: RegistryShape, header: FactHeader, pointer: string, context: DefinitionContext): LetColumn[] {
  if (json === undefined) return []
  if (!isObject(json))
    return (context.out.error('let-shape', pointer, 'let names row expressions', { expected: '{"name": {"type", "unit", "value"}}' }), [])
  return Object.entries(json).flatMap(([name, entry]) => {
    const here = at(pointer, name)
    if (
      !isObject(entry) ||
      !/^[a-z][A-Za-z0-9]*$/.test(name) ||
      name === AS_OF_TYPE.id ||
      registry.columns.some((column) => column.name === name)
    ) {
      context.out.error('let-shape', here, `${quote(name)} needs a new camelCase name, a type and a value`)
      return []
    }
    const scale = entry['type'] === 'decimal' ? (entry['scale'] ?? 0) : 0
    if (!isScale(scale)) {
      context.out.error('fact-scale', at(here, 'scale'), `a decimal has a scale of 0 to ${MAX_SCALE} places`, { expected: '3 for JOD' })
      return []
    }
    const type: FactType = {
      id: name,
      type: entry['type'] as FactType['type'],
      scale,
      unit: typeof entry['unit'] === 'string' && parseUnit(entry['unit']) ? entry['unit'] : null,
      codes: null,
      codeLabels: null,
      label: { en: name, ar: name },
      protected: false,
    }
    const scope: ExpressionScope = { ...rowScope(registry, [], header, context), wantScale: type.scale, codes: null }
    const value = checkExpression(entry['value'], at(here, 'value'), scope, context.out)
    if (!value) return []
    // A category takes the codes of what it names.
    const named = { ...type, codes: value.codes ?? null, codeLabels: codeLabelsOf(registry, value) }
    return yields(named, value, here, context.out) ? [{ type: named, value }] : []
  })
}

const codeLabelsOf = (registry: RegistryShape, value: Expression): FactType['codeLabels'] =>
  (value.op === 'name' ? registry.columns.find(({ name }) => name === value.name)?.codeLabels : null) ?? null

const rowSpace = (registry: RegistryShape, lets: readonly LetColumn[]): FactSpace =>
  factSpace(registry.id, [
    ...registry.columns.flatMap((column) => columnType(column) ?? []),
    ...lets.map((column) => column.type),
    AS_OF_TYPE,
  ])

const AS_OF_TYPE: FactType = {
  id: 'asOf',
  type: 'date',
  scale: 0,
  unit: null,
  codes: null,
  codeLabels: null,
  label: { en: 'As-of date', ar: 'تاريخ الاحتساب' },
  protected: false,
}

function rowScope(registry: RegistryShape, lets: readonly LetColumn[], header: FactHeader, context: DefinitionContext): ExpressionScope {
  const names = new Map<string, ExpressionName>([['asOf', AS_OF]])
  for (const column of registry.columns) {
    const type = columnType(column)
    // Text and references can be counted apart, and nothing else: they enter as a category without codes.
    const shape = type ?? { type: 'category' as const, scale: 0, unit: null }
    names.set(column.name, {
      name: column.name,
      type: shape.type,
      scale: shape.scale,
      unit: shape.unit,
      nonNegative: column.nonNegative,
      bounded: false,
      codes: column.codes,
    })
  }
  for (const { type, value } of lets)
    names.set(type.id, {
      name: type.id,
      type: type.type,
      scale: type.scale,
      unit: type.unit,
      nonNegative: value.nonNegative,
      bounded: false,
      codes: type.codes,
    })
  return {
    name: (id) => names.get(id),
    names: () => [...names.keys()],
    table: (id) => context.parameters.get(id),
    codes: header.codes,
    wantScale: header.scale,
  }
}

function personScope(header: FactHeader, context: DefinitionContext): ExpressionScope {
  return {
    name(id) {
      if (id === 'asOf') return AS_OF
      const fact = context.fact(id)
      if (!fact || fact.entity !== 'person') return undefined
      context.reads.add(id)
      return {
        name: id,
        type: fact.type,
        scale: fact.scale,
        unit: fact.unit,
        nonNegative: fact.nonNegative,
        bounded: fact.bounded,
        codes: fact.codes,
      }
    },
    names: () => context.spaces.person.types.map((type) => type.id),
    table: (id) => context.parameters.get(id),
    codes: header.codes,
    wantScale: header.scale,
  }
}

function checkDate(
  json: unknown,
  over: AggregateRange,
  lets: readonly LetColumn[],
  fn: AggregateFunction,
  pointer: string,
  context: DefinitionContext,
): string | null {
  const needed = fn === 'latest' || fn === 'longestRun'
  if (json === undefined && !needed) return null
  if (isDateColumn(json, over, lets)) return json
  context.out.error('aggregate-date', pointer, `${fn} needs the name of a date column`, { expected: 'a date column of the registry' })
  return null
}

function checkWindow(
  json: unknown,
  over: AggregateRange,
  lets: readonly LetColumn[],
  pointer: string,
  context: DefinitionContext,
): Aggregate['window'] {
  if (json === undefined) return null
  const months = isObject(json) ? json['months'] : undefined
  const date = isObject(json) ? json['date'] : undefined
  if (typeof months === 'number' && Number.isInteger(months) && months > 0 && months <= MOST_MONTHS && isDateColumn(date, over, lets))
    return { months, date }
  context.out.error('aggregate-window', pointer, 'a window has months and a date column of the registry', {
    expected: '{"months": 12, "date": "..."}',
  })
  return null
}

const isDateColumn = (name: unknown, over: AggregateRange, lets: readonly LetColumn[]): name is string =>
  over.kind === 'registry' &&
  (over.registry.columns.some((column) => column.name === name && column.type === 'date') ||
    lets.some(({ type }) => type.id === name && type.type === 'date'))

function resultFits(
  fn: AggregateFunction,
  of: Expression | null,
  where: unknown,
  header: FactHeader,
  pointer: string,
  { out }: DefinitionContext,
): boolean {
  const wrong = (message: string, hint = '') => (out.error('definition-type', pointer, message, hint ? { hint } : {}), false)
  if (NEEDS_OF.includes(fn) && !of) return wrong(`${fn} needs "of": what is taken of each row`)
  if ((fn === 'any' || fn === 'every') && !of && !where) return wrong(`${fn} needs "where" or a boolean "of"`)
  if (fn === 'longestRun' && !where) return wrong('longestRun needs "where": what a month must satisfy')
  if (BOOLEAN.includes(fn)) {
    if (header.type !== 'boolean') return wrong(`${fn} yields a boolean, ${header.id} is ${header.type}`)
    return !of || of.type === 'boolean' || wrong(`the "of" of ${fn} is a boolean, this is ${of.type}`)
  }
  if (COUNTS.includes(fn)) return header.type === 'integer' || wrong(`${fn} yields an integer, ${header.id} is ${header.type}`)
  if (!of || !yields(header, of, at(pointer, 'of'), out)) return false
  if ((fn === 'sum' || fn === 'mean') && header.type !== 'integer' && header.type !== 'decimal') return wrong(`${fn} is of numbers`)
  if ((fn === 'max' || fn === 'min') && (header.type === 'category' || header.type === 'boolean'))
    return wrong(`${fn} is of numbers or dates`)
  return of.unit === null || sameUnit(of.unit, header.unit) || wrong(`this yields ${of.unit}`)
}
