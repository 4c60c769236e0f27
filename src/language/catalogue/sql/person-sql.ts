/** Steps that compute person facts: the person's rows of every registry, then facts of facts, relatives on the way. */
import type { CatalogueFact } from '../catalogue.ts'
import { derivedValue } from './derived-sql.ts'
import { identifier } from './dialect.ts'
import { columnAtScale, emptyLiteral } from './fact-columns-sql.ts'
import { closureOf, levelsOf, readsRelativesAnywhere } from './levels.ts'
import { relationCte, relationOpen, relationRegistry, relationRows } from './relatives-sql.ts'
import {
  covers,
  type FactValueSql,
  factNames,
  grouped,
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

/** Columns that travel with every person; no fact id has an underscore. */
const CARRIED = ['household_ref', 'person_ref', 'is_head', 'relationship_code', 'is_jordanian']

export function personSteps(writing: Writing): Steps {
  const { catalogue } = writing
  const readByHouseholds = new Set(catalogue.order.household.flatMap((fact) => fact.inputs))
  const elsewhere = relativesElsewhere(catalogue.order.person.filter(readsRelativesAnywhere), writing)
  const steps = ladderOf('p', 'members', levelsOf(catalogue, 'person'), writing, (fact) => readByHouseholds.has(fact.id))
  return { ...steps, ctes: [...elsewhere, ...steps.ctes] }
}

/** The same steps over relatives outside the household, with no more facts than the relatives' aggregates read. */
function relativesElsewhere(facts: readonly CatalogueFact[], writing: Writing): string[] {
  if (facts.length === 0) return []
  const read = closureOf(
    writing.catalogue,
    facts.flatMap((fact) => fact.inputs),
  )
  const relations = new Set(
    facts.flatMap(({ definition }) =>
      definition.kind === 'aggregate' && definition.over.kind === 'relatives' ? [definition.over.relation] : [],
    ),
  )
  const everyone = [...relations].map((relation) => `SELECT relative_ref FROM rel_${relation}`).join(' UNION ')
  const isJordanian = writing.prelude.isJordanian('u.relative_ref')
  const steps = ladderOf(
    'x',
    'x',
    levelsOf(writing.catalogue, 'person', (fact) => read.has(fact.id)),
    writing,
    null,
  )
  return [
    ...[...relations].map(relationCte),
    `x AS MATERIALIZED (SELECT 0::bigint AS household_ref, u.relative_ref AS person_ref, FALSE AS is_head, 'relative' AS relationship_code, ${isJordanian} AS is_jordanian FROM (SELECT DISTINCT relative_ref FROM (${everyone}) k) u)`,
    ...steps.ctes,
    `relatives_elsewhere AS (SELECT * FROM ${steps.last})`,
  ]
}

/** `readAfter` tells which facts a later statement part reads by name; null keeps every fact a column. */
function ladderOf(
  prefix: string,
  from: string,
  levels: readonly (readonly CatalogueFact[])[],
  writing: Writing,
  readAfter: ((fact: CatalogueFact) => boolean) | null,
): Steps {
  const lastReader = new Map<string, number>()
  levels.forEach((facts, at) => facts.forEach((fact) => fact.inputs.forEach((id) => lastReader.set(id, at))))
  return climb(
    {
      prefix,
      from,
      carried: CARRIED,
      levels: levels.length,
      level: (at, before) => levelOf(levels[at] ?? [], at, before, writing),
      readUntil: (fact) => (readAfter === null || readAfter(fact) ? Infinity : (lastReader.get(fact.id) ?? -1)),
      pack: readAfter !== null,
    },
    writing,
  )
}

function levelOf(facts: readonly CatalogueFact[], at: number, before: string, writing: Writing): Level {
  const computed = facts.flatMap((fact) => derivedValue(fact, 'r', writing) ?? [])
  if (at > 0) return { facts, joins: [], sources: relativeSources(facts, before, writing), values: computed }
  const attributes = attributeJoins(facts, writing)
  const declared = facts.filter((fact) => fact.definition.kind === 'declared')
  const joins = [
    ...attributes.joins,
    ...(declared.length > 0 ? ['LEFT JOIN declared_person d ON d.household_ref = r.household_ref AND d.person_ref = r.person_ref'] : []),
  ]
  const own = facts.flatMap((fact): FactValueSql[] =>
    fact.definition.kind === 'identity' ? [{ fact, value: exact(IDENTITY[fact.definition.column]) }] : [],
  )
  const said = declared.map((fact) => ({ fact, value: exact(`d.${identifier(fact.id)}`) }))
  return { facts, joins, sources: tableSources(facts, writing), values: [...own, ...attributes.values, ...said, ...computed] }
}

const IDENTITY = { isJordanian: 'r.is_jordanian', isHead: 'r.is_head', relationship: 'r.relationship_code' } as const

/** Level 0: the person's rows of each registry, one pass a registry. */
function tableSources(facts: readonly CatalogueFact[], writing: Writing): Source[] {
  return [...grouped(facts.filter(isAggregate), registryOf)].flatMap(([registry, group], index) => {
    const usable = writing.prelude.usable(registry.id)
    const unlisted = registry.absence === 'unknown'
    return sourcesOver(
      `s${index}_`,
      group,
      (aggregate) => ({
        from: `${tableOf(registry)} r WHERE r.person_ref = p.person_ref`,
        name: rowNames(registry, aggregate, writing),
        usable,
        listedBy: unlisted ? 'r.person_ref' : null,
        open: (listed) => `(NOT ${usable} OR NOT ${covers(registry, 'r')}${unlisted ? ` OR ${listed} = 0` : ''})`,
      }),
      'r',
      writing,
    )
  })
}

/** Attributes: the one row of each one-row registry. */
function attributeJoins(facts: readonly CatalogueFact[], writing: Writing): { joins: string[]; values: FactValueSql[] } {
  const registries = new Map(
    facts.flatMap(({ definition }) => (definition.kind === 'column' ? [[definition.registry.id, definition.registry] as const] : [])),
  )
  const joins: string[] = []
  const values: FactValueSql[] = []
  for (const registry of registries.values()) {
    const alias = `o${joins.length}`
    joins.push(`LEFT JOIN ${tableOf(registry)} ${alias} ON ${alias}.person_ref = r.person_ref`)
    const usable = writing.prelude.usable(registry.id)
    for (const fact of facts) {
      const { definition } = fact
      if (definition.kind !== 'column' || definition.registry.id !== registry.id) continue
      // Absence means the stated value only where the registry says that a missing row means none.
      const absent =
        definition.empty !== null && registry.absence === 'none'
          ? ` WHEN ${alias}.person_ref IS NULL AND ${covers(registry, 'r')} THEN ${emptyLiteral(fact, definition.empty)}`
          : ''
      values.push({
        fact,
        value: exact(`CASE WHEN NOT ${usable} THEN NULL${absent} ELSE ${columnAtScale(fact, registry, definition.column, alias)} END`),
      })
    }
  }
  return { joins, values }
}

/** Higher levels: aggregates over relatives, in the household from the step before, elsewhere from their own steps. */
function relativeSources(facts: readonly CatalogueFact[], before: string, writing: Writing): Source[] {
  const groups = grouped(facts.filter(isAggregate), ({ definition: { over } }) =>
    over.kind === 'relatives' ? `${over.relation} ${over.within}` : null,
  )
  return [...groups.values()].flatMap((group, index) => {
    const over = group[0]?.definition.over
    if (over?.kind !== 'relatives') return []
    const from = relationRows(over.relation, over.within, before)
    const open = relationOpen(over.relation, writing.prelude)
    const foundBy = relationRegistry(over.relation)
    const usable = foundBy === null ? 'TRUE' : writing.prelude.usable(foundBy)
    return sourcesOver(
      `v${index}_`,
      group,
      () => ({ from, name: factNames(writing), usable, listedBy: null, open: () => open }),
      'r',
      writing,
    )
  })
}
