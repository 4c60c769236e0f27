/** Whose rows a query may give: the person of a National ID, applicants, anybody by the custodian's own permission, or nobody's. */
import type { ReadRights, RowScope } from '../access/grants/read-rights.ts'
import { problem } from '../kernel/problem.ts'
import { type CheckedQuery, personParameter } from './checked-query.ts'
import { PERSON, type Placeholders } from './statement.ts'

/** Restrictions of a statement, by placeholders. */
export type Restrictions = (given: Placeholders) => readonly string[]

/** Throws `query-needs-person` where rows about persons would be given without a right to them; aggregates over everyone pass. */
export function rowRestrictions(query: CheckedQuery, rights: ReadRights): Restrictions {
  const ofOnePerson = personParameter(query) !== undefined
  if (query.kind === 'aggregates' && !ofOnePerson) return () => []
  const scopes = scopesRead(query, rights)
  if (scopes.some(({ kind }) => kind === 'none')) throw problem('query-needs-person', { expected: 'aggregates' })
  if (ofOnePerson) return () => []
  if (scopes.some(({ kind }) => kind === 'person'))
    throw problem('query-needs-person', { expected: 'a parameter of type nationalId, or aggregates' })
  const programmes = new Map(scopes.flatMap((scope) => (scope.kind === 'applicants' ? [[scope.programmes.join(), scope.programmes]] : [])))
  return (given) =>
    [...programmes.values()].map(
      (list) => `${PERSON} IN (SELECT applicants_of(${given.of({ kind: 'programmes', programmes: list }, 'text[]')}))`,
    )
}

/** Of every column that is read, shown or not: a condition on a column tells of it too. A registry of which none is read still tells who is in it. */
function scopesRead(query: CheckedQuery, rights: ReadRights): RowScope[] {
  const reads = query.reads.map((id) => id.split('.') as [registry: string, column: string])
  const unread = query.registries.filter(({ id }) => !reads.some(([registry]) => registry === id))
  return [...reads.map(([registry, column]) => rights.rowScope(registry, column)), ...unread.map(({ id }) => rights.rowScope(id))]
}
