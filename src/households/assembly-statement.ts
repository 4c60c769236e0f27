/** The catalogue's assembly statement over typed record sets on PostgreSQL. */
import { sha256 } from '../kernel/canonical.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import { assemblySql, type AssemblySql } from '../language/catalogue/sql/assembly-sql.ts'
import { postgresql } from '../language/catalogue/sql/dialect.ts'
import type { Prelude } from '../language/catalogue/sql/prelude.ts'
import { declaredFacts } from './declared.ts'
import { declaredRecords, registryRecords } from './record-sets.ts'

export interface AssemblyStatement extends AssemblySql {
  /** Name of the prepared statement: the same text has the same name. */
  readonly name: string
}

/** Position of each registry in the `usable` parameter. */
export const registryOrder = (catalogue: Catalogue): readonly string[] => [...catalogue.registries.keys()]

/**
 * The statement over typed record sets. Parameters: $1 members and, without a household, relatives (JSON rows), $2 as-of date, $3 usable registries,
 * $4 and $5 declared answers, then one JSON parameter a registry in registryOrder.
 */
export function recordsStatement(catalogue: Catalogue, asOf: number): AssemblyStatement {
  // Every registry has its parameter, read or not: PostgreSQL wants to see the type of each.
  const registries = [...catalogue.registries.values()].map((registry, index) => registryRecords(registry, `$${index + 6}`))
  // A small catalogue may read neither the date nor a registry: every parameter has to have a type all the same.
  const persons = `persons AS MATERIALIZED (SELECT * FROM jsonb_to_recordset($1::jsonb) AS t(household_ref bigint, person_ref bigint, is_head boolean, relationship_code text, basis_code text, is_jordanian boolean)
  WHERE $2::date IS NOT NULL AND $3::boolean[] IS NOT NULL)`
  const members = 'members AS MATERIALIZED (SELECT * FROM persons WHERE household_ref IS NOT NULL)'
  return statement(catalogue, asOf, {
    ctes: [...registries, persons, members, ...declared(catalogue, '$4', '$5')],
    asOf: '$2::date',
    asOfDay: asOf,
    usable: usableFlag(catalogue, '$3'),
    isJordanian: (ref) =>
      `(SELECT CASE WHEN count(*) = 0 THEN TRUE ELSE bool_or(m.is_jordanian) END FROM persons m WHERE m.person_ref = ${ref})`,
  })
}

function statement(catalogue: Catalogue, asOf: number, prelude: Prelude): AssemblyStatement {
  const sql = assemblySql(catalogue, postgresql, { ...prelude, asOfDay: asOf })
  return { ...sql, name: `assemble-${sha256(sql.text).slice(0, 24)}` }
}

const declared = (catalogue: Catalogue, household: string, person: string): string[] => [
  declaredRecords('household', declaredFacts(catalogue, 'household'), household),
  declaredRecords('person', declaredFacts(catalogue, 'person'), person),
]

function usableFlag(catalogue: Catalogue, parameter: string): (registry: string) => string {
  const positions = new Map(registryOrder(catalogue).map((id, index) => [id, index + 1]))
  return (registry) => `(${parameter}::boolean[])[${positions.get(registry) ?? 0}]`
}
