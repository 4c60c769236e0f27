/** What the verbs of grants need of the rooms above and below. */
import type { AuditEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import type { GrantableRegistry } from './grant.ts'
import type { Grants } from './open-grants.ts'

export interface GrantDeps {
  readonly database: Database
  readonly grants: Pick<Grants, 'reconcile'>
  readonly timeZone: string
  readonly registries: () => Promise<readonly GrantableRegistry[]>
  /** Custodians of the catalogue's facts in force. */
  readonly factCustodians: () => Promise<ReadonlyMap<string, string>>
  readonly isEntity: (id: string) => Promise<boolean>
  /** Programmes in force of an agency. */
  readonly programmesOf: (entity: string) => Promise<readonly string[]>
}

/** An event with who asked, for which purpose, in which request. */
export type Audit = (event: Omit<AuditEvent, 'actor' | 'entity' | 'purpose' | 'requestId'>) => AuditEvent
