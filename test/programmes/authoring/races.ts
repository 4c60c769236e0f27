/** Rounds in which many people decide on one change set at the same moment. */
import type { Database } from '../../../src/db/database.ts'
import { sha256 } from '../../../src/kernel/canonical.ts'
import { newId } from '../../../src/kernel/new-id.ts'
import { Problem } from '../../../src/kernel/problem.ts'
import { readChangeSet, readApprovals, storeChangeSet } from '../../../src/programmes/authoring/changes/change-set-store.ts'
import type { ChangeSet } from '../../../src/programmes/authoring/changes/change-set-store.ts'
import { approveChange, rejectChange } from '../../../src/programmes/authoring/changes/decide-change.ts'
import { changeHash } from '../../../src/programmes/authoring/changes/submit-change.ts'
import { bindDrafts, readDraft } from '../../../src/programmes/authoring/drafts/draft-store.ts'
import { saveDraft } from '../../../src/programmes/authoring/drafts/save-draft.ts'
import type { Audit } from '../../../src/programmes/authoring/drafts/save-draft.ts'
import { user } from './support.ts'

const audit: Audit = (event) => ({ ...event, actor: 'test', entity: 'test', purpose: 'test', requestId: 'test' })
const maker = user('maker')
const name = { kind: 'parameter', id: 'raced' } as const

/** A submitted change set of the maker with one draft, without the check that is not raced here. */
async function submitted(database: Database, round: number): Promise<ChangeSet> {
  const known = await readDraft(database.pool, maker.id, name)
  const source = JSON.stringify({ round })
  await saveDraft(database, { ...name, author: maker.id, source, ifMatch: known?.etag }, audit)
  const texts = [{ ...name, source, hash: sha256(source) }]
  const set = {
    id: newId(),
    title: 'raced',
    author: maker,
    effectiveFrom: '2027-01-01',
    required: [],
    hash: changeHash('2027-01-01', texts),
  }
  await database.transaction(async ({ client }) => {
    await storeChangeSet(client, set, texts)
    await bindDrafts(client, maker.id, set.id, [{ ...name, source, etag: sha256(source) }])
  })
  return (await readChangeSet(database.pool, set.id)) as ChangeSet
}

export interface Raced {
  winners: number
  selfApprovals: number
  readonly refusals: Record<string, number>
  /** Approved sets whose approval is of another hash than the one submitted, or whose text is another. */
  wrongHashes: number
}

const settle = async (work: readonly Promise<unknown>[], raced: Raced): Promise<number> => {
  const outcomes = await Promise.allSettled(work)
  for (const one of outcomes) {
    if (one.status === 'fulfilled') continue
    const code = one.reason instanceof Problem ? one.reason.code : String(one.reason)
    raced.refusals[code] = (raced.refusals[code] ?? 0) + 1
  }
  return outcomes.filter(({ status }) => status === 'fulfilled').length
}

/** In each round twenty checkers, the author among them, approve at once. */
export async function raceCheckers(database: Database, rounds: number): Promise<Raced> {
  const raced: Raced = { winners: 0, selfApprovals: 0, refusals: {}, wrongHashes: 0 }
  for (let round = 0; round < rounds; round++) {
    const set = await submitted(database, round)
    const people = Array.from({ length: 20 }, (_, index) => (index === round % 20 ? maker : user(`checker${index}`)))
    raced.winners += await settle(
      people.map((person) => approveChange(database, person, { changeSet: set.id, hash: set.hash }, audit)),
      raced,
    )
    const approvals = await readApprovals(database.pool, set.id)
    raced.selfApprovals += approvals.filter(({ id }) => id === maker.id).length
    if (approvals.length !== 1 || approvals[0]?.hash !== set.hash) raced.wrongHashes++
  }
  return raced
}

/** In each round somebody approves, somebody rejects and the author edits, all at once. */
export async function raceEdits(database: Database, rounds: number): Promise<Raced> {
  const raced: Raced = { winners: 0, selfApprovals: 0, refusals: {}, wrongHashes: 0 }
  for (let round = 0; round < rounds; round++) {
    const set = await submitted(database, 1_000_000 + round)
    const draft = await readDraft(database.pool, maker.id, name)
    const decision = { changeSet: set.id, hash: set.hash }
    const edit = { ...name, author: maker.id, source: JSON.stringify({ edited: round }), ifMatch: draft?.etag }
    const done = await settle(
      [
        approveChange(database, user('checker'), decision, audit),
        rejectChange(database, user('other'), { ...decision, comment: 'no' }, audit),
        saveDraft(database, edit, audit),
      ],
      raced,
    )
    const now = (await readChangeSet(database.pool, set.id)) as ChangeSet
    const approvals = await readApprovals(database.pool, set.id)
    // A rejection frees the drafts: an edit after it is no contradiction.
    if (done === 1 || (done === 2 && now.status === 'rejected')) raced.winners++
    const left = await readDraft(database.pool, maker.id, name)
    if (now.hash !== set.hash || approvals.some(({ hash }) => hash !== set.hash)) raced.wrongHashes++
    if ((now.status === 'approved') !== (approvals.length === 1) || (now.status === 'approved') !== (left === null)) raced.wrongHashes++
  }
  return raced
}
