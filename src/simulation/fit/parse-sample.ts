/** Reads an uploaded sample: CSV text and what its columns mean → reference sample, with the reasons of every row that is not used. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import type { FactSpace } from '../../language/fact-space.ts'
import { readRows, type RowFault } from './read-rows.ts'
import type { ReferenceSample } from './reference-sample.ts'
import type { SampleColumns } from './sample-columns.ts'

export interface ParsedSample {
  /** The rows without a fault; absent where the text as a whole cannot be read. */
  readonly sample?: ReferenceSample
  /** The rows with a fault, all of them. */
  readonly faults: readonly RowFault[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Values are the decimals that they are written as, checked against the types of the catalogue; empty cells are unknown. */
export function parseSample(text: string | Uint8Array, columns: SampleColumns, space: FactSpace): ParsedSample {
  const faults: RowFault[] = []
  const rows: (readonly (number | string)[])[] = []
  const diagnostics = readRows(text, columns, space, {
    onRow: (_cells, values) => void rows.push(values),
    onFault: (fault) => void faults.push(fault),
  })
  return diagnostics.length > 0 ? { faults: [], diagnostics } : { sample: sampleOf(rows, columns, space), faults, diagnostics: [] }
}

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
  // The order of the columns' readers.
  const welfare = numbers()
  const weights = columns.weight === undefined ? null : numbers()
  const strata = columns.stratum === undefined ? null : names()
  const clusters = columns.cluster === undefined ? null : names()
  const facts = new Map(Object.keys(columns.facts).map((id) => [id, numbers()]))
  return { space, rows: rows.length, welfare, weights, strata, clusters, facts }
}
