/** A row of a result as a table: what each column is, and the type that it has in Parquet. */

export interface ResultRow {
  /** Null is the baseline. */
  readonly scenario: string | null
  /** Null where the row is about all of them. */
  readonly programme: string | null
  /** Of `ranks`, and of `fairness` where a score rests on imputed values. */
  readonly formula: string | null
  readonly table: ResultTable
  /** What the group is one of; null is everybody. */
  readonly breakdown: string | null
  readonly group: string | null
  readonly groupAr: string | null
  /** States before and after, of `transitions`. */
  readonly from: string | null
  readonly to: string | null
  /** Its path in the JSON form. */
  readonly measure: string
  readonly value: number | null
  /** Ends of the 95% interval. */
  readonly low: number | null
  readonly high: number | null
  readonly unit: string
  /** Why there is no value. */
  readonly note: ResultNote | null
  /** What poverty is measured against, on rows that depend on it. */
  readonly reference: string | null
  /** Of `witnesses` and `movedScores`: what the row says, for people. */
  readonly words: string | null
  readonly wordsAr: string | null
}

export const RESULT_TABLES = [
  'totals',
  'transitions',
  'measures',
  'deciles',
  'fairness',
  'curves',
  'ranks',
  'cutOffs',
  'filters',
  'leftOut',
  'sensitivity',
  'sample',
  'witnesses',
  'movedScores',
] as const
export type ResultTable = (typeof RESULT_TABLES)[number]

/** Breakdowns that depend on the reference welfare. */
export const MEASURED: ReadonlySet<string> = new Set(['welfareDecile'])

/** Suppressed by disclosure control; a group of too few units that a rate is of; nothing there to be measured, or no limit. */
export const RESULT_NOTES = ['suppressed', 'tooSmall', 'none'] as const
export type ResultNote = (typeof RESULT_NOTES)[number]

export const resultColumns: Readonly<Record<keyof ResultRow, 'VARCHAR' | 'DOUBLE'>> = {
  scenario: 'VARCHAR',
  programme: 'VARCHAR',
  formula: 'VARCHAR',
  table: 'VARCHAR',
  breakdown: 'VARCHAR',
  group: 'VARCHAR',
  groupAr: 'VARCHAR',
  from: 'VARCHAR',
  to: 'VARCHAR',
  measure: 'VARCHAR',
  value: 'DOUBLE',
  low: 'DOUBLE',
  high: 'DOUBLE',
  unit: 'VARCHAR',
  note: 'VARCHAR',
  reference: 'VARCHAR',
  words: 'VARCHAR',
  wordsAr: 'VARCHAR',
}

export const RESULT_COLUMNS = Object.keys(resultColumns) as (keyof ResultRow)[]

/** What a row has beside its place. */
export type RowParts = Partial<ResultRow> & Pick<ResultRow, 'measure' | 'value' | 'unit'>

/** `missing` is why a value can be null. */
export function row(table: ResultTable, parts: RowParts, missing: ResultNote = 'none'): ResultRow {
  return {
    scenario: null,
    programme: null,
    formula: null,
    table,
    breakdown: null,
    group: null,
    groupAr: null,
    from: null,
    to: null,
    low: null,
    high: null,
    note: parts.value === null ? missing : null,
    reference: null,
    words: null,
    wordsAr: null,
    ...parts,
  }
}
