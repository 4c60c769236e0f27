/** What must hold of a registry definition beyond its shape: names, key, codes, units, words in both languages. */
import { at } from '../kernel/diagnostic.ts'
import type { Diagnostic } from '../kernel/diagnostic.ts'
import { parseUnit } from '../language/catalogue/unit.ts'
import { quote } from '../language/diagnostic-codes.ts'
import type { Words } from '../language/fact-space.ts'
import { didYouMean } from '../language/nearest.ts'
import { shapeDiagnostics } from '../language/shape.ts'
import { checkGenerators } from './check-generator.ts'
import { nameFaults } from './definitions/registry-names.ts'
import { checkConnector } from './pulled/check-connector.ts'
import { fault } from './registry-diagnostics.ts'
import { type ColumnFile, type RegistryFile, RegistryFileSchema } from './registry-schema.ts'
import type { Codes } from './shared-lists.ts'

/** What a definition may refer to. */
export interface RegistryContext {
  readonly entities: readonly { readonly id: string }[]
  readonly codeLists: ReadonlyMap<string, Codes>
}

const MOST_PLACES = 6
const ARABIC = /\p{Script=Arabic}/u

/** Everything wrong with one definition; empty when it may be used. */
export function checkRegistry(json: unknown, context: RegistryContext): Diagnostic[] {
  const shape = shapeDiagnostics(RegistryFileSchema, json)
  if (shape.length > 0) return shape
  const definition = json as RegistryFile
  const ids = context.entities.map(({ id }) => id)
  const custodian = ids.includes(definition.custodian)
    ? []
    : [
        fault('custodian-unknown', '/custodian', `${quote(definition.custodian)} is not an entity`, {
          hint: didYouMean(definition.custodian, ids),
        }),
      ]
  return [
    ...custodian,
    ...checkWords(definition.label, '/label'),
    ...checkWords(definition.description, '/description'),
    ...definition.columns.flatMap((column, index) => checkColumn(column, at('/columns', index), context)),
    ...nameFaults(definition),
    ...checkNames(definition),
    ...checkKey(definition),
    ...checkConnector(definition),
    ...checkShelters(definition),
    ...checkGenerators(definition, context.codeLists),
  ]
}

function checkColumn(column: ColumnFile, pointer: string, { codeLists }: RegistryContext): Diagnostic[] {
  const inline = typeof column.codes === 'object' ? Object.entries(column.codes) : []
  return [
    ...checkWords(column.label, at(pointer, 'label')),
    ...inline.flatMap(([code, words]) => checkWords(words, at(at(pointer, 'codes'), code))),
    ...checkCodes(column, pointer, codeLists),
    ...checkNumber(column, pointer),
  ]
}

function checkCodes(column: ColumnFile, pointer: string, codeLists: RegistryContext['codeLists']): Diagnostic[] {
  const { codes, type } = column
  if ((type === 'category') !== (codes !== undefined) || (typeof codes === 'object' && Object.keys(codes).length === 0)) {
    return [
      fault('codes-misplaced', pointer, `${quote(column.name)} is of type ${type}`, { expected: 'codes on a category, and nowhere else' }),
    ]
  }
  const unprintable = typeof codes === 'object' ? Object.keys(codes).filter((code) => /\p{Cc}/u.test(code)) : []
  if (unprintable.length > 0)
    return [
      fault('code-malformed', at(pointer, 'codes'), `${quote(unprintable[0])} holds a control character`, {
        expected: 'letters, digits, signs',
      }),
    ]
  if (typeof codes !== 'string' || codeLists.has(codes)) return []
  return [
    fault('code-list-unknown', at(pointer, 'codes'), `${quote(codes)} is not a code list`, { hint: didYouMean(codes, codeLists.keys()) }),
  ]
}

