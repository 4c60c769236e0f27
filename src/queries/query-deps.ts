/** What queries are performed with. */
import type { ReadRights } from '../access/grants/read-rights.ts'
import type { Database } from '../db/database.ts'
import type { RegistryDefinition } from '../warehouse/registry-definition.ts'
import type { CountCall } from '../kernel/call-rate.ts'
import type { CompileLimits, rememberingCompiler } from './compile-query.ts'
import type { ReadPool } from './guarded-read.ts'
import type { KnownStatements } from './known-statements.ts'
import type { RegistryDates } from './registry-dates.ts'

export interface QueryDeps {
  readonly database: Database
  readonly registries: () => Promise<readonly RegistryDefinition[]>
  /** Today's, read at each call. */
  readonly rights: (entity: string) => Promise<ReadRights>
  /** The entity's own connections, which PostgreSQL lets read what is granted and nothing else. */
  readonly connectionOf: (entity: string) => Promise<ReadPool>
  /** Of the installation: noise and keys of persons are made from it. */
  readonly secret: () => Promise<Uint8Array>
  readonly compile: ReturnType<typeof rememberingCompiler>
  readonly statements: KnownStatements
  readonly dates: RegistryDates
  readonly limits: CompileLimits & { readonly timeoutMs: number; readonly aggregateTimeoutMs: number; readonly costMax: number }
  /** Counts a call of a saved query, or of any definition that is tried. */
  readonly countCall: CountCall
  /** Gives a place among the aggregates that run at once, or throws; what it returns gives the place back. */
  readonly takeSlot: () => () => void
}
