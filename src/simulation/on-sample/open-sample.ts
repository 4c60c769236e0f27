/** A stored sample as the reference of a simulation: its rows read by the baseline's catalogue, and where they come from. */
import type { Queryable } from '../../db/queryable.ts'
import { problem } from '../../kernel/problem.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { fitFinding } from '../fit/fit-diagnostics.ts'
import { parseSample } from '../fit/parse-sample.ts'
import type { ReferenceSample } from '../fit/reference-sample.ts'
import type { SampleColumns } from '../fit/sample-columns.ts'
import { readContent } from '../reference/content-store.ts'
import { storedColumns } from '../reference/read-upload.ts'
import { readSample } from '../reference/sample-store.ts'
import { piecesText } from '../reference/text-pieces.ts'
import type { SampleAsked } from './sample-asked.ts'

export interface OpenedSample {
  readonly provenance: SampleProvenance
  readonly asked: SampleAsked
  /** Thousandths per person and month. */
  readonly line: number
  readonly rows: ReferenceSample
}

export interface SampleProvenance {
  readonly id: string
  readonly name: string
  /** As a publication would cite it. */
  readonly source: string
  readonly synthetic: boolean
  /** SHA-256 of the rows that are kept. */
  readonly contentHash: string
  readonly rowsUsed: number
  readonly rowsFaulty: number
}

/** A sample as it is stored, not read yet. */
export interface StoredRows extends Omit<OpenedSample, 'rows'> {
  /** Its rows, gzipped, and what was declared of them. */
  readonly pieces: readonly Uint8Array[]
  readonly columns: SampleColumns
}

/** Throws where there is no poverty line or no such sample, and where its rows were not sent. */
export async function findSample(db: Queryable, asked: SampleAsked, line: number | null): Promise<StoredRows> {
  if (line === null) throw problem('request-invalid', { pointer: '/line', expected: 'a poverty line: the baseline has no povertyLine' })
  const stored = await readSample(db, asked.sample)
  if (!stored) throw problem('reference-sample-not-found', { pointer: '/reference/sample' })
  if (stored.contentHash === null) throw problem('reference-sample-without-rows', { pointer: '/reference/sample' })
  const pieces: Uint8Array[] = []
  for await (const piece of readContent(db, stored.contentHash)) pieces.push(piece)
  const { id, name, source, synthetic, contentHash, rowsUsed, rowsFaulty } = stored
  const provenance = { id, name, source, synthetic, contentHash, rowsUsed, rowsFaulty }
  return { provenance, asked, line, pieces, columns: JSON.parse(stored.columns) as SampleColumns }
}

/** `unread`: how many rows the catalogue no longer reads as they were stored. */
export function openSample({ pieces, columns, ...known }: StoredRows, { catalogue }: Bundle): OpenedSample | { readonly unread: number } {
  const { facts, ...own } = storedColumns(columns)
  const space = catalogue.household
  // A fact that the catalogue no longer has is read by nothing.
  const held = Object.fromEntries(Object.entries(facts).filter(([id]) => space.slot(id) !== undefined))
  const { sample } = parseSample(piecesText(pieces), { ...own, facts: held }, space)
  const { rowsUsed } = known.provenance
  if (!sample || sample.rows !== rowsUsed) return { unread: rowsUsed - (sample?.rows ?? 0) }
  return { ...known, rows: sample }
}

export function outdated(unread: number): Error {
  const error = fitFinding('sample-outdated', '/reference/sample', `${unread} rows of the sample cannot be read under this catalogue`, {
    hint: 'declare a sample anew and send the file again',
  })
  return problem('simulation-refused', { errors: [error], pointer: error.pointer })
}
