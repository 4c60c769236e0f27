/** What must hold of a definition's generators: traits and latent values that exist, values that fit their columns, nobody who is not covered. */
import { dayNumber } from '../kernel/date.ts'
import { at } from '../kernel/diagnostic.ts'
import type { Diagnostic } from '../kernel/diagnostic.ts'
import { quote } from '../language/diagnostic-codes.ts'
import { didYouMean } from '../language/nearest.ts'
import { type GeneratedValue, type Generator, latentValues, type PlainValue, type Whom } from './generator-schema.ts'
import { isTrait, traitNames } from './population/traits.ts'
import { fault } from './registry-diagnostics.ts'
import type { ColumnFile, RegistryFile } from './registry-schema.ts'
import type { Codes } from './shared-lists.ts'

type CodeLists = ReadonlyMap<string, Codes>

/** Checks every generator of a definition whose shape is known to be right. */
export function checkGenerators(definition: RegistryFile, codeLists: CodeLists): Diagnostic[] {
  const { generator } = definition
  if (generator === undefined) return []
  return Array.isArray(generator)
    ? generator.flatMap((one, index) => checkGenerator(one, at('/generator', index), definition, codeLists))
    : checkGenerator(generator, '/generator', definition, codeLists)
}

function checkGenerator(generator: Generator, pointer: string, definition: RegistryFile, codeLists: CodeLists): Diagnostic[] {
  return [
    ...checkWhom(generator, at(pointer, 'for'), definition),
    ...checkShares(generator, pointer),
    ...checkRows(generator, pointer, definition),
    ...checkColumns(generator, at(pointer, 'columns'), definition, codeLists),
  ]
}

/** The conditions on a person, all of which must hold. */
export const whomOf = ({ for: whom }: Generator): readonly Whom[] => ('all' in whom ? whom.all : [whom])

function checkWhom(generator: Generator, pointer: string, { population }: RegistryFile): Diagnostic[] {
  const conditions = whomOf(generator)
  const found = conditions.flatMap((condition, index) => {
    if (!('trait' in condition) || isTrait(condition.trait)) return []
    const here = at('all' in generator.for ? at(at(pointer, 'all'), index) : pointer, 'trait')
    return [
      fault('generator-trait', here, `nobody has the trait ${quote(condition.trait)}`, { hint: didYouMean(condition.trait, traitNames) }),
    ]
  })
  const jordanian = conditions.find((condition) => 'jordanian' in condition)?.jordanian
  if (population === 'everyone' || jordanian === (population === 'jordanians')) return found
  const expected = `{"jordanian": ${population === 'jordanians'}}`
  return [...found, fault('generator-population', pointer, `the registry covers ${population} only`, { expected })]
}

function checkShares({ rate, missing = 0 }: Generator, pointer: string): Diagnostic[] {
  const ends = typeof rate === 'number' ? [rate] : [rate.poorest, rate.richest]
  return [...(ends.every(isShare) ? [] : [notShare(at(pointer, 'rate'))]), ...(isShare(missing) ? [] : [notShare(at(pointer, 'missing'))])]
}

function checkRows({ rows, columns: values }: Generator, pointer: string, { columns, key }: RegistryFile): Diagnostic[] {
  if ('count' in rows) return []
  const column = columns.find(({ name }) => name === rows.date)
  const value = values[rows.date]
  if (column?.type === 'date' && key.includes(rows.date) && value && 'month' in value) return []
  return [
    fault('generator-rows', at(at(pointer, 'rows'), 'date'), `${quote(rows.date)} cannot tell the rows apart`, {
      expected: 'a date column of the key with {"month": true}',
    }),
  ]
}

function checkColumns(generator: Generator, pointer: string, { columns }: RegistryFile, codeLists: CodeLists): Diagnostic[] {
  const names = columns.map(({ name }) => name)
  const found = Object.entries(generator.columns).flatMap(([name, value]) => {
    const column = columns.find((one) => one.name === name)
    if (!column) return [fault('column-unknown', at(pointer, name), `${quote(name)} is not a column`, { hint: didYouMean(name, names) })]
    return checkValue(value, column, at(pointer, name), codeLists)
  })
  const uncovered = columns.filter((column) => {
    const value = generator.columns[column.name]
    return column.required && (!value || 'null' in value)
  })
  return [
    ...found,
    ...uncovered.map(({ name }) => fault('generator-required', pointer, `the required column ${quote(name)} may get no value`)),
  ]
}