function checkNumber(column: ColumnFile, pointer: string): Diagnostic[] {
  const { type, scale, unit, min, max } = column
  const found: Diagnostic[] = []
  const misplaced = (message: string) => found.push(fault('scale-misplaced', pointer, `${quote(column.name)} ${message}`))
  if (type === 'decimal') {
    if (scale === undefined || scale > MOST_PLACES) misplaced(`needs a scale of 0 to ${MOST_PLACES}`)
    else if (/^JOD\b/.test(unit ?? '') && scale !== 3) misplaced('is money, which has scale 3')
    if (unit === undefined) misplaced('needs a unit')
  } else if (scale !== undefined) misplaced(`is of type ${type} and has no scale`)
  else if (unit !== undefined && type !== 'integer') misplaced(`is of type ${type} and has no unit`)
  if (unit !== undefined && !parseUnit(unit))
    found.push(fault('unit-invalid', at(pointer, 'unit'), `${quote(unit)} is not a unit`, { expected: 'such as JOD/month' }))
  const bounded = min !== undefined || max !== undefined
  if (bounded && type !== 'integer' && type !== 'decimal')
    found.push(fault('range-misplaced', pointer, `${quote(column.name)} is not a number`))
  if ((min ?? -Infinity) > (max ?? Infinity))
    found.push(fault('range-misplaced', pointer, `the least value ${min} is above the greatest ${max}`))
  return found
}

function checkNames({ columns }: RegistryFile): Diagnostic[] {
  return columns.flatMap(({ name }, index) => {
    const first = columns.findIndex((column) => column.name === name)
    if (first === index) return []
    return [fault('column-repeats', at(at('/columns', index), 'name'), `column ${first} has the name ${quote(name)} already`)]
  })
}

function checkKey({ columns, rowsPerPerson, key, indexes = [], dwelling, conflicts }: RegistryFile): Diagnostic[] {
  const names = columns.map(({ name }) => name)
  const unknown = (name: string, pointer: string) =>
    names.includes(name) ? [] : [fault('column-unknown', pointer, `${quote(name)} is not a column`, { hint: didYouMean(name, names) })]
  const found = [
    ...key.flatMap((name, index) => unknown(name, at('/key', index))),
    ...indexes.flatMap((index, i) => index.flatMap((name, j) => unknown(name, at(at('/indexes', i), j)))),
  ]
  if (typeof conflicts === 'object') {
    found.push(...unknown(conflicts.latest, '/conflicts/latest'))
    if (key.includes(conflicts.latest))
      found.push(
        fault('conflict-column', '/conflicts/latest', `${quote(conflicts.latest)} is of the key, hence the same in all rows that conflict`),
      )
  }
  for (const [index, name] of key.entries()) {
    if (columns.some((column) => column.name === name && column.required !== true))
      found.push(fault('key-optional', at('/key', index), `${quote(name)} is of the key and not required`))
  }
  if ((rowsPerPerson === 'one') !== (key.length === 0))
    found.push(
      fault(
        'key-of-one',
        '/key',
        `the registry has ${rowsPerPerson} row${rowsPerPerson === 'one' ? '' : 's'} per person and a key of ${key.length} columns`,
      ),
    )
  if (dwelling && rowsPerPerson !== 'one') found.push(fault('dwelling-rows', '/dwelling', 'a household lives in one dwelling'))
  return found
}

function checkShelters({ columns, shelters }: RegistryFile): Diagnostic[] {
  if (shelters === undefined) return []
  const named = Object.keys(shelters)
  if (named.length === 0) return [fault('shelters-column', '/shelters', 'no column says who is sheltered')]
  return named.flatMap((name) => {
    const column = columns.find((one) => one.name === name)
    if (column?.type !== 'category')
      return [
        fault('shelters-column', at('/shelters', name), `${quote(name)} is not a column with codes`, {
          hint: didYouMean(
            name,
            columns.map((one) => one.name),
          ),
        }),
      ]
    const code = shelters[name] as string
    if (typeof column.codes !== 'object' || Object.hasOwn(column.codes, code)) return []
    return [
      fault('shelters-column', at('/shelters', name), `${quote(code)} is not one of its codes`, {
        hint: didYouMean(code, Object.keys(column.codes)),
      }),
    ]
  })
}

function checkWords(words: Words, pointer: string): Diagnostic[] {
  const wrong = (language: 'en' | 'ar') =>
    fault('words-language', at(pointer, language), `${quote(words[language])} is not ${language === 'en' ? 'English' : 'Arabic'}`)
  return [...(ARABIC.test(words.en) ? [wrong('en')] : []), ...(ARABIC.test(words.ar) ? [] : [wrong('ar')])]
}
