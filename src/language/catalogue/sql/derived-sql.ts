import { conditionSql } from '../../condition/sql.ts'
import type { CatalogueFact } from '../catalogue.ts'
import { epochAt } from '../parameter.ts'
import { placedSql } from './expression-sql.ts'
import { factRef } from './fact-columns-sql.ts'
import type { Writing } from './sources.ts'
import { exact, isExact, known, type SqlValue } from './sql-value.ts'

/** Value of a fact that is made of other facts of the same row (`table`), or of a parameter; null for other kinds. */
export function derivedValue(fact: CatalogueFact, table: string, writing: Writing): { fact: CatalogueFact; value: SqlValue } | null {
  const { definition } = fact
  const { catalogue, dialect, prelude } = writing
  const ref = (id: string): SqlValue => {
    if (id === 'asOf') return exact(prelude.asOf)
    const input = catalogue.facts.get(id)
    // INVARIANT: the check resolved every input.
    if (!input) throw new Error(`${fact.id} reads ${id}, which the catalogue does not have`)
    return factRef(input, table)
  }
  switch (definition.kind) {
    case 'derived':
      return { fact, value: placedSql(definition.value, fact.scale, { dialect, asOfDay: prelude.asOfDay, name: ref }) }
    case 'holds': {
      const { space } = definition.condition
      return { fact, value: exact(conditionSql(definition.condition, dialect.name, (slot) => columnOf(ref(space.types[slot]?.id ?? '')))) }
    }
    case 'firstKnown':
      return { fact, value: exact(`coalesce(${definition.facts.map((id) => known(ref(id))).join(', ')})`) }
    case 'greatestKnown':
      return { fact, value: greatestKnown(definition.facts.map(ref)) }
    case 'parameter': {
      const value = epochAt(definition.parameter, prelude.asOfDay)?.value ?? null
      const sql =
        fact.type === 'boolean'
          ? value === null
            ? 'NULL::boolean'
            : value === 1
              ? 'TRUE'
              : 'FALSE'
          : value === null
            ? 'NULL::bigint'
            : `${value}::bigint`
      return { fact, value: exact(sql) }
    }
    default:
      return null
  }
}

/**
 * The greatest of those known, unless what is known of another one is already more: wages of at least 900 are not set
 * aside for a declared 100. Both databases' greatest skips NULL: just the meaning of "of those known".
 */
function greatestKnown(parts: readonly SqlValue[]): SqlValue {
  const greatest = (sql: readonly string[]) => `greatest(${sql.join(', ')})`
  if (parts.every(isExact)) return exact(greatest(parts.map(known)))
  const lo = greatest(parts.map((part) => part.lo))
  const his = parts.map((part) => part.hi)
  const open = his.map((hi) => `${hi} IS NULL`).join(' OR ')
  return { lo, hi: `CASE WHEN ${greatest(parts.map(known))} >= ${lo} THEN ${lo} WHEN ${open} THEN NULL ELSE ${greatest(his)} END` }
}

const columnOf = (value: SqlValue) => (isExact(value) ? { value: value.lo, scaled: true } : { ...value, scaled: true })
