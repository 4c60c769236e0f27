/** Writing and giving up a draft: only over the text that the author saw, and whatever was submitted with it is withdrawn. */
import type { AuditEvent } from '../../../audit/audit-event.ts'
import { recordEvent } from '../../../audit/audit-event.ts'
import type { Database } from '../../../db/database.ts'
import type { Queryable } from '../../../db/queryable.ts'
import { sha256 } from '../../../kernel/canonical.ts'
import { problem } from '../../../kernel/problem.ts'
import { parseJsonText } from '../../../language/json-text.ts'
import { withdrawSubmitted } from '../changes/change-set-store.ts'
import { addDraft, changeDraft, dropDraft, freeDrafts, readDraft, readDrafts } from './draft-store.ts'
import type { Draft, DraftName, DraftSeen } from './draft-store.ts'

export const DRAFTS_MAX = 200

export type Audit = (event: Pick<AuditEvent, 'action' | 'outcome' | 'objects'>) => AuditEvent

export interface DraftWish extends DraftName {
  readonly author: string
  /** Null takes the object out of force. */
  readonly source: string | null
  /** The text that is replaced; undefined for a new draft. */
  readonly ifMatch: string | undefined
}

/** Refuses what is not strict JSON of an object at once, so that nothing hostile is ever kept; all else is left to the check. */
export async function saveDraft(database: Database, { author, ifMatch, ...text }: DraftWish, audit: Audit): Promise<Draft> {
  refuseUnreadable(text.source)
  const draft = { ...text, etag: sha256(text.source ?? 'retire') }
  await database.transaction(async ({ client }) => {
    if (ifMatch === undefined) {
      await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`mizan drafts of ${author}`])
      if ((await readDrafts(client, author)).length >= DRAFTS_MAX) throw problem('drafts-too-many', { expected: `at most ${DRAFTS_MAX}` })
      if (!(await addDraft(client, author, draft)))
        throw problem('if-match-missing', { pointer: 'If-Match', expected: 'the ETag of the draft' })
    } else {
      const seen = await voided(client, author, ifMatch, draft, audit)
      if (!(await changeDraft(client, author, seen, draft))) throw problem('draft-changed', { pointer: 'If-Match' })
    }
    await recordEvent(client, audit({ action: 'draft.saved', outcome: 'saved', objects: [nameOf(draft), `sha256:${draft.etag}`] }))
  })
  const saved = await readDraft(database.pool, author, text)
  if (!saved) throw problem('draft-changed')
  return saved
}

export async function giveUpDraft(
  database: Database,
  { author, ifMatch, ...name }: Omit<DraftWish, 'source'>,
  audit: Audit,
): Promise<void> {
  if (ifMatch === undefined) throw problem('if-match-missing', { pointer: 'If-Match', expected: 'the ETag of the draft' })
  await database.transaction(async ({ client }) => {
    const seen = await voided(client, author, ifMatch, name, audit)
    if (!(await dropDraft(client, author, seen, name))) throw problem('draft-changed', { pointer: 'If-Match' })
    await recordEvent(client, audit({ action: 'draft.given-up', outcome: 'deleted', objects: [nameOf(name)] }))
  })
}

export const nameOf = ({ kind, id }: DraftName): string => `${kind}/${id}`

/**
 * The draft as the author saw it, its submission taken back; when that was decided in the same moment, the edit is what is refused.
 * The change set is locked before the draft, as whoever decides does, so that the two wait for each other and never in a circle.
 */
async function voided(client: Queryable, author: string, etag: string, name: DraftName, audit: Audit): Promise<DraftSeen> {
  const draft = await readDraft(client, author, name)
  if (!draft) throw problem('draft-not-found')
  if (draft.etag !== etag) throw problem('draft-changed', { pointer: 'If-Match' })
  const { changeSet } = draft
  if (changeSet === null) return { etag, changeSet }
  if (!(await withdrawSubmitted(client, changeSet))) throw problem('change-set-decided')
  await freeDrafts(client, changeSet)
  await recordEvent(client, audit({ action: 'change-set.withdrawn', outcome: 'edited', objects: [`change-set:${changeSet}`] }))
  return { etag, changeSet: null }
}

function refuseUnreadable(source: string | null): void {
  if (source === null) return
  const { value, diagnostics } = parseJsonText(source)
  if (diagnostics.length > 0) throw problem('draft-refused', { errors: diagnostics.slice(0, ERRORS_SHOWN), pointer: '/source' })
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw problem('draft-refused', { pointer: '/source', expected: 'the text of a JSON object' })
}

const ERRORS_SHOWN = 100
