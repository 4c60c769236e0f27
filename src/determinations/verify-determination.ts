/** Holds a stored determination against its hashes, and against what comes out when it is computed again. */
import type { Database } from '../db/database.ts'
import { type Check, check, differs } from '../kernel/check.ts'
import { sha256 } from '../kernel/canonical.ts'
import { Problem, problem } from '../kernel/problem.ts'
import { versionsOf } from '../programmes/versions-in-force.ts'
import type { DeterminationBody } from './determination-body.ts'
import { readDetermination, type StoredDetermination } from './determination-store.ts'
import { recall, replay } from './recall.ts'

export type DeterminationCheck = 'facts' | 'body' | 'record' | 'again'

export async function* verifyDetermination(database: Database, id: string): AsyncGenerator<Check<DeterminationCheck>> {
  const stored = await readDetermination(database.pool, id)
  if (!stored) throw problem('determination-not-found')
  yield check('facts', differs('SHA-256', stored.factsHash, sha256(stored.facts)))
  yield check('body', differs('SHA-256', stored.bodyHash, sha256(stored.body)))
  const said = bodyOf(stored.body)
  yield check('record', said ? recordDiffers(said, stored) : ['the determination cannot be read'])
  if (!said) return
  yield check('again', await replayDiffers(database, stored))
}

/** The row says the same as its body: re-evaluation and the person's export read the row. */
function recordDiffers(said: DeterminationBody, { outcome, programme, personRef }: StoredDetermination): string[] {
  return [
    ...differs('outcome', said.outcome, outcome),
    ...differs('programme', said.programme.id, programme),
    ...differs('person', said.personRef, personRef),
  ]
}

/** Null for a text that was none of a determination's. */
function bodyOf(text: string): DeterminationBody | null {
  try {
    const body = JSON.parse(text) as Partial<DeterminationBody> | null
    return body?.programme ? (body as DeterminationBody) : null
  } catch {
    return null
  }
}

/** With the versions compiled anew; what cannot be computed again is a difference too. */
async function replayDiffers(database: Database, stored: StoredDetermination): Promise<string[]> {
  try {
    const { same, storedHash, replayedHash, outcome } = await replay(await recall(versionsOf(database), stored))
    return same ? [] : [...differs('outcome', outcome.stored, outcome.replayed), ...differs('SHA-256', storedHash, replayedHash)]
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'replay-not-possible') throw error
    return [error.parts.detail ?? error.parts.expected ?? error.code]
  }
}
