/** A sample in a file, with its declaration beside it, stored for a command that measures on it. */
import { createReadStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Static } from 'typebox'
import Value from 'typebox/value'
import type { Database } from '../db/database.ts'
import { newId } from '../kernel/new-id.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { declareSample, loadSample } from '../simulation/reference/load-sample.ts'
import { receiveFile } from '../simulation/reference/receive-file.ts'
import type { StoredSample } from '../simulation/reference/sample-store.ts'
import { SampleDeclarationSchema } from '../simulation/reference/schema.ts'

type Declaration = Static<typeof SampleDeclarationSchema>

export function readDeclaration(path: string): Declaration {
  const declaration: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (Value.Check(SampleDeclarationSchema, declaration)) return declaration
  const [first] = Value.Errors(SampleDeclarationSchema, declaration)
  throw new Error(`${path}: ${first?.instancePath ?? ''} ${first?.message ?? 'not the declaration of a sample'}`)
}

export interface SampleInFile {
  /** CSV, or Parquet where its name says so. */
  readonly file: string
  readonly declaration: Declaration
  /** Who stores it, and what for. */
  readonly who: { readonly actor: string; readonly entity: string }
  readonly purpose: string
}

/** Throws `reference-sample-refused` with every fault of the file as a whole. */
export async function storeSampleFile(
  database: Database,
  { dataDirectory }: { readonly dataDirectory: string },
  { file, declaration, who, purpose }: SampleInFile,
  bundle: Bundle,
): Promise<StoredSample> {
  const event = (one: { readonly action: string; readonly outcome: string }) => ({ ...one, ...who, purpose, requestId: newId() })
  const declared = await declareSample(database, { ...who, declaration }, bundle.catalogue.household, event)
  const received = await receiveFile(createReadStream(file), join(dataDirectory, 'tmp', 'uploads'))
  try {
    const format = file.endsWith('.parquet') ? 'parquet' : 'csv'
    return await loadSample(database, declared, { ...received, format }, bundle, event)
  } finally {
    await received.remove()
  }
}
