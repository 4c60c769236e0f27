/** Rows as they are told: decimals and dates as text, persons as keys that mean something within one query of one entity only. */
import { createHmac } from 'node:crypto'
import type { Words } from '../language/fact-space.ts'
import type { AggregatesQuery, CheckedQuery, QueryAggregate, RowsQuery } from './checked-query.ts'
import type { AggregateFunction } from './definition-schema.ts'
import type { QueryColumn } from './granted-columns.ts'

export type CellValue = string | number | boolean | null
export type ToldRow = Readonly<Record<string, CellValue>>

export interface ToldColumn {
  readonly id: string
  readonly label: Words
  /** Of a registry's column; `key` for persons. */
  readonly type: 'integer' | 'decimal' | 'boolean' | 'date' | 'category' | 'text' | 'key'
  readonly unit: string | null
}

export const PERSON_KEY = 'person'

/**
 * Stands for a person in the answers of one query: the same person has the same key there and another one elsewhere.
 * A letter first, then hexadecimal digits, so that a spreadsheet takes it neither for a formula nor for a number.
 */
export const personKeys =
  (secret: Uint8Array, entity: string, query: string) =>
  (reference: number): string =>
    `p${createHmac('sha256', secret).update(`person key\n${entity}\n${query}\n${reference}`).digest('hex').slice(0, 24)}`

export function toldRows(
  query: RowsQuery,
  rows: readonly Readonly<Record<string, CellValue>>[],
  keyOf: (reference: number) => string,
): ToldRow[] {
  return rows.map((row) =>
    Object.fromEntries<CellValue>([
      [PERSON_KEY, keyOf(row['person'] as number)],
      ...query.columns.map(({ id, column }, index): [string, CellValue] => {
        const value = row[`c${index}`] ?? null
        return [id, column.type === 'person' && value !== null ? keyOf(value as number) : value]
      }),
    ]),
  )
}

export const toldColumns = (query: CheckedQuery): ToldColumn[] =>
  query.kind === 'rows' ? [personColumn, ...query.columns.map(columnTold)] : aggregateColumns(query)

const personColumn: ToldColumn = { id: PERSON_KEY, label: { en: 'Key of the person', ar: 'مفتاح الشخص' }, type: 'key', unit: null }

const columnTold = ({ id, column }: QueryColumn): ToldColumn => ({
  id,
  label: column.label,
  type: column.type === 'person' ? 'key' : column.type,
  unit: column.unit ?? null,
})

const aggregateColumns = ({ groupBy, aggregates }: AggregatesQuery): ToldColumn[] => [
  ...groupBy.map(columnTold),
  { id: 'persons', label: { en: 'Persons', ar: 'الأشخاص' }, type: 'integer', unit: 'persons' },
  ...aggregates.map(aggregateTold),
]

const names: Readonly<Record<AggregateFunction, Words>> = {
  count: { en: 'Rows', ar: 'عدد السجلات' },
  countDistinct: { en: 'Different values', ar: 'عدد القيم المختلفة' },
  sum: { en: 'Sum', ar: 'المجموع' },
  mean: { en: 'Mean', ar: 'المتوسط' },
  min: { en: 'Lowest', ar: 'الأدنى' },
  max: { en: 'Highest', ar: 'الأعلى' },
}

function aggregateTold({ id, function: name, of }: QueryAggregate): ToldColumn {
  const { en, ar } = names[name]
  const label = of ? { en: `${en}: ${of.column.label.en}`, ar: `${ar}: ${of.column.label.ar}` } : { en, ar }
  if (name.startsWith('count')) return { id, label, type: 'integer', unit: null }
  const type = of?.column.type === 'date' ? 'date' : name === 'mean' || of?.column.type === 'decimal' ? 'decimal' : 'integer'
  return { id, label, type, unit: of?.column.unit ?? null }
}
