/** Reads a sample's CSV row by row and keeps none: each row is given to whoever takes it, as cells and values or as the reasons of its refusal. */
import { parse } from 'csv-parse/sync'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { at } from '../../kernel/diagnostic.ts'
import { quote } from '../../language/diagnostic-codes.ts'
import type { FactSpace } from '../../language/fact-space.ts'
import { didYouMean } from '../../language/nearest.ts'
import { shapeDiagnostics } from '../../language/shape.ts'
import { fitFinding } from './fit-diagnostics.ts'
import { type SampleColumns, SampleColumnsSchema } from './sample-columns.ts'
import { type CellReason, factReader, readName, readWeight, readWelfare, type Reader } from './sample-cell.ts'

export const MAX_SAMPLE_ROWS = 200_000

/** Why a row is not used: the line it ends on (the header's first line is 1) and, per column, the reason; never the value. */
export interface RowFault {
  readonly line: number
  readonly reasons: readonly { readonly column: string; readonly reason: CellReason | 'row-length'; readonly expected: string }[]
}
type FaultReason = RowFault['reasons'][number]

/** Cells and values stand in the order welfare, weight, stratum, cluster, facts as they are declared; what is not declared has no place. */
export interface RowTaker {
  /** Every line, the header first, with all its cells, before anything is made of it. */
  readonly onRecord?: (record: readonly string[], line: number) => void
  /** A row without a fault; an unknown cell is ''. */
  readonly onRow: (cells: readonly string[], values: readonly (number | string)[]) => void
  readonly onFault: (fault: RowFault) => void
  /** Any decimal unless it says otherwise: samples that were stored before are read as they were. */
  readonly readWelfare?: Reader
}

interface ColumnReader {
  readonly column: string
  readonly place: number
  readonly read: Reader
}

/** Stops the parser. */
class Refusal extends Error {
  readonly diagnostics: readonly Diagnostic[]
  constructor(diagnostics: readonly Diagnostic[]) {
    super('refused')
    this.diagnostics = diagnostics
  }
}

/** Why the text as a whole cannot be read; empty when every row was given to `taker`. Bytes have to be UTF-8. */
export function readRows(text: string | Uint8Array, columns: SampleColumns, space: FactSpace, taker: RowTaker): readonly Diagnostic[] {
  const shape = shapeDiagnostics(SampleColumnsSchema, columns)
  if (shape.length > 0) return shape
  const unknown = new Set(['', ...(columns.unknown ?? [])])
  let header: readonly string[] | null = null
  let readers: readonly ColumnReader[] = []
  let [rows, lastLine] = [0, 0]
  const take = (record: readonly string[], line: number): void => {
    taker.onRecord?.(record, line)
    lastLine = line
    if (header === null) {
      header = record
      const found = readersOf(record, columns, space, taker.readWelfare ?? readWelfare)
      if (found.diagnostics.length > 0) throw new Refusal(found.diagnostics)
      readers = found.readers
    } else if (++rows > MAX_SAMPLE_ROWS) throw new Refusal([sizeFinding(`the sample has more than ${MAX_SAMPLE_ROWS} rows`)])
    else takeRow(record, line, { readers, width: header.length, unknown }, taker)
  }
  try {
    const given = typeof text === 'string' ? text : Buffer.from(text.buffer, text.byteOffset, text.byteLength)
    parse(given, {
      bom: true,
      delimiter: columns.delimiter ?? ',',
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      // What is returned would be kept.
      on_record: (record: unknown, { lines }) => {
        take(record as readonly string[], lines)
        return null
      },
    })
  } catch (error) {
    if (error instanceof Refusal) return error.diagnostics
    return [
      fitFinding('sample-csv', '', csvFault(error, lastLine), {
        expected: 'CSV as RFC 4180 describes it, in UTF-8',
      }),
    ]
  }
  return rows === 0 ? [sizeFinding('the sample has 0 rows')] : []
}

