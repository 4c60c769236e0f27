/** Whom and what a principal may manage: one's own entity, and nothing that one does not have; with `access:every-entity`, everything. */
import { problem } from '../kernel/problem.ts'
import type { Permission } from './permissions.ts'
import type { Principal } from './principal.ts'

const everywhere = ({ permissions }: Principal): boolean => permissions.has('access:every-entity')

/** The entity whose objects are listed: null for all. Throws when another one is asked for. */
export function entityInSight(principal: Principal, asked: string | undefined): string | null {
  if (everywhere(principal)) return asked ?? null
  if (asked !== undefined && asked !== principal.entity) throw problem('entity-not-yours', { pointer: 'querystring/entity' })
  return principal.entity
}

export const sees = (principal: Principal, entity: string): boolean => everywhere(principal) || principal.entity === entity

/** Throws unless something with these permissions may be made, changed or ended in the entity. */
export function assertMayGive(principal: Principal, entity: string, given: Iterable<Permission>, pointer: string): void {
  if (everywhere(principal)) return
  if (principal.entity !== entity) throw problem('entity-not-yours', { pointer: '/entity' })
  const lacking = [...given].filter((permission) => !principal.permissions.has(permission))
  // Permissions are words of ours, not values that were sent.
  if (lacking.length > 0) throw problem('not-yours-to-give', { pointer, expected: `without ${lacking.toSorted().join(', ')}` })
}
