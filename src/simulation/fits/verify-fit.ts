/** Holds a completed fit against its manifest, and against what comes out when it is computed again. */
import type { Database } from '../../db/database.ts'
import { sha256 } from '../../kernel/canonical.ts'
import { check, type Check, differs } from '../../kernel/check.ts'
import { problem } from '../../kernel/problem.ts'
import { readContent } from '../reference/content-store.ts'
import { piecesText } from '../reference/text-pieces.ts'
import { readFit, readFitResult } from './fit-store.ts'
import { computeFit } from './perform-fit.ts'

export type FitCheck = 'manifest' | 'sample' | 'result' | 'again'

export async function* verifyFit(database: Database, id: string, signal: AbortSignal): AsyncGenerator<Check<FitCheck>> {
  const { pool } = database
  const stored = await readFit(pool, id)
  if (!stored) throw problem('fit-not-found')
  const result = await readFitResult(pool, id)
  if (stored.manifest === null || result === null) throw problem('fit-not-completed', { detail: stored.status })
  yield check('manifest', differs('SHA-256', stored.manifestHash, sha256(stored.manifest)))
  const said = JSON.parse(stored.manifest) as Readonly<Record<'sample' | 'result' | 'node', string>>
  const pieces: Uint8Array[] = []
  for await (const piece of readContent(pool, said.sample)) pieces.push(piece)
  yield check('sample', differs('SHA-256', said.sample, sha256(piecesText(pieces))))
  yield check('result', differs('SHA-256', said.result, sha256(result)))
  const again = await computeFit(database, stored, { onProgress: () => undefined, signal })
  yield check('again', [
    ...differs('result', sha256(result), sha256(again.result)),
    // Another Node is no difference where the bytes are the same.
    ...(said.node === process.versions.node ? differs('manifest', stored.manifestHash, sha256(again.manifest)) : []),
  ])
}
