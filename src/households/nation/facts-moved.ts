/** Which facts can be others because rows of some registries moved: the rest of a household's need not be computed again. */
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { CIVIL_REGISTRIES } from '../civil-registries.ts'
import type { WantedSlots } from './column-file.ts'

/** Null: any fact, for one of the registries tells who lives with whom or whose relative somebody is. */
export function factsMoved(catalogue: Catalogue, registries: ReadonlySet<string>): ReadonlySet<string> | null {
  if ([...registries].some((id) => CIVIL_REGISTRIES.has(id))) return null
  const moved = [...catalogue.facts.keys()].filter((id) => catalogue.sourcesOf(id).some((source) => reads(catalogue, source, registries)))
  return new Set(moved)
}

/** Of a registry that is asked person by person it is read who answered, too. */
function reads({ registries: known }: Catalogue, source: string, registries: ReadonlySet<string>): boolean {
  const answeredBy = known.get(source)?.answeredBy
  return registries.has(source) || (answeredBy !== undefined && registries.has(answeredBy))
}

/** Where the facts stand. */
export function slotsOfFacts(catalogue: Catalogue, facts: ReadonlySet<string>): WantedSlots {
  const slots = (space: 'household' | 'person'): ReadonlySet<number> => new Set([...facts].flatMap((id) => catalogue[space].slot(id) ?? []))
  return { household: slots('household'), person: slots('person') }
}
