/** Putting an approved change into force from its day on: checked once more against what holds then, in one transaction. */
import { OPERATOR } from '../../../access/operator.ts'
import { recordEvent } from '../../../audit/audit-event.ts'
import type { Database } from '../../../db/database.ts'
import { isoOfDay } from '../../../kernel/date.ts'
import { problem } from '../../../kernel/problem.ts'
import { readStamp } from '../../version-store.ts'
import type { Bundle } from '../../bundle.ts'
import type { Audit } from '../drafts/save-draft.ts'
import { lockChangeSet, moveChangeSet, readChangeSet, readChangeTexts, readDue } from './change-set-store.ts'
import type { ChangeSet } from './change-set-store.ts'
import { checkChange, isFaulty } from './check-change.ts'
import { objectsOf } from './decide-change.ts'
import { lockVersions, putInForce, takeOutOfForce } from './version-intervals.ts'

/** A fact that a programme uses and that its agency was not granted. */
export interface GrantMissing {
  readonly programme: string
  readonly agency: string
  readonly fact: string
}

/** Which facts of these programmes are not granted to their agencies on the day. */
export type GrantsMissing = (bundle: Bundle, programmes: readonly string[], day: string) => Promise<readonly GrantMissing[]>

export interface ActivateDeps {
  readonly database: Database
  readonly today: () => Promise<number>
  readonly grantsMissing: GrantsMissing
}

/** What is in force on a day follows from the dates alone: a scheduled change needs no process that is awake at midnight. */
export async function activateChange(deps: ActivateDeps, changeSet: string, audit: Audit): Promise<ChangeSet> {
  const { database } = deps
  const set = await readChangeSet(database.pool, changeSet)
  if (!set) throw problem('change-set-not-found')
  if (set.status !== 'approved') throw problem('change-set-not-approved')
  const today = isoOfDay(await deps.today())
  if (set.effectiveFrom < today)
    throw problem('effective-date-past', { detail: 'the day of this change has passed: withdraw it and submit it for a later day' })
  const texts = await readChangeTexts(database.pool, changeSet)
  const checked = await checkChange(database, { texts, effectiveFrom: set.effectiveFrom })
  if (isFaulty(checked) || !checked.bundle) throw problem('change-set-stale', { errors: checked.diagnostics.slice(0, ERRORS_SHOWN) })
  const missing = await deps.grantsMissing(checked.bundle, checked.programmes, set.effectiveFrom)
  if (missing.length > 0) {
    const [first] = missing
    throw problem('grants-missing', {
      detail: `facts that are not granted: ${missing.length}; the first: ${first?.fact} of ${first?.programme} to ${first?.agency}`,
    })
  }
  const isToday = set.effectiveFrom === today
  await database.transaction(async ({ client }) => {
    await lockVersions(client)
    const now = await lockChangeSet(client, changeSet)
    if (now?.status !== 'approved') throw problem('change-set-not-approved')
    // INVARIANT: what was compiled is what holds: nothing came into force since.
    if ((await readStamp(client)) !== checked.stamp) throw problem('versions-changed', { retryAfterSeconds: 1 })
    for (const text of checked.versions) await putInForce(client, changeSet, text, set.effectiveFrom, isToday)
    for (const { kind, id, source } of texts) if (source === null) await takeOutOfForce(client, { kind, id }, set.effectiveFrom, isToday)
    await moveChangeSet(client, changeSet, ['approved'], isToday ? 'in-force' : 'scheduled')
    const outcome = isToday ? 'in force' : `scheduled for ${set.effectiveFrom}`
    await recordEvent(client, audit({ action: 'change-set.activated', outcome, objects: objectsOf(set) }))
  })
  return (await readChangeSet(database.pool, changeSet)) as ChangeSet
}

const ERRORS_SHOWN = 500

/** Notes, once each, the scheduled changes whose day has come; the dates have put them into force already. */
export async function noteInForce(database: Database, today: number): Promise<string[]> {
  const noted: string[] = []
  for (const id of await readDue(database.pool, isoOfDay(today))) {
    const first = await database.transaction(async ({ client }) => {
      if (!(await moveChangeSet(client, id, ['scheduled'], 'in-force'))) return false
      const who = { actor: 'system', entity: OPERATOR, purpose: 'putting approved changes into force', requestId: `change-set ${id}` }
      await recordEvent(client, { ...who, action: 'change-set.in-force', outcome: 'in force', objects: [`change-set:${id}`] })
      return true
    })
    if (first) noted.push(id)
  }
  return noted
}
