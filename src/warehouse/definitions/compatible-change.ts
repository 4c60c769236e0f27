/** Whether a registry that holds rows can become what a new definition says, and the statements that make its table so. */
import { at } from '../../kernel/diagnostic.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { quote as said } from '../../language/diagnostic-codes.ts'
import type { RegistryColumn, RegistryDefinition } from '../registry-definition.ts'
import { fault } from '../registry-diagnostics.ts'
import { addColumn, createIndex, dropIndex, quote, tableName } from '../registry-table.ts'

/** What of a registry means its rows: another meaning is another registry. */
const FIXED = ['custodian', 'rowsPerPerson', 'key', 'population', 'absence', 'dwelling', 'delivery'] as const

/** Everything in which `after` does not follow from `before`; pointers are of `after`. */
export function incompatibilities(before: RegistryDefinition, after: RegistryDefinition): Diagnostic[] {
  const found = FIXED.filter((part) => JSON.stringify(before[part]) !== JSON.stringify(after[part])).map((part) =>
    refused(`/${part}`, `what ${said(part)} says cannot change`, JSON.stringify(before[part]) ?? 'nothing'),
  )
  const held = new Map(before.columns.map((column) => [column.name, column]))
  for (const [index, column] of after.columns.entries()) {
    const pointer = at('/columns', index)
    const was = held.get(column.name)
    if (was) found.push(...columnChanges(was, column, pointer))
    else if (column.required)
      found.push(
        refused(at(pointer, 'required'), `${said(column.name)} is new, and rows that are there have no value for it`, 'no required'),
      )
  }
  return found
}

/** Columns that the new definition leaves out. */
export const columnsLeft = (before: RegistryDefinition, after: RegistryDefinition): RegistryColumn[] =>
  before.columns.filter(({ name }) => !after.columns.some((column) => column.name === name))

/** INVARIANT: the change is compatible, and nothing reads the columns that it leaves out. */
export function changeTable(before: RegistryDefinition, after: RegistryDefinition): string[] {
  const held = new Map(before.columns.map((column) => [column.name, column]))
  const table = tableName(after)
  const names = (definition: RegistryDefinition): Map<string, readonly string[]> =>
    new Map((definition.indexes ?? []).map((columns) => [columns.join(), columns]))
  const [indexesBefore, indexesAfter] = [names(before), names(after)]
  const loosened = after.columns.filter(({ name, required }) => !required && held.get(name)?.required)
  return [
    ...[...indexesBefore].filter(([key]) => !indexesAfter.has(key)).map(([, columns]) => dropIndex(after, columns)),
    ...columnsLeft(before, after).map(({ name }) => `ALTER TABLE ${table} DROP COLUMN ${quote(name)}`),
    ...after.columns.filter(({ name }) => !held.has(name)).map((column) => addColumn(after, column)),
    ...loosened.map(({ name }) => `ALTER TABLE ${table} ALTER COLUMN ${quote(name)} DROP NOT NULL`),
    ...[...indexesAfter].filter(([key]) => !indexesBefore.has(key)).map(([, columns]) => createIndex(after, columns)),
  ]
}

function columnChanges(was: RegistryColumn, is: RegistryColumn, pointer: string): Diagnostic[] {
  const found: Diagnostic[] = []
  for (const part of ['type', 'scale', 'unit'] as const)
    if (was[part] !== is[part])
      found.push(refused(at(pointer, part), `${said(is.name)} holds values of another ${part}`, said(was[part] ?? 'none')))
  const lost = Object.keys(was.codes ?? {}).filter((code) => !Object.hasOwn(is.codes ?? {}, code))
  if (lost.length > 0 && is.type === 'category')
    found.push(refused(at(pointer, 'codes'), `the code ${said(lost[0])} is left out, and rows may have it`, 'all codes that there were'))
  if (is.required && !was.required)
    found.push(refused(at(pointer, 'required'), `${said(is.name)} may be empty in rows that are there`, 'no required'))
  if (is.min !== undefined && is.min > (was.min ?? -Infinity))
    found.push(refused(at(pointer, 'min'), 'rows may have smaller values', was.min === undefined ? 'no min' : `at most ${was.min}`))
  if (is.max !== undefined && is.max < (was.max ?? Infinity))
    found.push(refused(at(pointer, 'max'), 'rows may have greater values', was.max === undefined ? 'no max' : `at least ${was.max}`))
  if (was.protected && !is.protected)
    found.push(
      refused(at(pointer, 'protected'), `${said(is.name)} is protected: no rule may come to read it without a legal basis`, 'true'),
    )
  return found
}

const refused = (pointer: string, message: string, expected: string): Diagnostic =>
  fault('change-incompatible', pointer, message, {
    expected,
    hint: 'define another registry, or another column, and move the facts to it',
  })
