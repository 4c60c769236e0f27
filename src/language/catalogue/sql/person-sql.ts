import type { CatalogueFact } from '../catalogue.ts'
import { identifier } from './dialect.ts'
import { columnsOf, emptyLiteral, factRef, registryColumn, selectFact } from './fact-columns-sql.ts'
import { derivedValue } from './derived-sql.ts'
import { closureOf, levelsOf, readsRelativesAnywhere } from './levels.ts'
import { relationCte, relationOpen, relationRows } from './relatives-sql.ts'
import { type AggregateFact, covers, isAggregate, rowNames, type RowSet, type Source, sourcesOver, tableOf, type Writing } from './sources.ts'
import { exact, type SqlValue } from './sql-value.ts'

/** Columns that travel with every person through the steps. */
const CARRIED = ['household_ref', 'person_ref', 'is_head', 'relationship_code', 'is_jordanian']

export interface Steps {
  readonly ctes: readonly string[]
  /** Name of the step that has every fact. */
  readonly last: string
}

/** Steps that compute the person facts of everyone in `from`: level by level, relatives elsewhere on the way. */
export function personSteps(writing: Writing): Steps {
  const relativeFacts = writing.catalogue.order.person.filter(readsRelativesAnywhere)
  const elsewhere = relativesElsewhere(relativeFacts, writing)
  const levels = levelsOf(writing.catalogue, 'person')
  const chain = chainOf('p', 'members', levels, writing)
  return { ctes: [...elsewhere, ...chain.ctes], last: chain.last }
}

/** The same steps over relatives outside the household, with no more facts than the relatives' aggregates read. */
function relativesElsewhere(facts: readonly CatalogueFact[], writing: Writing): string[] {
  if (facts.length === 0) return []
  const read = closureOf(writing.catalogue, facts.flatMap((fact) => fact.inputs))
  const relations = [...new Set(facts.map((fact) => (fact.definition.kind === 'aggregate' && fact.definition.over.kind === 'relatives' ? fact.definition.over.relation : null)))]
  const ctes = relations.flatMap((relation) => (relation ? [relationCte(relation)] : []))
  const everyone = relations.map((relation) => `SELECT relative_ref FROM rel_${relation}`).join(' UNION ')
  const isJordanian = writing.prelude.isJordanian('u.relative_ref')
  ctes.push(
    `x AS MATERIALIZED (SELECT 0::bigint AS household_ref, u.relative_ref AS person_ref, FALSE AS is_head, 'relative' AS relationship_code, ${isJordanian} AS is_jordanian FROM (${everyone}) u)`,
  )
  const chain = chainOf('x', 'x', levelsOf(writing.catalogue, 'person', (fact) => read.has(fact.id)), writing)
  return [...ctes, ...chain.ctes, `relatives_elsewhere AS (SELECT * FROM ${chain.last})`]
}

function chainOf(prefix: string, from: string, levels: readonly (readonly CatalogueFact[])[], writing: Writing): Steps {
  const ctes: string[] = []
  const carried: string[] = [...CARRIED]
  let last = from
  levels.forEach((facts, level) => {
    const sources = level === 0 ? tableSources(facts, writing) : relativeSources(facts, last, writing)
    const computed = level === 0 ? plainFacts(facts, writing) : facts.flatMap((fact) => derivedValue(fact, 'p', writing) ?? [])
    const values = [...sources.flatMap((source) => source.values), ...computed]
    if (values.length === 0 && level > 0) return
    const name = `${prefix}${level}`
    const declared = level === 0 && facts.some((fact) => fact.definition.kind === 'declared') ? 'LEFT JOIN declared_person d ON d.person_ref = p.person_ref' : ''
    const joins = [...sources.map((source) => source.join), declared].filter((join) => join !== '').join('\n  ')
    const select = [...carried.map((column) => `p.${column}`), ...values.map(({ fact, value }) => selectFact(fact, value))].join(', ')
    ctes.push(`${name} AS MATERIALIZED (SELECT ${select}\n  FROM ${last} p\n  ${joins})`)
    carried.push(...values.flatMap(({ fact }) => columnsOf(fact)))
    last = name
  })
  return { ctes, last }
}

