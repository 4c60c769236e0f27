/** Of whom registries that are asked live are asked when a household is determined: its living members, and the relatives outside it that facts read there. */
import type { Queryable } from '../db/queryable.ts'
import { sha256 } from '../kernel/canonical.ts'
import { isoOfDay } from '../kernel/date.ts'
import type { Relation } from '../language/catalogue/catalogue.ts'
import type { RegistryShape } from '../language/catalogue/registry-shape.ts'
import { relationRegistry } from '../language/catalogue/sql/relatives-sql.ts'
import { foundByCtes, isJordanian, membersCte, pairCte } from './rows-statement.ts'

export interface PersonToAsk {
  readonly personRef: number
  readonly isJordanian: boolean | null
  /** How somebody is related to a member, who may be another member; null for a member. */
  readonly relation: Relation | null
}

/** A relative is listed once for each relation. One who is dead too: what a fact reads of the dead is the definition's affair. */
export async function personsToAsk(
  db: Queryable,
  { householdRef, asOf, relations }: { readonly householdRef: number; readonly asOf: number; readonly relations: readonly Relation[] },
): Promise<readonly PersonToAsk[]> {
  const { rows } = await db.query<PersonToAsk>({ ...statementOf(relations), values: [householdRef, isoOfDay(asOf)] })
  return rows
}

/** Those of a registry, each once; whoever it does not cover is not asked about. */
export function askedIn(
  { population }: Pick<RegistryShape, 'population'>,
  persons: readonly PersonToAsk[],
  relations: ReadonlySet<Relation>,
): readonly number[] {
  const own = persons.filter(
    ({ relation, isJordanian: is }) =>
      (relation === null || relations.has(relation)) && (population === 'everyone' || is === (population === 'jordanians')),
  )
  return [...new Set(own.map(({ personRef }) => personRef))]
}

const statements = new Map<string, { readonly name: string; readonly text: string }>()

/** Parameters as of `rowsStatement`, and the same members and relatives. */
function statementOf(relations: readonly Relation[]): { readonly name: string; readonly text: string } {
  const key = relations.join(' ')
  const known = statements.get(key)
  if (known) return known
  const ctes = [
    ...foundByCtes([...new Set(relations.flatMap((relation) => relationRegistry(relation) ?? []))]),
    membersCte,
    pairCte(relations),
  ]
  const text = `WITH ${ctes.join(',\n')}
    SELECT person_ref AS "personRef", is_jordanian AS "isJordanian", NULL AS relation FROM members
    UNION ALL SELECT relative_ref, ${isJordanian('u.relative_ref')}, relation FROM (SELECT DISTINCT relation, relative_ref FROM pair) u`
  const statement = { name: `persons-to-ask-${sha256(text).slice(0, 24)}`, text }
  statements.set(key, statement)
  return statement
}
