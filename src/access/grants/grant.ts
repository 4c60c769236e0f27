/** What a grant is: columns of one registry, or facts, that a custodian lets a consumer read for a purpose, under a law, for some days. */
import type { RowScope } from './read-rights.ts'

export type GrantStatus = 'requested' | 'approved' | 'rejected' | 'revoked'

export interface GrantItem {
  /** A column or a fact. */
  readonly item: string
  readonly revokedAt: string | null
}

export interface Grant {
  readonly id: string
  readonly consumer: string
  readonly custodian: string
  /** Null when facts are granted. */
  readonly registry: string | null
  readonly items: readonly GrantItem[]
  /** Null when facts are granted. */
  readonly rows: RowScope | null
  /** Of facts: used by rules, seen by nobody. */
  readonly decideOnly: boolean
  readonly purpose: string
  readonly legalBasis: string
  readonly illustrative: boolean
  /** ISO days: from this one, until before that one. */
  readonly from: string
  readonly to: string | null
  readonly status: GrantStatus
  readonly requestedBy: string
  readonly requestedAt: string
  readonly decidedBy: string | null
  readonly decidedAt: string | null
  readonly decisionNote: string | null
  readonly revokedBy: string | null
  readonly revokedAt: string | null
  readonly revocationNote: string | null
}

/** What is asked for. */
export type NewGrant = Pick<
  Grant,
  'consumer' | 'custodian' | 'registry' | 'rows' | 'decideOnly' | 'purpose' | 'legalBasis' | 'illustrative' | 'from' | 'to' | 'requestedBy'
> & { readonly items: readonly string[] }

/** A registry as far as grants know it. */
export interface GrantableRegistry {
  readonly id: string
  readonly custodian: string
  readonly columns: readonly { readonly name: string; readonly protected?: true }[]
}

/** The items that were not taken back. */
export const standing = ({ items }: Pick<Grant, 'items'>): string[] =>
  items.flatMap(({ item, revokedAt }) => (revokedAt === null ? [item] : []))