/** Level 0: the person's rows of each registry, one pass a registry. */
function tableSources(facts: readonly CatalogueFact[], writing: Writing): Source[] {
  const byRegistry = new Map<string, AggregateFact[]>()
  for (const fact of facts) {
    if (!isAggregate(fact) || fact.definition.over.kind !== 'registry') continue
    const id = fact.definition.over.registry.id
    byRegistry.set(id, [...(byRegistry.get(id) ?? []), fact])
  }
  const aggregates = [...byRegistry.values()].flatMap((group, index) => {
    const over = group[0]?.definition.over
    if (over?.kind !== 'registry') return []
    const { registry } = over
    const usable = writing.prelude.usable(registry.id)
    const rows: RowSet = {
      from: `${tableOf(registry)} r WHERE r.person_ref = p.person_ref`,
      name: (_, aggregate) => rowNames(registry, aggregate, writing),
      ...(registry.absence === 'unknown' ? { extra: { n_rows: 'count(*)' } } : {}),
      usable,
      open: (alias) => `(NOT ${usable} OR NOT ${covers(registry, 'p.is_jordanian')}${registry.absence === 'unknown' ? ` OR ${alias}.n_rows = 0` : ''})`,
    }
    return sourcesOver(`s${index}_`, group, rows, writing)
  })
  return [...aggregates, ...columnSources(facts, writing)]
}

/** Attributes: the one row of each one-row registry. */
function columnSources(facts: readonly CatalogueFact[], writing: Writing): Source[] {
  const registries = new Map(facts.flatMap(({ definition }) => (definition.kind === 'column' ? [[definition.registry.id, definition.registry] as const] : [])))
  return [...registries.values()].map((registry, index) => {
    const alias = `o${index}`
    const usable = writing.prelude.usable(registry.id)
    const absentMeansNone = registry.absence === 'none' ? `WHEN ${alias}.person_ref IS NULL AND ${covers(registry, 'p.is_jordanian')}` : null
    const values = facts.flatMap((fact) => {
      const { definition } = fact
      if (definition.kind !== 'column' || definition.registry.id !== registry.id) return []
      const empty = definition.empty !== null && absentMeansNone ? ` ${absentMeansNone} THEN ${emptyLiteral(fact, definition.empty)}` : ''
      const column = writingScale(fact, definition.column, registry, alias)
      return [{ fact, value: exact(`CASE WHEN NOT ${usable} THEN NULL${empty} ELSE ${column} END`) }]
    })
    return { join: `LEFT JOIN ${tableOf(registry)} ${alias} ON ${alias}.person_ref = p.person_ref`, values }
  })
}

/** A column at the fact's scale, which is never coarser than the column's. */
function writingScale(fact: CatalogueFact, column: string, registry: Parameters<typeof registryColumn>[0], alias: string): string {
  const own = registry.columns.find((c) => c.name === column)?.scale ?? 0
  const sql = registryColumn(registry, column, alias).lo
  return fact.scale > own ? `(${sql} * ${10 ** (fact.scale - own)})` : sql
}

function plainFacts(facts: readonly CatalogueFact[], writing: Writing): { fact: CatalogueFact; value: SqlValue }[] {
  return facts.flatMap((fact) => {
    const { definition } = fact
    if (definition.kind === 'identity') return [{ fact, value: exact(definition.column === 'isJordanian' ? 'p.is_jordanian' : definition.column === 'isHead' ? 'p.is_head' : 'p.relationship_code') }]
    if (definition.kind === 'declared') return [{ fact, value: exact(`d.${identifier(fact.id)}`) }]
    const value = derivedValue(fact, 'p', writing)
    return value ?? []
  })
}

/** Higher levels: aggregates over relatives, in the household from the step before, elsewhere from their own steps. */
function relativeSources(facts: readonly CatalogueFact[], before: string, writing: Writing): Source[] {
  const byRelation = new Map<string, AggregateFact[]>()
  for (const fact of facts) {
    if (!isAggregate(fact) || fact.definition.over.kind !== 'relatives') continue
    const key = `${fact.definition.over.relation} ${fact.definition.over.within}`
    byRelation.set(key, [...(byRelation.get(key) ?? []), fact])
  }
  return [...byRelation.values()].flatMap((group, index) => {
    const over = group[0]?.definition.over
    if (over?.kind !== 'relatives') return []
    const open = relationOpen(over.relation, writing.prelude)
    const rows: RowSet = {
      from: relationRows(over.relation, over.within, before),
      name: () => (id) => {
        if (id === 'asOf') return exact(writing.prelude.asOf)
        const fact = writing.catalogue.facts.get(id)
        return fact ? factRef(fact, 'f') : exact('NULL')
      },
      usable: 'TRUE',
      open: () => open,
    }
    return sourcesOver(`v${index}_`, group, rows, writing)
  })
}
