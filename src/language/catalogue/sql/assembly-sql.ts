/** The assembly statement: the steps of persons and households put together, with the order of its columns. */
import type { Catalogue, CatalogueFact } from '../catalogue.ts'
import type { Dialect } from './dialect.ts'
import { columnsOf } from './fact-columns-sql.ts'
import { householdSteps } from './household-sql.ts'
import { inSql } from './levels.ts'
import { personSteps } from './person-sql.ts'
import type { Prelude } from './prelude.ts'

export interface AssemblySql {
  readonly text: string
  /** The facts in the order of the answer's columns: each has two columns (lo, hi) when bounded, else one. */
  readonly person: readonly CatalogueFact[]
  readonly household: readonly CatalogueFact[]
}

/**
 * The one statement that computes every fact of every household in `members`: one row a member, holding household_ref,
 * person_ref, is_head, relationship, the person's facts, then the household's. Numbers are scaled integers, booleans
 * 0/1, dates day numbers, categories codes, unknown NULL.
 */
export function assemblySql(catalogue: Catalogue, dialect: Dialect, prelude: Prelude): AssemblySql {
  const writing = { catalogue, dialect, prelude }
  const persons = personSteps(writing)
  const households = householdSteps(persons.last, writing)
  const person = catalogue.order.person.filter(inSql)
  const household = catalogue.order.household.filter(inSql)
  const columns = [
    'p.household_ref',
    'p.person_ref',
    'p.is_head',
    'p.relationship_code',
    ...person.flatMap((fact) => columnsOf(fact).map((column) => outgoing(fact, `p.${column}`))),
    ...household.flatMap((fact) => columnsOf(fact).map((column) => outgoing(fact, `h.${column}`))),
  ]
  const ctes = [...prelude.ctes, ...persons.ctes, ...households.ctes].join(',\n')
  const text = `WITH ${ctes}\nSELECT ${columns.join(', ')}\nFROM ${persons.last} p JOIN ${households.last} h ON h.household_ref = p.household_ref\nORDER BY p.household_ref, p.is_head DESC, p.person_ref`
  return { text, person, household }

  function outgoing(fact: CatalogueFact, sql: string): string {
    if (fact.type === 'boolean') return `${sql}::int`
    if (fact.type === 'date') return dialect.daysBetween("DATE '1970-01-01'", sql)
    return sql
  }
}
