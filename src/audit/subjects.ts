/** Whom an event is about, and the event as it may leave the house: a keyed hash instead of each reference. */
import { createHmac } from 'node:crypto'
import type { Queryable } from '../db/queryable.ts'
import { canonicalJson } from '../kernel/canonical.ts'

/** Keyed hash of `person:7` or `household:3`: tells whether two events are about the same one, and nothing to whoever lacks the key. */
export type SubjectHash = (subject: string) => string

const HASH_HEX = 32

export function subjectHash(key: Uint8Array): SubjectHash {
  return (subject) => createHmac('sha256', key).update(subject).digest('hex').slice(0, HASH_HEX)
}

/** The installation's, from the vault. */
export async function readSubjectHash(db: Queryable): Promise<SubjectHash> {
  const { rows } = await db.query<{ key: Buffer }>({ name: 'audit_key', text: 'select key from identity.audit_key' })
  const [row] = rows
  if (!row) throw new Error('identity.audit_key is empty: what was chained can no longer be proved')
  return subjectHash(row.key)
}

interface Body {
  readonly personRef?: number
  readonly householdRef?: number
  readonly objects?: readonly string[]
  readonly read?: readonly string[]
}

/** Canonical JSON as it is hashed, exported and listed: `person` and `household` are keyed hashes, in the lists of objects and of what was read too. */
export function exportedText(body: string, hash: SubjectHash): string {
  const { personRef, householdRef, objects, read, ...rest } = JSON.parse(body) as Body
  return canonicalJson({
    ...rest,
    ...(personRef === undefined ? {} : { person: hash(`person:${personRef}`) }),
    ...(householdRef === undefined ? {} : { household: hash(`household:${householdRef}`) }),
    ...(objects === undefined ? {} : { objects: objects.map((item) => exportedItem(item, hash)) }),
    ...(read === undefined ? {} : { read: read.map((item) => exportedItem(item, hash)) }),
  })
}

const PERSON = /^(person|reader):(\d+)$/
const HOUSEHOLD = /^household:\d+$/
const ENROLMENT = /^(enrolment:[^/]+)\/(\d+)(?:\/(\d+))?$/

function exportedItem(item: string, hash: SubjectHash): string {
  const [, role, person] = PERSON.exec(item) ?? []
  if (role !== undefined) return `${role}:${hash(`person:${person}`)}`
  if (HOUSEHOLD.test(item)) return `household:${hash(item)}`
  const [, enrolment, household, member] = ENROLMENT.exec(item) ?? []
  if (enrolment === undefined) return item
  return [enrolment, hash(`household:${household}`), ...(member === undefined ? [] : [hash(`person:${member}`)])].join('/')
}

/** The subjects in the same places, sorted: what `audit_subjects` of the database says. */
export function subjectsOf(body: string): string[] {
  const found = new Set<string>()
  exportedText(body, (subject) => {
    found.add(subject)
    return ''
  })
  return [...found].toSorted()
}
