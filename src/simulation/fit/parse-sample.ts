/** Reads an uploaded sample: CSV text and what its columns mean → reference sample, with the reasons of every row that is not used. */
import { parse } from 'csv-parse/sync'
import Type from 'typebox'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { at } from '../../kernel/diagnostic.ts'
import { quote } from '../../language/diagnostic-codes.ts'
import type { FactSpace } from '../../language/fact-space.ts'
import { didYouMean } from '../../language/nearest.ts'
import { shapeDiagnostics } from '../../language/shape.ts'
import { fitFinding } from './fit-diagnostics.ts'
import type { ReferenceSample } from './reference-sample.ts'
import { type CellReason, factReader, readName, readWeight, readWelfare, type Reader } from './sample-cell.ts'

export const MAX_SAMPLE_ROWS = 200_000

/** Which column of the header holds what; facts by their id in the catalogue. */
export const SampleColumnsSchema = Type.Object(
  {
    welfare: Type.String(),
    weight: Type.Optional(Type.String()),
    stratum: Type.Optional(Type.String()),
    cluster: Type.Optional(Type.String()),
    facts: Type.Record(Type.String(), Type.String()),
    /** Texts that stand for an unknown value besides the empty one, such as `NA`. */
    unknown: Type.Optional(Type.Array(Type.String(), { maxItems: 20 })),
    /** A comma where it is absent. */
    delimiter: Type.Optional(Type.Enum([',', ';', '\t', '|'])),
  },
  { additionalProperties: false },
)
export type SampleColumns = Type.Static<typeof SampleColumnsSchema>

/** Why a row is not used: the line it ends on (the header's first line is 1) and, per column, the reason; never the value. */
export interface RowFault {
  readonly line: number
  readonly reasons: readonly { readonly column: string; readonly reason: CellReason | 'row-length'; readonly expected: string }[]
}

export interface ParsedSample {
  /** The rows without a fault; absent where the text as a whole cannot be read. */
  readonly sample?: ReferenceSample
  /** The rows with a fault, all of them. */
  readonly faults: readonly RowFault[]
  readonly diagnostics: readonly Diagnostic[]
}

interface Line {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

interface ColumnReader {
  readonly column: string
  readonly place: number
  readonly read: Reader
}

/** Values are the decimals that they are written as, checked against the types of the catalogue; empty cells are unknown. */
export function parseSample(text: string, columns: SampleColumns, space: FactSpace): ParsedSample {
  const refused = (diagnostics: readonly Diagnostic[]): ParsedSample => ({ faults: [], diagnostics })
  const shape = shapeDiagnostics(SampleColumnsSchema, columns)
  if (shape.length > 0) return refused(shape)
  const lines = linesOf(text, columns.delimiter ?? ',')
  if ('code' in lines) return refused([lines])
  const [header, ...rows] = lines
  if (!header || rows.length === 0 || rows.length > MAX_SAMPLE_ROWS) {
    const message = `the sample has ${Math.max(rows.length, 0)} rows`
    return refused([fitFinding('sample-size', '', message, { expected: `a header and 1 to ${MAX_SAMPLE_ROWS} rows` })])
  }
  const { readers, diagnostics } = readersOf(header.record, columns, space)
  if (diagnostics.length > 0) return refused(diagnostics)
  const unknown = new Set(['', ...(columns.unknown ?? [])])
  const faults: RowFault[] = []
  const read = rows.flatMap((line) => {
    const reasons = line.record.length === header.record.length ? [] : [lengthReason(header.record.length, line.record.length)]
    const values = reasons.length > 0 ? [] : readers.map((reader) => readCell(reader, line.record, unknown, reasons))
    if (reasons.length === 0) return [values]
    faults.push({ line: line.info.lines, reasons })
    return []
  })
  return { sample: sampleOf(read, columns, space), faults, diagnostics: [] }
}

function linesOf(text: string, delimiter: string): readonly Line[] | Diagnostic {
  try {
    const options = { bom: true, delimiter, info: true, relax_column_count: true, skip_empty_lines: true, trim: true }
    return parse(text, options) as unknown as Line[]
  } catch (error) {
    return fitFinding('sample-csv', '', error instanceof Error ? error.message.slice(0, 300) : 'the text cannot be read', {
      expected: 'CSV as RFC 4180 describes it, in UTF-8',
    })
  }
}

/** One reader per declared column: welfare, weight, stratum, cluster, then the facts as they are declared. */
function readersOf(
  header: readonly string[],
  columns: SampleColumns,
  space: FactSpace,
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
    ...reader(columns.welfare, '/welfare', readWelfare),
    ...reader(columns.weight, '/weight', readWeight),
    ...reader(columns.stratum, '/stratum', readName),
    ...reader(columns.cluster, '/cluster', readName),
    ...Object.entries(columns.facts).flatMap(([id, column]) => {
      const pointer = at('/facts', id)
      const type = space.types[space.slot(id) ?? -1]
      if (type) return reader(column, pointer, factReader(type))
      const names = space.types.map((known) => known.id)
      const hint = didYouMean(id, names)
      diagnostics.push(
        fitFinding('sample-column', pointer, `${quote(id)} is not a fact of ${space.name}`, hint === undefined ? {} : { hint }),
      )
      return []
    }),
  ]
  return { readers, diagnostics }
}

function readCell(reader: ColumnReader, record: readonly string[], unknown: ReadonlySet<string>, reasons: FaultReason[]): number | string {
  const text = record[reader.place] as string
  const cell = reader.read(unknown.has(text) ? null : text)
  if (!('reason' in cell)) return cell.value
  reasons.push({ column: reader.column, ...cell })
  return NaN
}

type FaultReason = RowFault['reasons'][number]

const lengthReason = (expected: number, found: number): FaultReason => ({
  column: '',
  reason: 'row-length',
  expected: `${expected} cells, as the header has, not ${found}`,
})

function sampleOf(rows: readonly (readonly (number | string)[])[], columns: SampleColumns, space: FactSpace): ReferenceSample {
  let place = 0
  const numbers = (): Float64Array => {
    const mine = place++
    return Float64Array.from(rows, (row) => row[mine] as number)
  }
  const names = (): readonly string[] => {
    const mine = place++
    return rows.map((row) => row[mine] as string)
  }
  // The order of `readersOf`.
  const welfare = numbers()
  const weights = columns.weight === undefined ? null : numbers()
  const strata = columns.stratum === undefined ? null : names()
  const clusters = columns.cluster === undefined ? null : names()
  const facts = new Map(Object.keys(columns.facts).map((id) => [id, numbers()]))
  return { space, rows: rows.length, welfare, weights, strata, clusters, facts }
}
