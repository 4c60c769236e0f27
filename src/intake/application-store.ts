/** The only SQL on applications, their idempotency keys and their open questions. */
import type { Queryable } from '../db/queryable.ts'
import type { OpenQuestion } from './open-questions.ts'
import { newId } from '../kernel/new-id.ts'
import type { PersonRelation } from '../warehouse/substitutions/move-rows.ts'

export interface StoredApplication {
  readonly id: string
  readonly keyId: string
  readonly form: string
  readonly formVersion: number
  /** `determined`, or the code of why it could not be. */
  readonly status: string
  readonly applicantRef: number | null
  readonly householdRef: number | null
  readonly answer: string
}

export interface IdempotencyKey {
  readonly keyId: string
  readonly key: string
  readonly bodyHash: string
}

/** Claims the key for an application: a unique violation (`isKeyTaken`) when somebody was first. Waits for whoever is at it just now. */
export async function claimKey(client: Queryable, { keyId, key, bodyHash }: IdempotencyKey, applicationId: string): Promise<void> {
  await client.query({
    name: 'claim-idempotency-key',
    text: 'insert into idempotency_key (key_id, key, body_hash, application_id) values ($1, $2, $3, $4)',
    values: [keyId, key, bodyHash, applicationId],
  })
}

export const isKeyTaken = (error: unknown): boolean =>
  error instanceof Error && (error as { constraint?: unknown }).constraint === 'idempotency_key_pkey'

/** The answer that was given under a key before, with the hash of the body it answered. */
export async function answerUnder(
  db: Queryable,
  { keyId, key }: IdempotencyKey,
): Promise<{ readonly bodyHash: string; readonly id: string; readonly answer: string } | null> {
  const { rows } = await db.query<{ bodyHash: string; id: string; answer: string }>({
    name: 'answer-under-key',
    text: `select k.body_hash as "bodyHash", a.id, a.answer from idempotency_key k join application a on a.id = k.application_id
           where k.key_id = $1 and k.key = $2`,
    values: [keyId, key],
  })
  return rows[0] ?? null
}

export async function storeApplication(client: Queryable, application: StoredApplication): Promise<void> {
  const { id, keyId, form, formVersion, status, applicantRef, householdRef, answer } = application
  await client.query({
    name: 'store-application',
    text: `insert into application (id, key_id, form, form_version, status, applicant_ref, household_ref, answer)
           values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [id, keyId, form, formVersion, status, applicantRef, householdRef, answer],
  })
}

/** Keeps the body inside the vault until somebody has settled who is meant. */
export async function storeUnresolved(client: Queryable, applicationId: string, body: string): Promise<void> {
  await client.query('insert into identity.unresolved_application (application_id, body) values ($1, $2)', [applicationId, body])
}

export async function storeQuestions(client: Queryable, applicationId: string, questions: readonly OpenQuestion[]): Promise<void> {
  if (questions.length === 0) return
  const text = (value: unknown): string | null => (value === null ? null : JSON.stringify(value))
  await client.query({
    name: 'store-questions',
    text: `insert into open_question (id, application_id, kind, fact, person_ref, declared, administrative)
           select one.id, $1, one.kind, one.fact, one.person_ref, one.declared, one.administrative
           from unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[]) as one (id, kind, fact, person_ref, declared, administrative)`,
    values: [
      applicationId,
      questions.map(() => newId()),
      questions.map(({ kind }) => kind),
      questions.map(({ fact }) => fact),
      questions.map(({ personRef }) => personRef),
      questions.map(({ declared }) => text(declared)),
      questions.map(({ administrative }) => text(administrative)),
    ],
  })
}

export async function readApplication(
  db: Queryable,
  id: string,
): Promise<Pick<StoredApplication, 'id' | 'applicantRef' | 'householdRef' | 'answer'> | null> {
  const { rows } = await db.query<Pick<StoredApplication, 'id' | 'applicantRef' | 'householdRef' | 'answer'>>({
    name: 'read-application',
    text: 'select id, applicant_ref as "applicantRef", household_ref as "householdRef", answer from application where id = $1',
    values: [id],
  })
  return rows[0] ?? null
}

/** Whom a question that is open asks about. */
export const openQuestionsOfPersons: PersonRelation = {
  relation: 'open_question',
  field: 'person_ref',
  key: ['id'],
  hasSeq: false,
  only: 'r.settled_at IS NULL',
}

/** Whose application it is, for substitutions of numbers; the answer that was given stays as it was. */
export const applicationsOfPersons: PersonRelation = { relation: 'application', field: 'applicant_ref', key: ['id'], hasSeq: false }
