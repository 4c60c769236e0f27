/** Declaring a reference sample, and storing its rows once: those without a fault, and line and reasons of the others. */
import { type AuditEvent, recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import { canonicalJson } from '../../kernel/canonical.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { newId } from '../../kernel/new-id.ts'
import { problem } from '../../kernel/problem.ts'
import type { FactSpace } from '../../language/fact-space.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { undeclarable } from '../fit/read-rows.ts'
import type { SampleColumns } from '../fit/sample-columns.ts'
import { storeContent } from './content-store.ts'
import { readApart, type SampleFormat } from './read-apart.ts'
import { awaitingRowsOf, readSample, storeSample, storeSampleRows, type StoredSample } from './sample-store.ts'
import type { SampleDeclaration } from './schema.ts'

/** Of one actor, that wait for their rows. */
export const AWAITING_MAX = 50

type Audit = (event: Pick<AuditEvent, 'action' | 'outcome' | 'objects'>) => AuditEvent

export interface Declaring {
  readonly actor: string
  readonly entity: string
  readonly declaration: SampleDeclaration
}

export async function declareSample(
  { pool, transaction }: Database,
  { actor, entity, declaration: { name, source, synthetic, columns } }: Declaring,
  space: FactSpace,
  audit: Audit,
): Promise<StoredSample> {
  refuse(undeclarable(columns, space))
  if ((await awaitingRowsOf(pool, actor)) >= AWAITING_MAX)
    throw problem('reference-samples-too-many', { expected: `at most ${AWAITING_MAX}` })
  const id = newId()
  await transaction(async ({ client }) => {
    await storeSample(client, { id, actor, entity, name, source, synthetic, columns: canonicalJson(columns) })
    await recordEvent(client, audit({ action: 'reference-sample.declared', outcome: 'declared', objects: [`reference-sample:${id}`] }))
  })
  return existing(pool, id)
}

export interface SampleFile {
  readonly path: string
  readonly format: SampleFormat
  readonly hash: string
  readonly bytes: number
}

/** The same file again is the same sample; another one is refused. Nothing is stored of a file that cannot be read as a whole. */
export async function loadSample(
  { pool, transaction }: Database,
  sample: StoredSample,
  file: SampleFile,
  { catalogue, hash: versionSet }: Bundle,
  audit: Audit,
): Promise<StoredSample> {
  const before = again(sample, file)
  if (before) return before
  const columns = JSON.parse(sample.columns) as SampleColumns
  const { path, format } = file
  const read = await readApart({ path, format, columns, synthetic: sample.synthetic, space: catalogue.household })
  if ('diagnostics' in read) throw refused(read.diagnostics)
  const { content, faults, rowsUsed, rowsFaulty, counts } = read.stored
  const stored = await transaction(async ({ client }) => {
    for (const text of [content, faults]) await storeContent(client, text)
    const rows = {
      contentHash: content.hash,
      faultsHash: faults.hash,
      fileHash: file.hash,
      fileBytes: file.bytes,
      rowsUsed,
      rowsFaulty,
      faultCounts: JSON.stringify(counts),
      versionSet,
    }
    if (!(await storeSampleRows(client, sample.id, rows))) return false
    const objects = [`reference-sample:${sample.id}`, `content:${content.hash}`]
    await recordEvent(client, audit({ action: 'reference-sample.stored', outcome: 'stored', objects }))
    return true
  })
  const now = await existing(pool, sample.id)
  return stored ? now : (again(now, file) ?? now)
}

/** Null when there are no rows yet. */
function again(sample: StoredSample, { hash }: SampleFile): StoredSample | null {
  if (sample.fileHash === null) return null
  if (sample.fileHash !== hash) throw problem('reference-sample-stored')
  return sample
}

function refuse(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length > 0) throw refused(diagnostics)
}

/** Pointers of the parts of a declaration lead into it. */
function refused(diagnostics: readonly Diagnostic[]): Error {
  const errors = diagnostics.map((found) => (found.code === 'sample-column' ? { ...found, pointer: `/columns${found.pointer}` } : found))
  return problem('reference-sample-refused', { errors, pointer: errors[0]?.pointer ?? '' })
}

async function existing(db: Database['pool'], id: string): Promise<StoredSample> {
  const found = await readSample(db, id)
  if (!found) throw problem('reference-sample-not-found')
  return found
}
