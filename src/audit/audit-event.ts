/** What an audit event says, and writing one inside the transaction of what it speaks of. */
import { AsyncLocalStorage } from 'node:async_hooks'
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

/** Counts the events that are written while one request is answered: without one, nothing of it leaves. */
export const recording = new AsyncLocalStorage<{ events: number }>()

/** Adds the event; it joins the chain when the sequencer next runs. INVARIANT: call it in the request's own transaction. */
export async function recordEvent(transaction: Queryable, event: AuditEvent): Promise<string> {
  const id = newId()
  // The time is the id's: events are found by time through their ids.
  const body = canonicalJson({ at: new Date(timeOf(id)).toISOString(), ...event })
  const { rowCount } = await transaction.query({
    name: 'audit_event',
    text: 'insert into audit_event (id, body) values ($1, $2)',
    values: [id, body],
  })
  const within = recording.getStore()
  if (within && rowCount === 1) within.events++
  return id
}

const timeOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)

/** The least id of a moment: an event's id is at or above it when the event is not older. */
export const firstIdAt = (ms: number): string => {
  const hex = Math.max(0, Math.min(ms, 2 ** 48 - 1))
    .toString(16)
    .padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}
