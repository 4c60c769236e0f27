import type { CatalogueFact } from '../catalogue.ts'
import { derivedValue } from './derived-sql.ts'
import { identifier } from './dialect.ts'
import { columnsOf, factRef, registryColumn, selectFact } from './fact-columns-sql.ts'
import { levelsOf } from './levels.ts'
import type { Steps } from './person-sql.ts'
import { type AggregateFact, covers, isAggregate, rowNames, type RowSet, type Source, sourcesOver, tableOf, type Writing } from './sources.ts'
import { exact, type SqlValue } from './sql-value.ts'

/** Steps that compute the household facts from the persons' last step. */
export function householdSteps(persons: string, writing: Writing): Steps {
  const ctes: string[] = ['h AS MATERIALIZED (SELECT household_ref, count(*) AS member_count, min(basis_code) AS basis_code FROM members GROUP BY household_ref)']
  const carried = ['household_ref', 'member_count', 'basis_code']
  let last = 'h'
  levelsOf(writing.catalogue, 'household').forEach((facts, level) => {
    const sources = level === 0 ? [...memberSources(facts, persons, writing), ...pooledSources(facts, writing), ...dwellingSources(facts, writing)] : []
    const own = facts.flatMap((fact) => plain(fact) ?? derivedValue(fact, 'h', writing) ?? [])
    const values = [...sources.flatMap((source) => source.values), ...own]
    if (values.length === 0) return
    const heads = facts.some((fact) => fact.definition.kind === 'head') ? `LEFT JOIN ${persons} head ON head.household_ref = h.household_ref AND head.is_head` : ''
    const declared = facts.some((fact) => fact.definition.kind === 'declared') ? 'LEFT JOIN declared_household d ON d.household_ref = h.household_ref' : ''
    const joins = [...sources.map((source) => source.join), heads, declared].filter((join) => join !== '').join('\n  ')
    const select = [...carried.map((column) => `h.${column}`), ...values.map(({ fact, value }) => selectFact(fact, value))].join(', ')
    ctes.push(`h${level} AS MATERIALIZED (SELECT ${select}\n  FROM ${last} h\n  ${joins})`)
    carried.push(...values.flatMap(({ fact }) => columnsOf(fact)))
    last = `h${level}`
  })
  function plain(fact: CatalogueFact): { fact: CatalogueFact; value: SqlValue } | null {
    const { definition } = fact
    if (definition.kind === 'household') return { fact, value: exact(definition.column === 'memberCount' ? 'h.member_count' : 'h.basis_code') }
    if (definition.kind === 'declared') return { fact, value: exact(`d.${identifier(fact.id)}`) }
    if (definition.kind !== 'head') return null
    const input = writing.catalogue.facts.get(definition.fact)
    return input ? { fact, value: factRef(input, 'head') } : null
  }
  return { ctes, last }
}

function memberSources(facts: readonly CatalogueFact[], persons: string, writing: Writing): Source[] {
  const overMembers = facts.filter(isAggregate).filter((fact) => fact.definition.over.kind === 'relatives')
  const rows: RowSet = {
    from: `${persons} f WHERE f.household_ref = h.household_ref`,
    name: () => (id) => {
      if (id === 'asOf') return exact(writing.prelude.asOf)
      const fact = writing.catalogue.facts.get(id)
      return fact ? factRef(fact, 'f') : exact('NULL')
    },
    usable: 'TRUE',
    open: () => 'FALSE',
  }
  return overMembers.length === 0 ? [] : sourcesOver('m', overMembers, rows, writing)
}

/** Aggregates over the rows of all members, pooled: unknown rows exist if any member is not covered. */
function pooledSources(facts: readonly CatalogueFact[], writing: Writing): Source[] {
  const byRegistry = new Map<string, AggregateFact[]>()
  for (const fact of facts.filter(isAggregate)) {
    if (fact.definition.over.kind !== 'registry') continue
    const { id } = fact.definition.over.registry
    byRegistry.set(id, [...(byRegistry.get(id) ?? []), fact])
  }
  return [...byRegistry.values()].flatMap((group, index) => {
    const over = group[0]?.definition.over
    if (over?.kind !== 'registry') return []
    const { registry } = over
    const usable = writing.prelude.usable(registry.id)
    const someoneMissing = `EXISTS (SELECT 1 FROM members n WHERE n.household_ref = h.household_ref AND (NOT ${covers(registry, 'n.is_jordanian')}${
      registry.absence === 'unknown' ? ` OR NOT EXISTS (SELECT 1 FROM ${tableOf(registry)} a WHERE a.person_ref = n.person_ref)` : ''
    }))`
    const rows: RowSet = {
      from: `members n JOIN ${tableOf(registry)} r ON r.person_ref = n.person_ref WHERE n.household_ref = h.household_ref`,
      name: (_, aggregate) => rowNames(registry, aggregate, writing),
      usable,
      open: () => (registry.population === 'everyone' && registry.absence === 'none' ? `(NOT ${usable})` : `(NOT ${usable} OR ${someoneMissing})`),
    }
    return sourcesOver(`g${index}_`, group, rows, writing)
  })
}

/** The dwelling is the head's row in a registry of dwellings. */
function dwellingSources(facts: readonly CatalogueFact[], writing: Writing): Source[] {
  const registries = new Map(facts.flatMap(({ definition }) => (definition.kind === 'column' ? [[definition.registry.id, definition.registry] as const] : [])))
  return [...registries.values()].map((registry, index) => {
    const alias = `w${index}`
    const values = facts.flatMap((fact) => {
      const { definition } = fact
      if (definition.kind !== 'column' || definition.registry.id !== registry.id) return []
      const own = registry.columns.find((c) => c.name === definition.column)?.scale ?? 0
      const column = registryColumn(registry, definition.column, alias).lo
      const scaled = fact.scale > own ? `(${column} * ${10 ** (fact.scale - own)})` : column
      return [{ fact, value: exact(`CASE WHEN ${writing.prelude.usable(registry.id)} THEN ${scaled} END`) }]
    })
    const head = `(SELECT person_ref FROM members n WHERE n.household_ref = h.household_ref AND n.is_head)`
    return { join: `LEFT JOIN ${tableOf(registry)} ${alias} ON ${alias}.person_ref = ${head}`, values }
  })
}