function checkValue(value: GeneratedValue, column: ColumnFile, pointer: string, codeLists: CodeLists): Diagnostic[] {
  if ('null' in value)
    return [
      ...(isShare(value.null) ? [] : [notShare(at(pointer, 'null'))]),
      ...checkPlain(value.else, column, at(pointer, 'else'), codeLists),
    ]
  return checkPlain(value, column, pointer, codeLists)
}

function checkPlain(value: PlainValue, column: ColumnFile, pointer: string, codeLists: CodeLists): Diagnostic[] {
  const kind = Object.keys(value)[0] as string
  if (!fits(value, column)) {
    const unknown = 'trait' in value && !Object.hasOwn(latentValues, value.trait)
    if (unknown)
      return [
        fault('generator-trait', at(pointer, 'trait'), `there is no latent value ${quote(value.trait)}`, {
          hint: didYouMean(value.trait, Object.keys(latentValues)),
        }),
      ]
    return [
      fault('generator-type', pointer, `${quote(value)} does not fit ${quote(column.name)}`, {
        expected: `a value of type ${column.type}`,
      }),
    ]
  }
  if ('chance' in value && !isShare(value.chance)) return [notShare(at(pointer, 'chance'))]
  const span =
    'uniform' in value
      ? value.uniform
      : 'daysAgo' in value
        ? value.daysAgo
        : 'daysAhead' in value
          ? value.daysAhead
          : 'yearsAgo' in value
            ? value.yearsAgo
            : [0, 0]
  const [low, high] = span as [number, number]
  if (low > high) return [fault('generator-span', at(pointer, kind), `${low} is above ${high}`, { expected: '[low, high]' })]
  return checkConstants(value, column, at(pointer, kind), codeLists)
}

/** Codes that are written out must be codes of the column. */
function checkConstants(value: PlainValue, column: ColumnFile, pointer: string, codeLists: CodeLists): Diagnostic[] {
  const codes = typeof column.codes === 'string' ? codeLists.get(column.codes) : column.codes
  if (!codes) return []
  const wrong = (code: string, here: string) =>
    Object.hasOwn(codes, code)
      ? []
      : [
          fault('generator-code', here, `${quote(code)} is not a code of ${quote(column.name)}`, {
            hint: didYouMean(code, Object.keys(codes)),
          }),
        ]
  if ('constant' in value) return wrong(String(value.constant), pointer)
  return 'pick' in value ? Object.keys(value.pick).flatMap((code) => wrong(code, at(pointer, code))) : []
}

function fits(value: PlainValue, { type }: ColumnFile): boolean {
  const number = type === 'integer' || type === 'decimal'
  if ('trait' in value) return latentFits(value.trait, type)
  if ('uniform' in value || 'byWelfare' in value) return number
  if ('pick' in value) return pickFits(Object.keys(value.pick), type)
  if ('daysAgo' in value || 'daysAhead' in value || 'month' in value) return type === 'date'
  if ('yearsAgo' in value) return type === 'integer'
  if ('serial' in value) return type === 'text'
  if ('chance' in value) return type === 'boolean'
  return constantFits(value.constant, type)
}

function latentFits(name: string, type: ColumnFile['type']): boolean {
  if (!Object.hasOwn(latentValues, name)) return false
  const latent = latentValues[name as keyof typeof latentValues]
  return latent === type || (latent === 'integer' && type === 'decimal') || (latent === 'decimal' && type === 'integer')
}

function pickFits(options: readonly string[], type: ColumnFile['type']): boolean {
  if (type === 'integer' || type === 'decimal') return options.every((option) => option.trim() !== '' && Number.isFinite(Number(option)))
  return (type === 'category' || type === 'text') && options.length > 0
}

function constantFits(constant: string | number | boolean, type: ColumnFile['type']): boolean {
  if (type === 'boolean') return typeof constant === 'boolean'
  if (type === 'integer') return Number.isSafeInteger(constant)
  if (type === 'decimal') return typeof constant === 'number'
  if (type === 'date') return typeof constant === 'string' && dayNumber(constant) !== null
  return type !== 'person' && typeof constant === 'string'
}

const isShare = (value: number): boolean => value >= 0 && value <= 1
const notShare = (pointer: string): Diagnostic => fault('generator-share', pointer, 'this lies outside 0 to 1')
