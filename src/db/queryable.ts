/** Whatever runs a statement: the pool, or the client of a transaction. */
import type pg from 'pg'

export type Queryable = Pick<pg.ClientBase, 'query'>
