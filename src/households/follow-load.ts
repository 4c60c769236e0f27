/** What a load of the civil core means for membership: refreshed for the persons whose rows it changed, or for the nation when they are many. */
import type { Database } from '../db/database.ts'
import { tableName } from '../warehouse/registry-table.ts'
import type { PersonRelation } from '../warehouse/substitutions/move-rows.ts'
import { type MembershipChange, refreshMembership } from './membership.ts'

/** The registries that say who lives with whom. */
const CIVIL_CORE = new Set([
  'cspd_death_info',
  'cspd_family_booklet',
  'cspd_lineage',
  'cspd_marriage_info',
  'cspd_personal_info',
  'rbd_residents',
  'sjd_custody',
])
/** From here on the whole nation is quicker than those persons and all who are connected with them. */
const PERSONS_MAX = 20_000

/** Null when the registry has no say in membership or nothing changed. `seq`: the load's place in the change sequence. */
export async function followLoad(database: Database, registry: string, seq: number): Promise<MembershipChange | null> {
  if (!CIVIL_CORE.has(registry)) return null
  const { rows } = await database.pool.query<{ asOf: string; persons: number[] | null }>(
    `SELECT as_of AS "asOf", (SELECT array_agg(person_ref) FROM (
       SELECT person_ref FROM ${tableName({ id: registry })} WHERE seq = $2 UNION SELECT person_ref FROM warehouse.removed_row WHERE registry = $1 AND seq = $2
       LIMIT ${PERSONS_MAX + 1}) AS changed) AS persons
     FROM warehouse.registry_state WHERE registry = $1`,
    [registry, seq],
  )
  const { asOf, persons } = rows[0] ?? {}
  if (asOf === undefined || !persons) return null
  return refreshMembership(database, persons.length > PERSONS_MAX ? { asOf } : { asOf, persons })
}

/** Where a person stands in what was verified of residences; who lives with whom otherwise follows from the registries. */
export const residenceOfPersons: PersonRelation = {
  relation: 'verified_residence',
  field: 'person_ref',
  key: ['person_ref', 'valid_from'],
  hasSeq: false,
}

/** Membership of persons who were merged or parted, as of the newest day that the civil core speaks of. */
export async function followSubstitution(database: Database, persons: readonly number[]): Promise<void> {
  if (persons.length === 0) return
  const { rows } = await database.pool.query<{ asOf: string | null }>(
    'SELECT max(as_of) AS "asOf" FROM warehouse.registry_state WHERE registry = ANY ($1)',
    [[...CIVIL_CORE]],
  )
  const asOf = rows[0]?.asOf ?? null
  if (asOf !== null) await refreshMembership(database, { asOf, persons })
}
