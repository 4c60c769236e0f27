/** Submitting drafts together: checked as they would come into force, frozen by hash, waiting for somebody else. */
import type { Principal } from '../../../access/principal.ts'
import { recordEvent } from '../../../audit/audit-event.ts'
import type { Database } from '../../../db/database.ts'
import { contentHash } from '../../../kernel/canonical.ts'
import { dayNumber } from '../../../kernel/date.ts'
import { newId } from '../../../kernel/new-id.ts'
import { problem } from '../../../kernel/problem.ts'
import { bindDrafts, readDrafts } from '../drafts/draft-store.ts'
import type { Draft, DraftName } from '../drafts/draft-store.ts'
import { nameOf } from '../drafts/save-draft.ts'
import type { Audit } from '../drafts/save-draft.ts'
import type { ApprovalPolicy } from './approval-policy.ts'
import { entitiesRequired } from './approval-policy.ts'
import { addComment, readChangeSet, storeChangeSet } from './change-set-store.ts'
import type { ChangeSet, ChangeText } from './change-set-store.ts'
import { checkChange, isFaulty } from './check-change.ts'
import { named } from './decide-change.ts'

export interface SubmitDeps {
  readonly database: Database
  readonly policy: ApprovalPolicy
  /** Day number. */
  readonly today: () => Promise<number>
}

export interface Submission {
  readonly title: string
  readonly effectiveFrom: string
  /** Each as its author saw it. */
  readonly drafts: readonly (DraftName & { readonly etag: string })[]
  readonly comment?: string
}

/** Throws `change-set-refused` with every fault. */
export async function submitChange(deps: SubmitDeps, author: Principal, wish: Submission, audit: Audit): Promise<ChangeSet> {
  const { database, policy } = deps
  named(author)
  if ((dayNumber(wish.effectiveFrom) ?? -Infinity) < (await deps.today()))
    throw problem('effective-date-past', { pointer: '/effectiveFrom', expected: 'today or a later date' })
  const drafts = await draftsAsSeen(database, author.id, wish)
  const checked = await checkChange(database, { texts: drafts, effectiveFrom: wish.effectiveFrom })
  if (isFaulty(checked)) throw problem('change-set-refused', { errors: checked.diagnostics.slice(0, DIAGNOSTICS_SHOWN) })
  const texts = drafts.map(({ kind, id, source }): ChangeText => ({
    kind,
    id,
    source,
    hash: source === null ? null : contentHash(JSON.parse(source)),
  }))
  const { id, name, entity } = author
  const set = {
    id: newId(),
    title: wish.title,
    author: { id, name, entity },
    effectiveFrom: wish.effectiveFrom,
    hash: changeHash(wish.effectiveFrom, texts),
    required: entitiesRequired(policy, texts),
  }
  await database.transaction(async ({ client }) => {
    await storeChangeSet(client, set, texts)
    // Somebody else's hand on the same drafts, or a second submission, came first.
    if ((await bindDrafts(client, author.id, set.id, drafts)) !== drafts.length) throw problem('draft-changed')
    if (wish.comment !== undefined) await addComment(client, set.id, author, wish.comment)
    const objects = [`change-set:${set.id}`, `sha256:${set.hash}`, ...texts.map(nameOf)]
    await recordEvent(client, audit({ action: 'change-set.submitted', outcome: 'submitted', objects }))
  })
  return (await readChangeSet(database.pool, set.id)) as ChangeSet
}

export const DIAGNOSTICS_SHOWN = 500

/** Content address of what is approved: which objects get which content, from which day on. */
export const changeHash = (effectiveFrom: string, texts: readonly Omit<ChangeText, 'source'>[]): string =>
  contentHash({
    effectiveFrom,
    texts: texts.map(({ kind, id, hash }) => [kind, id, hash]).toSorted(([a, b], [c, d]) => (`${a}/${b}` < `${c}/${d}` ? -1 : 1)),
  })

async function draftsAsSeen(database: Database, author: string, { drafts }: Submission): Promise<Draft[]> {
  const mine = await readDrafts(database.pool, author)
  if (new Set(drafts.map(nameOf)).size !== drafts.length)
    throw problem('request-invalid', { pointer: '/drafts', expected: 'each draft once' })
  return drafts.map((wanted, index) => {
    const draft = mine.find((one) => one.kind === wanted.kind && one.id === wanted.id)
    if (!draft) throw problem('draft-not-found', { pointer: `/drafts/${index}` })
    if (draft.etag !== wanted.etag || draft.changeSet !== null) throw problem('draft-changed', { pointer: `/drafts/${index}/etag` })
    return draft
  })
}
