/** The statement of a query for rows: the person's reference first (never shown as it is), then the columns in order. */
import type { RowsQuery } from './checked-query.ts'
import type { Restrictions } from './row-scopes.ts'
import { columnSql, PERSON, placeholders, sourceSql, type Statement } from './statement.ts'

/** `scopes` restrict whose rows are read; one row more than the limit tells that there are more. */
export function rowsSql(query: RowsQuery, scopesOf: Restrictions): Statement {
  const given = placeholders()
  const shown = query.columns.map((column, index) => `${columnSql(query, column, given)} AS c${index}`)
  // Ties: rows of one person that show the same cannot be told apart. Keys of registries may not be granted.
  const ties = [PERSON, ...query.columns.map((_, index) => `c${index}`)]
  const order = [
    ...query.order.map(({ by, descending }) => `${columnSql(query, by, given)} ${descending ? 'DESC' : 'ASC'} NULLS LAST`),
    ...ties.map((column) => `${column} ASC NULLS LAST`),
  ]
  const text = [
    `SELECT ${[`${PERSON} AS person`, ...shown].join(', ')}`,
    sourceSql(query, given, scopesOf(given)),
    `ORDER BY ${order.join(', ')}`,
    `LIMIT ${query.limit + 1}`,
  ].join('\n')
  return { text, bindings: given.bindings }
}
