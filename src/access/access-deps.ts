/** What the verbs of sign-in and of managing people and systems need. */
import type { AuditEvent } from '../audit/audit-event.ts'
import type { Database } from '../db/database.ts'
import type { Keyring } from './keyring.ts'
import type { CodeSender } from './sign-in/code-sender.ts'
import type { SessionLimits } from './sign-in/session-store.ts'

export interface AccessLimits {
  /** Passwords, and codes of one sign-in, that are looked at before it ends. */
  readonly attemptsMax: number
  readonly lockMinutes: number
  readonly codeMinutes: number
  readonly tokenSeconds: number
}

export interface AccessDeps {
  readonly database: Database
  readonly keyring: () => Promise<Keyring>
  readonly send: CodeSender
  readonly limits: AccessLimits
  readonly sessions: SessionLimits
  /** After something was taken away from a key or a system: in this process it stops at once. */
  readonly forget: () => void
  /** A code that could not be sent: told to the log, without the code. */
  readonly onSendFailure: (error: unknown) => void
}

/** Where a request of somebody who is not known yet comes from: what an audit event needs of it. */
export interface Asked {
  readonly requestId: string
  readonly purpose: string
}

/** An event of somebody who has not signed in; `user` is null for a stranger, whose typed name is written nowhere. */
export const eventOf = (
  asked: Asked,
  user: { readonly id: string; readonly entity: string } | null,
  action: string,
  outcome: string,
): AuditEvent => ({ ...asked, action, actor: user?.id ?? 'nobody', entity: user?.entity ?? 'none', outcome })
