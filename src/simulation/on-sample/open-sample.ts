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

/** Throws where there is no poverty line or no such sample, where its rows were not sent, and where the catalogue no longer reads them as they were stored. */
export async function openSample(db: Queryable, asked: SampleAsked, { catalogue }: Bundle, line: number | null): Promise<OpenedSample> {
  if (line === null) throw problem('request-invalid', { pointer: '/line', expected: 'a poverty line: the baseline has no povertyLine' })
  const stored = await readSample(db, asked.sample)
  if (!stored) throw problem('reference-sample-not-found', { pointer: '/reference/sample' })
  if (stored.contentHash === null) throw problem('reference-sample-without-rows', { pointer: '/reference/sample' })
  const pieces: Uint8Array[] = []
  for await (const piece of readContent(db, stored.contentHash)) pieces.push(piece)
  const columns = storedColumns(JSON.parse(stored.columns) as SampleColumns)
  const space = catalogue.household
  // A fact that the catalogue no longer has is read by nothing.
  const facts = Object.fromEntries(Object.entries(columns.facts).filter(([id]) => space.slot(id) !== undefined))
  const { sample } = parseSample(piecesText(pieces), { ...columns, facts }, space)
  if (!sample || sample.rows !== stored.rowsUsed) throw outdated(stored.rowsUsed - (sample?.rows ?? 0))
  const { id, name, source, synthetic, contentHash, rowsUsed, rowsFaulty } = stored
  return { provenance: { id, name, source, synthetic, contentHash, rowsUsed, rowsFaulty }, asked, line, rows: sample }
}

function outdated(unread: number): Error {
  const error = fitFinding('sample-outdated', '/reference/sample', `${unread} rows of the sample cannot be read under this catalogue`, {
    hint: 'declare a sample anew and send the file again',
  })
  return problem('simulation-refused', { errors: [error], pointer: error.pointer })
}
