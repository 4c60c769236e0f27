/** From a definition and today's grants the statement that would be sent: the one that is shown, explained and run. */
import type { ReadRights } from '../access/grants/read-rights.ts'
import type { RegistryDefinition } from '../warehouse/registry-definition.ts'
import { aggregatesSql } from './aggregates-sql.ts'
import { type CheckedQuery, personParameter } from './checked-query.ts'
import { checkQuery, type QueryLimits } from './check-query.ts'
import type { QueryDefinition } from './definition-schema.ts'
import { grantedColumns } from './granted-columns.ts'
import { rowRestrictions } from './row-scopes.ts'
import { rowsSql } from './rows-sql.ts'
import { type Statement, WAREHOUSE } from './statement.ts'

export interface CompileLimits extends QueryLimits {
  /** Cells of aggregates with fewer persons are not told. */
  readonly leastPersons: number
}

export interface CompiledQuery {
  readonly query: CheckedQuery
  readonly statement: Statement
  /** The same over the views of an entity's schema. */
  readonly statementIn: (schema: string) => Statement
  /** Least persons of a told cell; null for rows and for one person's own aggregates, which are exact. */
  readonly least: number | null
}

/** Throws when a name is not granted, the definition means nothing, or rows are asked for without a right to them. */
export function compileQuery(
  definition: QueryDefinition,
  registries: readonly RegistryDefinition[],
  rights: ReadRights,
  limits: CompileLimits,
): CompiledQuery {
  const query = checkQuery(definition, grantedColumns(registries, rights), limits)
  const restrictions = rowRestrictions(query, rights)
  const least = query.kind === 'rows' || personParameter(query) ? null : limits.leastPersons
  const statementIn = (schema: string): Statement =>
    query.kind === 'rows' ? rowsSql(query, restrictions, schema) : aggregatesSql(query, least ?? 1, schema)
  return { query, statement: statementIn(WAREHOUSE), statementIn: lastRemembered(statementIn), least }
}

/** A compiled query is one entity's, which has one schema. */
function lastRemembered(make: (schema: string) => Statement): (schema: string) => Statement {
  let last: { readonly schema: string; readonly statement: Statement } | null = null
  return (schema) => (last?.schema === schema ? last : (last = { schema, statement: make(schema) })).statement
}

const REMEMBERED = 1_000

/**
 * The same for definitions by their hash, remembered for as long as the same rights and registries are handed in.
 * INVARIANT: rights never change in place; others are another object, to which nothing is remembered.
 */
export function rememberingCompiler(
  limits: CompileLimits,
): (hash: string, definition: QueryDefinition, registries: readonly RegistryDefinition[], rights: ReadRights) => CompiledQuery {
  const byRights = new WeakMap<ReadRights, { registries: readonly RegistryDefinition[]; compiled: Map<string, CompiledQuery> }>()
  return (hash, definition, registries, rights) => {
    let known = byRights.get(rights)
    if (known?.registries !== registries || known.compiled.size >= REMEMBERED) {
      known = { registries, compiled: new Map() }
      byRights.set(rights, known)
    }
    const found = known.compiled.get(hash) ?? compileQuery(definition, registries, rights, limits)
    known.compiled.set(hash, found)
    return found
  }
}
