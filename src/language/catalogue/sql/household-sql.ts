/** Steps that compute household facts from the persons' last step. */
import type { CatalogueFact } from '../catalogue.ts'
import { derivedValue } from './derived-sql.ts'
import { identifier } from './dialect.ts'
import { columnAtScale, factRef } from './fact-columns-sql.ts'
import { levelsOf } from './levels.ts'
import {
  type FactValueSql,
  factNames,
  grouped,
  hasAnswered,
  isAggregate,
  registryOf,
  rowNames,
  type Source,
  sourcesOver,
  tableOf,
  type Writing,
} from './sources.ts'
import { exact } from './sql-value.ts'
import { climb, type Level, type Steps } from './steps.ts'

const CARRIED = ['household_ref', 'member_count', 'basis_code', 'outside_jordanians', 'outside_others']
const HOUSEHOLDS = `h AS MATERIALIZED (SELECT household_ref, count(*) AS member_count, min(basis_code) AS basis_code, count(*) FILTER (WHERE is_jordanian IS NOT TRUE) AS outside_jordanians,
  count(*) FILTER (WHERE is_jordanian IS NOT FALSE) AS outside_others FROM members GROUP BY household_ref)`

export function householdSteps(persons: string, writing: Writing): Steps {
  const levels = levelsOf(writing.catalogue, 'household')
  const lastReader = new Map<string, number>()
  levels.forEach((facts, at) => facts.forEach((fact) => fact.inputs.forEach((id) => lastReader.set(id, at))))
  const steps = climb(
    {
      prefix: 'h',
      from: 'h',
      carried: CARRIED,
      levels: levels.length,
      level: (at) => levelOf(levels[at] ?? [], at, persons, writing),
      readUntil: (fact) => lastReader.get(fact.id) ?? -1,
      pack: true,
    },
    writing,
  )
  return { ...steps, ctes: [HOUSEHOLDS, ...steps.ctes] }
}

function levelOf(facts: readonly CatalogueFact[], at: number, persons: string, writing: Writing): Level {
  const computed = facts.flatMap((fact) => derivedValue(fact, 'r', writing) ?? [])
  if (at > 0) return { facts, joins: [], sources: [], values: computed }
  const dwelling = dwellingJoins(facts, writing)
  const has = (kind: string): boolean => facts.some((fact) => fact.definition.kind === kind)
  const joins = [
    ...(has('head') || dwelling.joins.length > 0
      ? [`LEFT JOIN ${persons} head ON head.household_ref = r.household_ref AND head.is_head`]
      : []),
    ...(has('declared') ? ['LEFT JOIN declared_household d ON d.household_ref = r.household_ref'] : []),
    ...dwelling.joins,
  ]
  const own = facts.flatMap((fact) => ownValue(fact, writing) ?? [])
  return {
    facts,
    joins,
    sources: [...memberSources(facts, persons, writing), ...pooledSources(facts, writing)],
    values: [...own, ...dwelling.values, ...computed],
  }
}

function ownValue(fact: CatalogueFact, { catalogue }: Writing): FactValueSql | null {
  const { definition } = fact
  if (definition.kind === 'household')
    return { fact, value: exact(definition.column === 'memberCount' ? 'r.member_count' : 'r.basis_code') }
  if (definition.kind === 'declared') return { fact, value: exact(`d.${identifier(fact.id)}`) }
  const input = definition.kind === 'head' ? catalogue.facts.get(definition.fact) : undefined
  return input ? { fact, value: factRef(input, 'head') } : null
}

function memberSources(facts: readonly CatalogueFact[], persons: string, writing: Writing): Source[] {
  const overMembers = facts.filter(isAggregate).filter((fact) => fact.definition.over.kind === 'relatives')
  const rows = {
    from: `${persons} f WHERE f.household_ref = p.household_ref`,
    name: factNames(writing),
    usable: 'TRUE',
    listedBy: null,
    open: () => 'FALSE',
  }
  return overMembers.length === 0 ? [] : sourcesOver('m', overMembers, () => rows, 'r', writing)
}

/** Aggregates over the rows of all members, pooled: rows may be missing if any member is not covered. */
function pooledSources(facts: readonly CatalogueFact[], writing: Writing): Source[] {
  return [...grouped(facts.filter(isAggregate), registryOf)].flatMap(([registry, group], index) => {
    const usable = writing.prelude.usable(registry.id)
    const outside =
      registry.population === 'everyone' ? '' : ` OR r.outside_${registry.population === 'jordanians' ? 'jordanians' : 'others'} > 0`
    const { answeredBy } = registry
    const silent =
      answeredBy === undefined
        ? ''
        : ` OR EXISTS (SELECT 1 FROM members n WHERE n.household_ref = r.household_ref AND NOT ${hasAnswered(answeredBy, 'n.person_ref')})`
    const unlisted = registry.absence === 'unknown'
    return sourcesOver(
      `g${index}_`,
      group,
      (aggregate) => ({
        from: `members n JOIN ${tableOf(registry)} r ON r.person_ref = n.person_ref WHERE n.household_ref = p.household_ref`,
        name: rowNames(registry, aggregate, writing),
        usable,
        listedBy: unlisted ? 'r.person_ref' : null,
        open: (listed) => `(NOT ${usable}${outside}${silent}${unlisted ? ` OR ${listed} < r.member_count` : ''})`,
      }),
      'r',
      writing,
    )
  })
}

/** The dwelling is the head's row in a registry of dwellings. */
function dwellingJoins(facts: readonly CatalogueFact[], writing: Writing): { joins: string[]; values: FactValueSql[] } {
  const registries = new Map(
    facts.flatMap(({ definition }) => (definition.kind === 'column' ? [[definition.registry.id, definition.registry] as const] : [])),
  )
  const joins: string[] = []
  const values: FactValueSql[] = []
  for (const registry of registries.values()) {
    const alias = `w${joins.length}`
    joins.push(`LEFT JOIN ${tableOf(registry)} ${alias} ON ${alias}.person_ref = head.person_ref`)
    for (const fact of facts) {
      const { definition } = fact
      if (definition.kind !== 'column' || definition.registry.id !== registry.id) continue
      const column = columnAtScale(fact, registry, definition.column, alias)
      values.push({ fact, value: exact(`CASE WHEN ${writing.prelude.usable(registry.id)} THEN ${column} END`) })
    }
  }
  return { joins, values }
}
