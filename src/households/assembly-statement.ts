/** The catalogue's assembly statement with its two preludes on PostgreSQL: the warehouse's tables, and typed record sets. */
import { sha256 } from '../kernel/canonical.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import { epochAt } from '../language/catalogue/parameter.ts'
import { assemblySql, type AssemblySql } from '../language/catalogue/sql/assembly-sql.ts'
import { identifier, postgresql } from '../language/catalogue/sql/dialect.ts'
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
 * The statement for one household of the warehouse. Parameters: $1 household_ref, $2 as-of date, $3 and $4 declared
 * answers of the household and of its members (JSON rows). Which registries are usable stands in the text, because it
 * changes with loads and not with requests: what cannot be so is gone from the plan before anything is executed.
 */
export function warehouseStatement(
  catalogue: Catalogue,
  asOf: number,
  wanted: ReadonlySet<string> | null,
  usable: ReadonlySet<string>,
): AssemblyStatement {
  const members = `members AS MATERIALIZED (SELECT m.household_ref, m.person_ref, m.is_head, m.relationship AS relationship_code, h.basis AS basis_code, ${isJordanian('m.person_ref')} AS is_jordanian
  FROM household_member m JOIN household h ON h.household_ref = m.household_ref WHERE m.household_ref = $1 AND m.valid_from <= $2::date AND (m.valid_to IS NULL OR m.valid_to > $2::date)
    AND NOT EXISTS (SELECT 1 FROM warehouse.cspd_death_info dead WHERE dead.person_ref = m.person_ref AND dead.death_date <= $2::date))`
  return statement(catalogue, asOf, wanted, {
    registry: (id) => `${identifier(id)} AS NOT MATERIALIZED (SELECT * FROM warehouse.${identifier(id)})`,
    ctes: [members, ...declared(catalogue, '$3', '$4')],
    asOf: '$2::date',
    asOfDay: asOf,
    usable: (id) => (usable.has(id) ? 'TRUE' : 'FALSE'),
    isJordanian,
  })
}

/**
 * The same statement over typed record sets. Parameters: $1 members and, without a household, relatives (JSON rows), $2 as-of date, $3 usable registries,
 * $4 and $5 declared answers, then one JSON parameter a registry in registryOrder.
 */
export function recordsStatement(catalogue: Catalogue, asOf: number): AssemblyStatement {
  // Every registry has its parameter, read or not: PostgreSQL wants to see the type of each.
  const registries = [...catalogue.registries.values()].map((registry, index) => registryRecords(registry, `$${index + 6}`))
  // A small catalogue may read neither the date nor a registry: every parameter has to have a type all the same.
  const persons = `persons AS MATERIALIZED (SELECT * FROM jsonb_to_recordset($1::jsonb) AS t(household_ref bigint, person_ref bigint, is_head boolean, relationship_code text, basis_code text, is_jordanian boolean)
  WHERE $2::date IS NOT NULL AND $3::boolean[] IS NOT NULL)`
  const members = 'members AS MATERIALIZED (SELECT * FROM persons WHERE household_ref IS NOT NULL)'
  return statement(catalogue, asOf, null, {
    registry: null,
    ctes: [...registries, persons, members, ...declared(catalogue, '$4', '$5')],
    asOf: '$2::date',
    asOfDay: asOf,
    usable: usableFlag(catalogue, '$3'),
    isJordanian: (ref) =>
      `(SELECT CASE WHEN count(*) = 0 THEN TRUE ELSE bool_or(m.is_jordanian) END FROM persons m WHERE m.person_ref = ${ref})`,
  })
}

/** As-of days with the same parameter values share one statement, so that it is planned once and not once a day. */
export const epochKey = (catalogue: Catalogue, asOf: number): string =>
  [...catalogue.parameters.values()].map((parameter) => epochAt(parameter, asOf)?.from ?? '-').join(' ')

function statement(catalogue: Catalogue, asOf: number, wanted: ReadonlySet<string> | null, prelude: Prelude): AssemblyStatement {
  const sql = assemblySql(catalogue, postgresql, { ...prelude, asOfDay: asOf }, wanted)
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

const isJordanian = (personRef: string): string => `(SELECT w.is_jordanian FROM warehouse.person w WHERE w.person_ref = ${personRef})`
