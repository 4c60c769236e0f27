/** Before a household is assembled: registries that are asked person by person are asked about its living members. */
import type { Database } from '../db/database.ts'
import { isoOfDay } from '../kernel/date.ts'
import { readsOf } from '../language/catalogue/assembly/reads.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import type { RegistryShape } from '../language/catalogue/registry-shape.ts'
import type { Unanswered } from '../warehouse/pulled/ask.ts'
import type { Puller } from '../warehouse/pulled/puller.ts'
import type { RegistryDefinition } from '../warehouse/registry-definition.ts'

export interface Pulling {
  readonly registries: () => Promise<readonly RegistryDefinition[]>
  readonly puller: Pick<Puller, 'pull'>
}

/** By registry: members who were asked about and not answered, with why. Whoever a registry does not cover is not asked about. */
export type UnansweredMembers = ReadonlyMap<string, ReadonlyMap<number, Unanswered>>

const NONE: UnansweredMembers = new Map()

export async function pullMembers(
  { database, catalogue, pulling }: { readonly database: Database; readonly catalogue: Catalogue; readonly pulling: Pulling | undefined },
  { householdRef, asOf, facts }: { readonly householdRef: number; readonly asOf: number; readonly facts: ReadonlySet<string> },
): Promise<UnansweredMembers> {
  const pulled = pulledOf(catalogue, facts)
  if (!pulling || pulled.length === 0) return NONE
  const { rows: members } = await database.pool.query<{ person_ref: number; is_jordanian: boolean | null }>({
    name: 'members-to-ask-about',
    text: `SELECT m.person_ref, p.is_jordanian FROM household_member m JOIN warehouse.person p USING (person_ref)
      WHERE m.household_ref = $1 AND m.valid_from <= $2::date AND (m.valid_to IS NULL OR m.valid_to > $2::date)
        AND NOT EXISTS (SELECT 1 FROM warehouse.cspd_death_info dead WHERE dead.person_ref = m.person_ref AND dead.death_date <= $2::date)`,
    values: [householdRef, isoOfDay(asOf)],
  })
  const definitions = await pulling.registries()
  const found = await Promise.all(
    pulled.map(async ({ id, population }) => {
      const definition = definitions.find((one) => one.id === id)
      const covered = members.filter(({ is_jordanian: is }) => population === 'everyone' || is === (population === 'jordanians'))
      if (!definition?.connector || covered.length === 0) return null
      const persons = covered.map(({ person_ref: ref }) => ref)
      return [id, await pulling.puller.pull(definition, persons)] as const
    }),
  )
  return new Map(found.filter((one) => one !== null && one[1].size > 0) as [string, ReadonlyMap<number, Unanswered>][])
}

const known = new WeakMap<Catalogue, WeakMap<ReadonlySet<string>, readonly RegistryShape[]>>()

/** Those among what the facts are read from. */
function pulledOf(catalogue: Catalogue, facts: ReadonlySet<string>): readonly RegistryShape[] {
  const byFacts = known.get(catalogue) ?? new WeakMap<ReadonlySet<string>, readonly RegistryShape[]>()
  known.set(catalogue, byFacts)
  const found =
    byFacts.get(facts) ??
    readsOf(catalogue, facts)
      .registries.map(({ registry }) => registry)
      .filter(({ answeredBy }) => answeredBy !== undefined)
  byFacts.set(facts, found)
  return found
}
