/** A simulation as its entity finds it. */
import type { Principal } from '../access/principal.ts'
import type { Queryable } from '../db/queryable.ts'
import { problem } from '../kernel/problem.ts'
import { readSimulation, type StoredSimulation } from './simulation-store.ts'

/** Simulations are their entity's: to others they are not there. */
export async function ownSimulation(db: Queryable, id: string, { entity }: Principal): Promise<StoredSimulation> {
  const found = await readSimulation(db, id)
  if (!found || found.entity !== entity) throw problem('simulation-not-found')
  return found
}
