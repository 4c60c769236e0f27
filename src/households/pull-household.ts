/** Before a household is assembled: registries that are asked person by person are asked about those whose rows its facts read. */
import type { Database } from '../db/database.ts'
import { relativesAsked } from '../language/catalogue/assembly/reads.ts'
import type { Catalogue, Relation } from '../language/catalogue/catalogue.ts'
import type { RegistryShape } from '../language/catalogue/registry-shape.ts'
import type { Unanswered } from '../warehouse/pulled/ask.ts'
import type { Puller } from '../warehouse/pulled/puller.ts'
import type { RegistryDefinition } from '../warehouse/registry-definition.ts'
import { askedIn, personsToAsk } from './persons-to-ask.ts'

export interface Pulling {
  readonly registries: () => Promise<readonly RegistryDefinition[]>
  readonly puller: Pick<Puller, 'pull'>
}

/** By registry: who was asked about and not answered, with why. */
export type UnansweredPersons = ReadonlyMap<string, ReadonlyMap<number, Unanswered>>

const NONE: UnansweredPersons = new Map()

/** Asks about all living members, and about relatives outside the household where a fact reads the registry of them. */
export async function pullHousehold(
  { database, catalogue, pulling }: { readonly database: Database; readonly catalogue: Catalogue; readonly pulling: Pulling | undefined },
  { householdRef, asOf, facts }: { readonly householdRef: number; readonly asOf: number; readonly facts: ReadonlySet<string> },
): Promise<UnansweredPersons> {
  const pulled = pulledOf(catalogue, facts)
  if (!pulling || pulled.length === 0) return NONE
  const relations = [...new Set(pulled.flatMap((one) => [...one.relations]))].toSorted()
  const persons = await personsToAsk(database.pool, { householdRef, asOf, relations })
  const definitions = await pulling.registries()
  const found = await Promise.all(
    pulled.map(async ({ registry, relations: own }) => {
      const definition = definitions.find(({ id }) => id === registry.id)
      const asked = askedIn(registry, persons, own)
      return definition?.connector && asked.length > 0 ? ([registry.id, await pulling.puller.pull(definition, asked)] as const) : null
    }),
  )
  return new Map(found.filter((one) => one !== null && one[1].size > 0) as [string, ReadonlyMap<number, Unanswered>][])
}

interface PulledRead {
  readonly registry: RegistryShape
  /** Relatives anywhere of whom it is read. */
  readonly relations: ReadonlySet<Relation>
}

const known = new WeakMap<Catalogue, WeakMap<ReadonlySet<string>, readonly PulledRead[]>>()

/** Those among what the facts are read from. */
function pulledOf(catalogue: Catalogue, facts: ReadonlySet<string>): readonly PulledRead[] {
  const byFacts = known.get(catalogue) ?? new WeakMap<ReadonlySet<string>, readonly PulledRead[]>()
  known.set(catalogue, byFacts)
  const found = byFacts.get(facts) ?? [...relativesAsked(catalogue, facts)].map(([registry, relations]) => ({ registry, relations }))
  byFacts.set(facts, found)
  return found
}
