/** What households declared in forms: kept byte for byte, and as jsonb for assembly; members are named by person reference, never by number. */
import { createHash } from 'node:crypto'
import type { Queryable } from '../db/queryable.ts'

/** One filled form. `answersText` is its JSON text as hashed. */
export interface DeclaredAnswers {
  readonly applicationId: string
  readonly householdRef: number
  readonly form: string
  readonly formVersion: number
  readonly answersText: string
  /** ISO instant. */
  readonly declaredAt: string
}

/** Stores the answers of an application, in the caller's transaction. */
export async function storeDeclaredAnswers(client: Queryable, answers: DeclaredAnswers): Promise<void> {
  await client.query(
    `INSERT INTO declared_answers (application_id, household_ref, form, form_version, answers, answers_text, declared_at)
     VALUES ($1, $2, $3, $4, $5::jsonb, $5::text, $6)`,
    [answers.applicationId, answers.householdRef, answers.form, answers.formVersion, answers.answersText, answers.declaredAt],
  )
}

/** The household's latest answers to a form; null when it declared nothing. */
export async function latestDeclaredAnswers(db: Queryable, householdRef: number, form: string): Promise<DeclaredAnswers | null> {
  const { rows } = await db.query<DeclaredAnswers>({
    name: 'latest-declared-answers',
    text: `SELECT application_id AS "applicationId", household_ref AS "householdRef", form, form_version AS "formVersion",
             answers_text AS "answersText", to_char(declared_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "declaredAt"
           FROM declared_answers WHERE household_ref = $1 AND form = $2 ORDER BY declared_at DESC, application_id DESC LIMIT 1`,
    values: [householdRef, form],
  })
  return rows[0] ?? null
}

export type LatestAnswers = Pick<DeclaredAnswers, 'applicationId' | 'householdRef' | 'answersText'>

/** Latest answers to a form of every household that gave any, by household. */
export async function allLatestAnswers(db: Queryable, form: string): Promise<LatestAnswers[]> {
  const { rows } = await db.query<LatestAnswers>({
    text: `SELECT DISTINCT ON (household_ref) application_id AS "applicationId", household_ref AS "householdRef", answers_text AS "answersText"
           FROM declared_answers WHERE form = $1 ORDER BY household_ref, declared_at DESC, application_id DESC`,
    values: [form],
  })
  return rows
}

/** Answers that these applications gave, by household: each household's were its latest when somebody took them down. */
export async function answersOf(db: Queryable, applications: readonly string[]): Promise<LatestAnswers[]> {
  const { rows } = await db.query<LatestAnswers>(
    `SELECT application_id AS "applicationId", household_ref AS "householdRef", answers_text AS "answersText"
     FROM declared_answers WHERE application_id = any($1::uuid[]) ORDER BY household_ref`,
    [applications],
  )
  return rows
}

/** SHA-256 of answers in their order; a line at a time, for a nation's are too long for one text. */
export function answersHash(answers: readonly LatestAnswers[]): string {
  const hash = createHash('sha256')
  for (const { applicationId, householdRef, answersText } of answers)
    hash.update(`${JSON.stringify([householdRef, applicationId, answersText])}\n`)
  return hash.digest('hex')
}
