/** What an audit event says, and writing one inside the transaction of what it speaks of. */
import type { Queryable } from '../db/queryable.ts'
import { canonicalJson } from '../kernel/canonical.ts'
import { newId } from '../kernel/new-id.ts'

export interface AuditEvent {
  /** What was done, such as `household.lookup`, `application.posted`. */
  readonly action: string
  /** The key that asked, or `system`. */
  readonly actor: string
  readonly entity: string
  /** Why personal data were processed (Law 24/2023): the route's purpose. */
  readonly purpose: string
  readonly requestId: string
  readonly personRef?: number
  readonly householdRef?: number
  /** The person whose number was asked for could not be resolved; the number itself is never written. */
  readonly outcome: string
  /** Facts, columns or objects that were read, and versions used: names and ids, never values. */
  readonly read?: readonly string[]
  readonly objects?: readonly string[]
}

/** Adds the event; it joins the chain when the sequencer next runs. INVARIANT: call it in the request's own transaction. */
export async function recordEvent(transaction: Queryable, event: AuditEvent): Promise<string> {
  const id = newId()
  const body = canonicalJson({ at: new Date().toISOString(), ...event })
  await transaction.query({ name: 'audit_event', text: 'insert into audit_event (id, body) values ($1, $2)', values: [id, body] })
  return id
}
