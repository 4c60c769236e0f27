/** What a load of the civil core means for membership: refreshed for the persons whom it concerns, or for the nation when they are many. */
import type { Database } from '../db/database.ts'
import { type LoadToFollow, membershipFollowed, personsOfLoad } from '../warehouse/loads/loads-to-follow.ts'
import type { PersonRelation } from '../warehouse/substitutions/move-rows.ts'
import { CIVIL_REGISTRIES } from './civil-registries.ts'
import { type MembershipChange, refreshMembership } from './membership.ts'

/** From here on the whole nation is quicker than those persons and all who are connected with them. */
const PERSONS_MAX = 20_000

/** Null when the registry has no say in membership or nothing changed. What moved is followed from `membership_change` by whoever determines again. */
export async function followLoad(database: Database, load: Omit<LoadToFollow, 'membershipDue'>): Promise<MembershipChange | null> {
  if (!CIVIL_REGISTRIES.has(load.registry)) return null
  const { rows } = await database.transaction(async ({ client }) => {
    // Rows of a place in the sequence are found by bitmaps.
    await client.query('SET LOCAL statement_timeout = 0; SET LOCAL enable_bitmapscan = on')
    return client.query<{ asOf: string; persons: number[] | null }>(
      `SELECT as_of AS "asOf", (SELECT array_agg(DISTINCT person_ref) FROM (
         SELECT person_ref FROM (${personsOfLoad(load)}) AS concerned WHERE person_ref IS NOT NULL LIMIT ${PERSONS_MAX + 1}) AS few) AS persons
       FROM warehouse.registry_state WHERE registry = $1`,
      [load.registry],
    )
  })
  const { asOf, persons } = rows[0] ?? {}
  if (asOf === undefined || !persons) return null
  const change = await refreshMembership(database, persons.length > PERSONS_MAX ? { asOf } : { asOf, persons })
  await membershipFollowed(database.pool, load.seq)
  return change
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
    [[...CIVIL_REGISTRIES]],
  )
  const asOf = rows[0]?.asOf ?? null
  if (asOf !== null) await refreshMembership(database, { asOf, persons })
}
