/** Who acts for whom on grants: an entity's people for it, and those of the operator for the registry, which has none of its own. */
import { problem } from '../../kernel/problem.ts'
import { OPERATOR } from '../operator.ts'
import type { Principal } from '../principal.ts'
import type { Grant } from './grant.ts'

const REGISTRY = 'NUR'

/** Entities on whose side somebody stands. */
export const partiesOf = ({ entity }: Pick<Principal, 'entity'>): readonly string[] => (entity === OPERATOR ? [entity, REGISTRY] : [entity])

export const actsFor = (principal: Pick<Principal, 'entity'>, entity: string): boolean => partiesOf(principal).includes(entity)

/** INVARIANT: of a grant nobody knows but its consumer and its custodian. */
export function assertVisible(grant: Grant | null, principal: Principal): asserts grant is Grant {
  if (!grant || !(actsFor(principal, grant.consumer) || actsFor(principal, grant.custodian))) throw problem('grant-not-found')
}

/** A named person of the custodian's who is not the one that asked; PostgreSQL holds the last of it too. */
export function assertMayDecide({ custodian, requestedBy }: Grant, principal: Principal): void {
  if (!actsFor(principal, custodian)) throw problem('approver-entity', { expected: custodian })
  if (principal.kind !== 'user') throw problem('person-required')
  if (principal.id === requestedBy) throw problem('approver-is-author')
}
