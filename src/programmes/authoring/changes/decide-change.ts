/** Approving, rejecting and withdrawing: by persons, never by the author, and exactly one of those who come at once succeeds. */
import type { Principal } from '../../../access/principal.ts'
import { recordEvent } from '../../../audit/audit-event.ts'
import type { Database } from '../../../db/database.ts'
import type { Queryable } from '../../../db/queryable.ts'
import { problem } from '../../../kernel/problem.ts'
import { brokenFrom } from '../../holds-together.ts'
import { dropDraftsOf, freeDrafts } from '../drafts/draft-store.ts'
import type { Audit } from '../drafts/save-draft.ts'
import { addApproval, addComment, lockChangeSet, moveChangeSet, readApprovals, readChangeSet, readChangeTexts } from './change-set-store.ts'
import type { ChangeSet } from './change-set-store.ts'
import { lockVersions, takeBack } from './version-intervals.ts'

export interface Decision {
  readonly changeSet: string
  /** Of the change set as the person read it. */
  readonly hash: string
  readonly comment?: string
}

/** What one person proposes another approves: a key stands for an organisation, and nobody could say who held it. */
export function named({ kind }: Principal): void {
  if (kind !== 'user') throw problem('person-required')
}

export async function approveChange(database: Database, person: Principal, decision: Decision, audit: Audit): Promise<ChangeSet> {
  return decide(database, person, decision, async (client, set) => {
    if (set.required.length > 0 && !set.required.includes(person.entity))
      throw problem('approver-entity', { expected: set.required.join(', ') })
    if (!(await addApproval(client, set, person)))
      throw problem('change-set-decided', { detail: 'this person or entity has approved already' })
    const approvals = await readApprovals(client, set.id)
    const missing = set.required.filter((entity) => !approvals.some((one) => one.entity === entity))
    const outcome = missing.length === 0 ? 'approved' : 'approved in part'
    if (missing.length === 0) {
      await moveChangeSet(client, set.id, ['submitted'], 'approved')
      await dropDraftsOf(client, set.id)
    }
    await recordEvent(client, audit({ action: 'change-set.approved', outcome, objects: objectsOf(set) }))
  })
}

export async function rejectChange(database: Database, person: Principal, decision: Decision, audit: Audit): Promise<ChangeSet> {
  return decide(database, person, decision, async (client, set) => {
    if (set.required.length > 0 && !set.required.includes(person.entity))
      throw problem('approver-entity', { expected: set.required.join(', ') })
    await moveChangeSet(client, set.id, ['submitted'], 'rejected')
    await freeDrafts(client, set.id)
    await recordEvent(client, audit({ action: 'change-set.rejected', outcome: 'rejected', objects: objectsOf(set) }))
  })
}

/** The author takes it back while it is not in force; of a scheduled one what held before holds on. */
export async function withdrawChange(
  { database, today }: { readonly database: Database; readonly today: () => Promise<number> },
  who: Principal,
  changeSet: string,
  audit: Audit,
): Promise<ChangeSet> {
  const now = new Date((await today()) * DAY_MS).toISOString().slice(0, 10)
  await database.transaction(async ({ client }) => {
    await lockVersions(client)
    const set = await lockChangeSet(client, changeSet)
    if (!set) throw problem('change-set-not-found')
    if (set.author.id !== who.id) throw problem('author-required')
    const begun = set.status === 'scheduled' && set.effectiveFrom <= now
    if (begun || !(await moveChangeSet(client, changeSet, ['submitted', 'approved', 'scheduled'], 'withdrawn')))
      throw problem('change-set-decided')
    if (set.status === 'submitted') await freeDrafts(client, changeSet)
    if (set.status === 'scheduled') {
      const texts = await readChangeTexts(client, changeSet)
      await takeBack(
        client,
        changeSet,
        set.effectiveFrom,
        texts.filter(({ source }) => source === null),
      )
      // What is scheduled for later may stand on it.
      const errors = await brokenFrom(client, set.effectiveFrom)
      if (errors.length > 0) throw problem('change-set-needed', { errors })
    }
    await recordEvent(client, audit({ action: 'change-set.withdrawn', outcome: 'withdrawn', objects: objectsOf(set) }))
  })
  return (await readChangeSet(database.pool, changeSet)) as ChangeSet
}

const DAY_MS = 86_400_000

export async function commentOnChange(database: Database, person: Principal, changeSet: string, text: string, audit: Audit): Promise<void> {
  await database.transaction(async ({ client }) => {
    if (!(await readChangeSet(client, changeSet))) throw problem('change-set-not-found')
    await addComment(client, changeSet, person, text)
    await recordEvent(client, audit({ action: 'change-set.commented', outcome: 'written', objects: [`change-set:${changeSet}`] }))
  })
}

export const objectsOf = ({ id, hash }: ChangeSet): string[] => [`change-set:${id}`, `sha256:${hash}`]

async function decide(
  database: Database,
  person: Principal,
  { changeSet, hash, comment }: Decision,
  work: (client: Queryable, set: ChangeSet) => Promise<void>,
): Promise<ChangeSet> {
  named(person)
  // Whoever comes too late need not wait in the row's queue to be told so.
  refuse(await readChangeSet(database.pool, changeSet), person, hash)
  await database.transaction(async ({ client }) => {
    const set = refuse(await lockChangeSet(client, changeSet), person, hash)
    if (comment !== undefined) await addComment(client, changeSet, person, comment)
    await work(client, set)
  })
  return (await readChangeSet(database.pool, changeSet)) as ChangeSet
}

function refuse(set: ChangeSet | null, person: Principal, hash: string): ChangeSet {
  if (!set) throw problem('change-set-not-found')
  if (set.author.id === person.id) throw problem('approver-is-author')
  if (set.status !== 'submitted') throw problem('change-set-decided')
  if (set.hash !== hash) throw problem('change-set-differs', { pointer: '/hash' })
  return set
}
