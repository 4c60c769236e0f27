/** The assembly statement: the steps of persons and households put together, with the order of its columns. */
import type { Catalogue } from '../catalogue.ts'
import type { Dialect } from './dialect.ts'
import { householdSteps } from './household-sql.ts'
import type { Pack } from './packing.ts'
import { personSteps } from './person-sql.ts'
import type { Prelude } from './prelude.ts'

export interface AssemblySql {
  readonly text: string
  /** What the columns after the first four hold: two arrays a pack, the persons' packs first. */
  readonly person: readonly Pack[]
  readonly household: readonly Pack[]
}

/**
 * The one statement that computes the facts of every household in `members`: one row a member, holding household_ref,
 * person_ref, is_head, relationship, then the packed facts of the person and of the household. In a pack numbers are
 * scaled integers, booleans 0/1, dates day numbers, categories codes, unknown NULL; a bounded fact takes two places.
 */
export function assemblySql(catalogue: Catalogue, dialect: Dialect, prelude: Prelude): AssemblySql {
  const writing = { catalogue, dialect, prelude }
  const persons = personSteps(writing)
  const households = householdSteps(persons.last, writing)
  const columns = [
    'p.household_ref',
    'p.person_ref',
    'p.is_head',
    'p.relationship_code',
    ...persons.packColumns('p'),
    ...households.packColumns('h'),
  ]
  const ctes = [...prelude.ctes, ...persons.ctes, ...households.ctes].join(',\n')
  const text = `WITH ${ctes}\nSELECT ${columns.join(', ')}\nFROM ${persons.last} p JOIN ${households.last} h ON h.household_ref = p.household_ref\nORDER BY p.household_ref, p.is_head DESC, p.person_ref`
  return { text, person: persons.packs, household: households.packs }
}
