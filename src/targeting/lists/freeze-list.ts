/** Freezing a published list for hand-over: who did it when, signed together with the list's counts and root hash. */
import { sign } from 'node:crypto'
import type { Queryable } from '../../db/queryable.ts'
import { canonicalJson } from '../../kernel/canonical.ts'
import type { ListHeader } from './list-store.ts'
import type { SigningKey } from '../../audit/signing-key.ts'

export interface FrozenList {
  readonly frozenAt: string
  readonly frozenBy: string
  /** Canonical JSON: the bytes that are signed. */
  readonly signed: string
  /** Ed25519, base64. */
  readonly signature: string
}

interface Freezing {
  readonly frozenAt: string
  readonly frozenBy: string
  readonly signature: string
}

/** Freezes once: whoever comes second gets what the first one signed, and `already`. */
export async function freezeList(
  db: Queryable,
  list: ListHeader,
  { privateKey }: SigningKey,
  { at, by }: { readonly at: Date; readonly by: string },
): Promise<FrozenList & { readonly already: boolean }> {
  const frozenAt = at.toISOString()
  const signed = signedText(list, frozenAt, by)
  const signature = sign(null, Buffer.from(signed), privateKey).toString('base64')
  const { rowCount } = await db.query(
    'UPDATE ranked_list SET frozen_at = $2, frozen_by = $3, signature = $4 WHERE number = $1 AND frozen_at IS NULL',
    [list.number, frozenAt, by, signature],
  )
  if (rowCount === 1) return { frozenAt, frozenBy: by, signed, signature, already: false }
  const stored = await readFrozen(db, list)
  if (!stored) throw new Error(`list ${list.number} can be neither frozen nor read as frozen`)
  return { ...stored, already: true }
}

/** Null while nobody froze it. */
export async function readFrozen(db: Queryable, list: ListHeader): Promise<FrozenList | null> {
  const { rows } = await db.query<Freezing>(
    `SELECT to_char(frozen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "frozenAt", frozen_by AS "frozenBy", signature
     FROM ranked_list WHERE number = $1 AND frozen_at IS NOT NULL`,
    [list.number],
  )
  const [row] = rows
  return row ? { ...row, signed: signedText(list, row.frozenAt, row.frozenBy) } : null
}

const signedText = (
  { runId, programme, unit, asOf, versionSet, manifestHash, rootHash, eligible, selected, waitlisted, leftOut }: ListHeader,
  frozenAt: string,
  frozenBy: string,
): string =>
  canonicalJson({
    run: runId,
    programme,
    unit,
    asOf,
    versionSet,
    manifestHash,
    rootHash,
    counts: { eligible, selected, waitlisted, leftOut },
    frozenAt,
    frozenBy,
  })
