/** One application in, every programme answered: resolve, assemble beside declared answers, determine, then one transaction. */
import { recordEvent } from '../audit/audit-event.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import type { Queryable } from '../db/queryable.ts'
import { currentDay } from '../determinations/as-of.ts'
import { determineHousehold, INTAKE_FORM, storedHousehold } from '../determinations/determine-household.ts'
import type { DeterminationDeps } from '../determinations/determine-household.ts'
import { prepareSnapshot, storeSnapshot, storeSources } from '../determinations/determination-store.ts'
import { unresolvedCodes } from '../determinations/resolve-household.ts'
import { storeDeclaredAnswers } from '../households/declared-answers.ts'
import { householdOfPerson } from '../households/find-household.ts'
import type { HouseholdAnswer } from '../households/find-household.ts'
import { sha256 } from '../kernel/canonical.ts'
import { problem, Problem } from '../kernel/problem.ts'
import { personsOf } from '../warehouse/identity-vault.ts'
import { determinedAnswer, unresolvedAnswer } from './application-answer.ts'
import { answerUnder, claimKey, isKeyTaken, storeApplication, storeQuestions, storeUnresolved } from './application-store.ts'
import type { IdempotencyKey, StoredApplication } from './application-store.ts'
import { byReference } from './by-reference.ts'
import { FORM_VERSION } from './form.ts'
import type { Application } from './form.ts'
import { openQuestions } from './open-questions.ts'
import { newId } from '../kernel/new-id.ts'

export interface PostedApplication {
  readonly application: Application
  /** The body as it came: the idempotency key is bound to it. */
  readonly bodyText: string
  readonly keyId: string
  readonly idempotencyKey: string
  readonly audited: (event: Pick<AuditEvent, 'action' | 'personRef' | 'householdRef' | 'outcome' | 'read' | 'objects'>) => AuditEvent
}

export interface Posted {
  readonly id: string
  /** JSON text: a retry gets the same bytes. */
  readonly answer: string
  readonly repeated: boolean
}

export async function postApplication(deps: DeterminationDeps, posted: PostedApplication): Promise<Posted> {
  const { database, timeZone } = deps
  const { applicant, members = [] } = posted.application
  const key: IdempotencyKey = { keyId: posted.keyId, key: posted.idempotencyKey, bodyHash: sha256(posted.bodyText) }
  const numbers = [...new Set([applicant.nationalId, ...members.map(({ nationalId }) => nationalId)])]
  const [before, persons, asOf] = await database.together<[Posted | null, Map<string, number>, number]>((client) => [
    answerBefore(client, key),
    personsOf(client, numbers),
    currentDay(client, timeZone),
  ])
  if (before) return before
  const applicantRef = persons.get(applicant.nationalId)
  const found: HouseholdAnswer = applicantRef === undefined ? { kind: 'not-found' } : await householdOfPerson(database.pool, applicantRef)
  const work =
    found.kind === 'found'
      ? await determinedWork(deps, posted, { found, persons, asOf }).catch(unlessHomeless(posted, found))
      : unresolvedWork(posted, found)
  return (await storeOnce(deps, key, work)) ?? (await answerBefore(database.pool, key)) ?? lost()
}

/** What is to be stored, computed before the transaction so that it is short. */
interface Work {
  readonly stored: StoredApplication
  readonly event: AuditEvent
  /** Sends what belongs to the application; nothing of it waits for an answer. */
  readonly write: (client: Queryable) => readonly Promise<unknown>[]
}

