/** Puts the shipped versions into the database: all of them checked together first, nothing invalid stored, nothing stored twice. */
import type { Database } from '../db/database.ts'
import { brokenFrom } from './holds-together.ts'
import { compileBundle } from './compile-bundle.ts'
import { shippedTexts } from './shipped-files.ts'
import { hasAuthored, storeShipped } from './version-store.ts'
import type { VersionRef, VersionText } from './version.ts'

/** Resolves to what was added now; throws with every error when the shipped files do not check. */
export async function loadShippedVersions(database: Database, texts: readonly VersionText[] = shippedTexts()): Promise<VersionRef[]> {
  // Texts without a number get one when they are stored; for the check any will do.
  const { diagnostics } = compileBundle(
    texts.filter(({ kind }) => kind !== 'cases').map((text) => ({ ...text, version: text.version ?? 1 })),
  )
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) {
    throw new Error(`The shipped versions are refused:\n${errors.map(({ pointer, message }) => `  ${pointer}: ${message}`).join('\n')}`)
  }
  return database.transaction(async ({ client }) => {
    const added = await storeShipped(client, texts)
    if (added.length === 0 || !(await hasAuthored(client))) return added
    // A ministry's own versions stay; what is shipped anew must fit them, or nothing of it is stored and the operator is told.
    const broken = await brokenFrom(client, new Date().toISOString().slice(0, 10))
    if (broken.length > 0)
      throw new Error(
        `The shipped versions do not fit those in force here:\n${broken.map(({ pointer, message }) => `  ${pointer}: ${message}`).join('\n')}`,
      )
    return added
  })
}
