/** What is kept of substitutions, in the vault: both numbers, both references, who asked and why. */
import type { Queryable } from '../../db/queryable.ts'
import { problem } from '../../kernel/problem.ts'

export interface KeptSubstitution {
  readonly id: string
  readonly number: string
  readonly currentNumber: string
  readonly oldRef: number
  readonly currentRef: number
  /** All that stood for the old reference. */
  readonly numbers: readonly string[]
}

interface Known {
  readonly personRef: number
  readonly supersededBy: string | null
}

export async function referencesOf(
  client: Queryable,
  number: string,
  current: string,
): Promise<{ readonly old: Known | null; readonly current: Known | null }> {
  const { rows } = await client.query<Known & { number: string }>(
    'SELECT number, person_ref AS "personRef", superseded_by AS "supersededBy" FROM identity.identifier WHERE number = ANY ($1::text[]) ORDER BY number FOR UPDATE',
    [[number, current]],
  )
  const of = (wanted: string): Known | null => rows.find((row) => row.number === wanted) ?? null
  return { old: of(number), current: of(current) }
}

/** Lets numbers of one reference, or those named, stand for another; returns them. */
export async function renumber(
  client: Queryable,
  from: number,
  to: number,
  { number, supersededBy }: { readonly number: string; readonly supersededBy: string | null },
  only: readonly string[] | null = null,
): Promise<string[]> {
  const { rows } = await client.query<{ number: string }>(
    `UPDATE identity.identifier SET person_ref = $2, superseded_by = CASE WHEN number = $3 THEN $4 ELSE superseded_by END
     WHERE person_ref = $1 AND ($5::text[] IS NULL OR number = ANY ($5)) RETURNING number`,
    [from, to, number, supersededBy, only],
  )
  return rows.map((row) => row.number)
}

export async function insertSubstitution(
  client: Queryable,
  kept: KeptSubstitution & { readonly reason: string; readonly actor: string; readonly entity: string; readonly seq: number },
): Promise<void> {
  await client.query(
    `INSERT INTO identity.substitution (id, old_number, current_number, old_ref, current_ref, numbers, reason, actor, entity, seq)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [kept.id, kept.number, kept.currentNumber, kept.oldRef, kept.currentRef, kept.numbers, kept.reason, kept.actor, kept.entity, kept.seq],
  )
}

/** One in force that no later one builds on; else a problem. */
export async function lockSubstitution(client: Queryable, id: string): Promise<KeptSubstitution> {
  const { rows } = await client.query<KeptSubstitution & { undone: boolean; built: boolean }>(
    `SELECT id, old_number AS number, current_number AS "currentNumber", old_ref AS "oldRef", current_ref AS "currentRef", numbers, undone_at IS NOT NULL AS undone,
       EXISTS (SELECT FROM identity.substitution later WHERE later.seq > s.seq AND later.undone_at IS NULL
         AND (later.old_ref IN (s.old_ref, s.current_ref) OR later.current_ref IN (s.old_ref, s.current_ref))) AS built
     FROM identity.substitution s WHERE id = $1 FOR UPDATE`,
    [id],
  )
  const [kept] = rows
  if (!kept) throw problem('substitution-not-found')
  if (kept.undone) throw problem('substitution-refused', { detail: 'it was undone before' })
  if (kept.built) throw problem('substitution-refused', { detail: 'a later substitution builds on it' })
  return kept
}

export const markUndone = async (client: Queryable, id: string, actor: string, seq: number): Promise<void> =>
  void (await client.query('UPDATE identity.substitution SET undone_at = now(), undone_by = $2, undone_seq = $3 WHERE id = $1', [
    id,
    actor,
    seq,
  ]))
