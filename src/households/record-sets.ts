import { identifier } from '../language/catalogue/sql/dialect.ts'
import type { CatalogueFact } from '../language/catalogue/catalogue.ts'
import type { RegistryShape } from '../language/catalogue/registry-shape.ts'

/** Typed record sets: rows given as JSON that take the place of tables in an assembly statement (PostgreSQL). */

/** A registry's rows from a JSON parameter; decimals are decimals here as in the warehouse. */
export function registryRecords(registry: RegistryShape, parameter: string): string {
  const columns = registry.columns.map((column) => `${identifier(column.name)} ${columnSqlType(column.type, column.scale)}`)
  return `${identifier(registry.id)} AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(${parameter}::jsonb) AS t(person_ref bigint, ${columns.join(', ')}))`
}

/** Declared answers from a JSON parameter: one column a declared fact, numbers already scaled. What a form says of a person holds in its household only. */
export function declaredRecords(entity: 'household' | 'person', facts: readonly CatalogueFact[], parameter: string): string {
  const keys = entity === 'household' ? ['household_ref bigint'] : ['household_ref bigint', 'person_ref bigint']
  const columns = facts.map((fact) => `${identifier(fact.id)} ${declaredSqlType(fact)}`)
  return `declared_${entity} AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(${parameter}::jsonb) AS t(${[...keys, ...columns].join(', ')}))`
}

function columnSqlType(type: string, scale: number): string {
  switch (type) {
    case 'decimal':
      return `numeric(18, ${scale})`
    case 'integer':
    case 'person':
      return 'bigint'
    case 'boolean':
    case 'date':
      return type
    default:
      return 'text'
  }
}

function declaredSqlType(fact: CatalogueFact): string {
  switch (fact.type) {
    case 'boolean':
    case 'date':
      return fact.type
    case 'category':
      return 'text'
    default:
      return 'bigint'
  }
}
