/** Who asks: a person who signed in, or a system with a key of its organisation. */
import type { Permission } from './permissions.ts'

export interface Principal {
  /** Of the user, the client or the key; the same in every audit event. */
  readonly id: string
  readonly name: string
  /** The organisation that asks. */
  readonly entity: string
  /** Only a user is a named person: what one person proposes another must approve. */
  readonly kind: 'user' | 'key' | 'client'
  readonly permissions: ReadonlySet<Permission>
  /** Of a user: the session that asks, the roles of the user and of the user's groups, and whether the password must be changed first. */
  readonly session?: string
  readonly roles?: readonly string[]
  readonly groups?: readonly string[]
  readonly mustChangePassword?: boolean
}
