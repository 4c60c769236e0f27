/** A sample's file as it was sent → the rows that are kept of it, and line and reasons of those that are not. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import type { FactSpace } from '../../language/fact-space.ts'
import { csvCell, rawCell } from '../../kernel/csv-cell.ts'
import { fitFinding } from '../fit/fit-diagnostics.ts'
import { readRows, type RowFault } from '../fit/read-rows.ts'
import { readNonNegativeWelfare } from '../fit/sample-cell.ts'
import type { SampleColumns } from '../fit/sample-columns.ts'
import { identifierWatch } from './identifier-columns.ts'
import { textFault } from './text-fault.ts'
import { type TextPieces, textPieces } from './text-pieces.ts'

export interface FaultCount {
  readonly column: string
  readonly reason: string
  readonly rows: number
}

export interface StoredRows {
  readonly content: TextPieces
  readonly faults: TextPieces
  readonly rowsUsed: number
  readonly rowsFaulty: number
  readonly counts: readonly FaultCount[]
}

export type ReadUpload = { readonly stored: StoredRows } | { readonly diagnostics: readonly Diagnostic[] }

/** A column by which a file says of itself that nobody was asked. */
export const SYNTHETIC_COLUMN = 'synthetic'
export const FAULTS_HEADER = 'line,column,reason,expected\r\n'
const FAULTS_TOLD = 100

/** What the columns of stored rows mean: declared columns alone, facts in the order of their ids, an unknown cell empty. */
export const storedColumns = ({ weight, stratum, cluster, facts }: SampleColumns): SampleColumns => ({
  welfare: 'welfare',
  ...(weight === undefined ? {} : { weight: 'weight' }),
  ...(stratum === undefined ? {} : { stratum: 'stratum' }),
  ...(cluster === undefined ? {} : { cluster: 'cluster' }),
  facts: Object.fromEntries(
    Object.keys(facts)
      .toSorted()
      .map((id) => [id, `fact ${id}`]),
  ),
})

const namesOf = ({ facts, ...columns }: SampleColumns): string[] => [
  ...(['welfare', 'weight', 'stratum', 'cluster'] as const).flatMap((role) => columns[role] ?? []),
  ...Object.values(facts),
]

export interface Declared {
  readonly columns: SampleColumns
  readonly synthetic: boolean
}

/** INVARIANT: what is stored holds no cell of a row with a fault, and none of a column that was not declared. */
export function readUpload(bytes: Uint8Array, { columns, synthetic }: Declared, space: FactSpace): ReadUpload {
  const encoding = textFault(bytes)
  if (encoding) return { diagnostics: [encoding] }
  const ordered = { ...columns, facts: Object.fromEntries(Object.entries(columns.facts).toSorted(([a], [b]) => (a < b ? -1 : 1))) }
  const [content, faults, watch] = [textPieces(), textPieces(), identifierWatch()]
  content.add(`${namesOf(storedColumns(columns)).join(',')}\n`)
  faults.add(FAULTS_HEADER)
  const counts = new Map<string, FaultCount>()
  const stamp = stampWatch()
  let [rowsUsed, rowsFaulty] = [0, 0]
  const diagnostics = readRows(bytes, ordered, space, {
    readWelfare: readNonNegativeWelfare,
    onRecord: (record, line) => {
      watch.hear(record, line)
      stamp.hear(record)
    },
    onRow: (cells) => {
      rowsUsed++
      content.add(`${cells.map(rawCell).join(',')}\n`)
    },
    onFault: (fault) => {
      rowsFaulty++
      faults.add(faultLines(fault))
      count(counts, fault)
    },
  })
  const found = [...watch.found(), ...(stamp.says() && !synthetic ? [stampFinding] : []), ...diagnostics]
  if (found.length > 0) return { diagnostics: found }
  const counted = [...counts.values()].toSorted(
    (a, b) => b.rows - a.rows || (`${a.column} ${a.reason}` < `${b.column} ${b.reason}` ? -1 : 1),
  )
  if (rowsUsed === 0) return { diagnostics: unusable(counted) }
  return { stored: { content: content.end(), faults: faults.end(), rowsUsed, rowsFaulty, counts: counted } }
}

const faultLines = ({ line, reasons }: RowFault): string =>
  reasons.map(({ column, reason, expected }) => `${[String(line), column, reason, expected].map(csvCell).join(',')}\r\n`).join('')

function count(counts: Map<string, FaultCount>, { reasons }: RowFault): void {
  for (const { column, reason } of reasons) {
    const key = `${reason} ${column}`
    counts.set(key, { column, reason, rows: (counts.get(key)?.rows ?? 0) + 1 })
  }
}

const unusable = (counts: readonly FaultCount[]): Diagnostic[] =>
  counts
    .slice(0, FAULTS_TOLD)
    .map(({ column, reason, rows }) =>
      fitFinding('sample-unusable', '', `no row can be used; ${rows} have ${reason}${column === '' ? '' : ` in column ${column}`}`),
    )

const stampFinding = fitFinding('sample-synthetic', '/synthetic', 'the file says that it is synthetic', {
  expected: 'true',
  hint: 'declare the sample as synthetic',
})

function stampWatch(): { readonly hear: (record: readonly string[]) => void; readonly says: () => boolean } {
  let place: number | null = null
  let says = false
  return {
    hear: (record) => {
      if (place === null) place = record.indexOf(SYNTHETIC_COLUMN)
      else if (place >= 0) says ||= /^(true|1)$/i.test(record[place] ?? '')
    },
    says: () => says,
  }
}
