/** Whether this database user can hold the second wall: make roles and schemas. */
import type { Queryable } from '../../../db/queryable.ts'

export interface WallState {
  readonly on: boolean
  /** Why not, for people. */
  readonly missing: readonly ('CREATEROLE' | 'CREATE on the database')[]
}

export async function readWallState(db: Queryable): Promise<WallState> {
  const { rows } = await db.query<{ roles: boolean; schemas: boolean }>(
    `select rolsuper or rolcreaterole as roles, has_database_privilege(current_database(), 'create') as schemas from pg_roles where rolname = current_user`,
  )
  const { roles = false, schemas = false } = rows[0] ?? {}
  const missing = [...(roles ? [] : ['CREATEROLE' as const]), ...(schemas ? [] : ['CREATE on the database' as const])]
  return { on: missing.length === 0, missing }
}