const sizeFinding = (message: string): Diagnostic =>
  fitFinding('sample-size', '', message, { expected: `a header and 1 to ${MAX_SAMPLE_ROWS} rows` })

/** What the parser says of a place, without the text that it quotes. A quote that is never closed it places at the end. */
function csvFault(error: unknown, lastLine: number): string {
  const { code, message } = error as { readonly code?: string; readonly message: string }
  if (code === 'CSV_QUOTE_NOT_CLOSED') return `a quote opens in the row that begins on line ${lastLine + 1} and is never closed`
  const line = /\bat line (\d+)/.exec(message)?.[1]
  const what = message.split(':', 1)[0]?.slice(0, 100) ?? ''
  return line === undefined ? what : `${what} on line ${line}`
}

interface Row {
  readonly readers: readonly ColumnReader[]
  readonly width: number
  readonly unknown: ReadonlySet<string>
}

function takeRow(record: readonly string[], line: number, { readers, width, unknown }: Row, taker: RowTaker): void {
  if (record.length !== width) return taker.onFault({ line, reasons: [lengthReason(width, record.length)] })
  const reasons: FaultReason[] = []
  const cells: string[] = []
  const values = readers.map(({ column, place, read }) => {
    const text = record[place] as string
    const isUnknown = unknown.has(text)
    cells.push(isUnknown ? '' : text)
    const cell = read(isUnknown ? null : text)
    if (!('reason' in cell)) return cell.value
    reasons.push({ column, ...cell })
    return NaN
  })
  if (reasons.length > 0) taker.onFault({ line, reasons })
  else taker.onRow(cells, values)
}

const lengthReason = (expected: number, found: number): FaultReason => ({
  column: '',
  reason: 'row-length',
  expected: `${expected} cells, as the header has, not ${found}`,
})

/** Facts that are declared and not in the catalogue. */
export const undeclarable = ({ facts }: SampleColumns, space: FactSpace): Diagnostic[] =>
  Object.keys(facts).flatMap((id) => (space.slot(id) === undefined ? [notAFact(id, space)] : []))

function notAFact(id: string, space: FactSpace): Diagnostic {
  const hint = didYouMean(
    id,
    space.types.map((type) => type.id),
  )
  return fitFinding('sample-column', at('/facts', id), `${quote(id)} is not a fact of ${space.name}`, hint === undefined ? {} : { hint })
}

/** One reader per declared column: welfare, weight, stratum, cluster, then the facts as they are declared. */
function readersOf(
  header: readonly string[],
  columns: SampleColumns,
  space: FactSpace,
  welfare: Reader,
): { readonly readers: readonly ColumnReader[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const taken = new Map<string, string>()
  const reader = (column: string | undefined, pointer: string, read: Reader): ColumnReader[] => {
    if (column === undefined) return []
    const place = header.indexOf(column)
    const refuse = (message: string, hint?: string): ColumnReader[] => {
      diagnostics.push(fitFinding('sample-column', pointer, message, hint === undefined ? {} : { hint }))
      return []
    }
    if (place < 0) return refuse(`there is no column ${quote(column)}`, didYouMean(column, header))
    if (header.lastIndexOf(column) !== place) return refuse(`the header has ${quote(column)} twice`)
    const other = taken.get(column)
    if (other !== undefined) return refuse(`${quote(column)} is declared for ${other} too`)
    taken.set(column, pointer)
    return [{ column, place, read }]
  }
  const readers = [
    ...reader(columns.welfare, '/welfare', welfare),
    ...reader(columns.weight, '/weight', readWeight),
    ...reader(columns.stratum, '/stratum', readName),
    ...reader(columns.cluster, '/cluster', readName),
    ...Object.entries(columns.facts).flatMap(([id, column]) => {
      const type = space.types[space.slot(id) ?? -1]
      if (type) return reader(column, at('/facts', id), factReader(type))
      diagnostics.push(notAFact(id, space))
      return []
    }),
  ]
  return { readers, diagnostics }
}