async function determinedWork(
  deps: DeterminationDeps,
  posted: PostedApplication,
  {
    found,
    persons,
    asOf,
  }: {
    readonly found: Extract<HouseholdAnswer, { kind: 'found' }>
    readonly persons: ReadonlyMap<string, number>
    readonly asOf: number
  },
): Promise<Work> {
  const { pool } = deps.database
  const { application, bodyText, keyId } = posted
  const id = newId()
  const { personRef, householdRef } = found
  const receivedAt = new Date().toISOString()
  const { answers, members } = byReference(application, persons)
  const declared = { applicationId: id, answers, members }
  const { bundle, assembled, units, disagreements } = await determineHousehold(deps, { householdRef, asOf, declared, personRef })
  const snapshot = prepareSnapshot(bundle, assembled, units, personRef)
  const questions = openQuestions(bundle.catalogue, assembled, members)
  const answer = determinedAnswer({ id, receivedAt, bundle, assembled, snapshot, questions, applicantRef: personRef })
  await storeSources(pool, assembled.sources)
  return {
    stored: {
      id,
      keyId,
      form: INTAKE_FORM,
      formVersion: FORM_VERSION,
      status: 'determined',
      applicantRef: personRef,
      householdRef,
      answer,
    },
    event: posted.audited({
      action: 'application.posted',
      personRef,
      householdRef,
      outcome: 'determined',
      read: [`facts:${bundle.hash}`],
      objects: [`application:${id}`, ...disagreements.map((programme) => `withheld:${programme}`)],
    }),
    write: (client) => [
      storeDeclaredAnswers(client, {
        applicationId: id,
        householdRef,
        form: INTAKE_FORM,
        formVersion: FORM_VERSION,
        answersText: JSON.stringify(answers),
        declaredAt: receivedAt,
      }),
      ...storeSnapshot(client, snapshot, id),
      ...(deps.onStored ? [deps.onStored(client, storedHousehold({ bundle, assembled }, snapshot.id))] : []),
      storeQuestions(client, id, questions),
      ...(members.includes(null) ? [storeUnresolved(client, id, bodyText)] : []),
    ],
  }
}

/** Who left the household between two reads, or is a member only from a later day on, has none on this one: kept, not lost. */
const unlessHomeless =
  (posted: PostedApplication, { personRef }: Extract<HouseholdAnswer, { kind: 'found' }>) =>
  (error: unknown): Work => {
    if (error instanceof Problem && error.code === 'household-not-found') return unresolvedWork(posted, { kind: 'no-household', personRef })
    throw error
  }

/** Nobody to determine: the application is kept all the same, and the answer says what is stored and why nothing was decided. */
function unresolvedWork(posted: PostedApplication, found: Exclude<HouseholdAnswer, { kind: 'found' }>): Work {
  const { keyId, bodyText } = posted
  const id = newId()
  const status = unresolvedCodes[found.kind]
  const applicantRef = found.kind === 'not-found' ? null : found.personRef
  const answer = unresolvedAnswer({ id, receivedAt: new Date().toISOString(), status })
  const person = applicantRef === null ? {} : { personRef: applicantRef }
  return {
    stored: { id, keyId, form: INTAKE_FORM, formVersion: FORM_VERSION, status, applicantRef, householdRef: null, answer },
    event: posted.audited({ action: 'application.posted', ...person, outcome: status, objects: [`application:${id}`] }),
    write: (client) => [storeUnresolved(client, id, bodyText)],
  }
}

/** Null when the key was claimed by somebody else meanwhile: then nothing of this work is stored. */
async function storeOnce({ database }: DeterminationDeps, key: IdempotencyKey, { stored, event, write }: Work): Promise<Posted | null> {
  try {
    await database.together((client) => [
      claimKey(client, key, stored.id),
      storeApplication(client, stored),
      ...write(client),
      recordEvent(client, event),
    ])
    return { id: stored.id, answer: stored.answer, repeated: false }
  } catch (error) {
    if (isKeyTaken(error)) return null
    if (isLockTimeout(error)) throw problem('idempotency-in-progress', { pointer: 'Idempotency-Key', retryAfterSeconds: 1 })
    throw error
  }
}

async function answerBefore(db: Queryable, key: IdempotencyKey): Promise<Posted | null> {
  const before = await answerUnder(db, key)
  if (!before) return null
  if (before.bodyHash !== key.bodyHash) throw problem('idempotency-key-reused', { pointer: 'Idempotency-Key' })
  return { id: before.id, answer: before.answer, repeated: true }
}

const isLockTimeout = (error: unknown): boolean => error instanceof Error && (error as { code?: unknown }).code === '55P03'

/** The other request was rolled back after ours had waited for it. */
const lost = (): never => {
  throw problem('idempotency-in-progress', { pointer: 'Idempotency-Key', retryAfterSeconds: 1 })
}
