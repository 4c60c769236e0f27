/** The grants of a database as the service uses them: what an entity may read now, and connections that PostgreSQL holds to the same. */
import type pg from 'pg'
import type { Config } from '../../config.ts'
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { Problem } from '../../kernel/problem.ts'
import { consumersOfGrants } from './grant-store.ts'
import type { ReadRights } from './read-rights.ts'
import { rightsFrom, rightsReader } from './rights-of.ts'
import { entityConnections, type EntityPool } from './wall/entity-connections.ts'
import { loginSecret } from './wall/login-secret.ts'
import { isHeld, reconcile, type WallSettings } from './wall/reconcile.ts'
import { reportedRights } from './wall/reported-rights.ts'
import { readWallState, type WallState } from './wall/wall-state.ts'

export interface Grants {
  readonly rights: (entity: string) => Promise<ReadRights>
  /** Those of them that the entity's own connection reports too: what is derived of the data is shown by these. */
  readonly reported: (entity: string) => Promise<ReadRights>
  /** The entity's own; the service's where PostgreSQL cannot hold the wall. */
  readonly connectionOf: (entity: string) => Promise<EntityPool | pg.Pool>
  /** Whether PostgreSQL holds the second wall. */
  readonly wall: () => Promise<WallState>
  /** Makes PostgreSQL's side equal; in the transaction of whatever changed the entity's grants. */
  readonly reconcile: (client: Queryable, entity: string) => Promise<void>
  /** All of them, each in a transaction of its own; resolves to how many there are. */
  readonly reconcileAll: () => Promise<number>
  /** Entities whose side of PostgreSQL is not what their grants say. */
  readonly check: () => Promise<{ readonly entities: number; readonly differing: readonly string[] }>
  readonly close: () => Promise<void>
}

export type GrantSettings = Pick<Config, 'dataDirectory' | 'timeZone' | 'entityPoolSize'>

export function openGrants(database: Database, { dataDirectory, timeZone, entityPoolSize }: GrantSettings): Grants {
  const settings = remembered(async (): Promise<WallSettings> => ({ secret: await loginSecret(dataDirectory), timeZone }))
  const wall = remembered(() => readWallState(database.pool))
  const own = entityConnections(database, settings, entityPoolSize)
  const reconcileOne: Grants['reconcile'] = async (client, entity) => {
    if ((await wall()).on) await reconcile(client, entity, await settings())
  }
  const rights = rightsReader(database.pool, timeZone)
  // Rights are other objects when anything changed: what was reported for the same ones holds.
  const reported = new WeakMap<ReadRights, Promise<ReadRights>>()
  const report = async (entity: string, told: ReadRights): Promise<ReadRights> => {
    try {
      return await reportedRights(await own.connectionOf(entity), told)
    } catch (error) {
      // Without a login PostgreSQL reports nothing.
      if (error instanceof Problem && error.code === 'query-not-granted') return rightsFrom(entity, [])
      throw error
    }
  }
  return {
    rights,
    async reported(entity) {
      const told = await rights(entity)
      if (!(await wall()).on) return told
      const known = reported.get(told) ?? report(entity, told)
      reported.set(told, known)
      known.catch(() => reported.delete(told))
      return known
    },
    connectionOf: async (entity) => ((await wall()).on ? own.connectionOf(entity) : database.pool),
    wall,
    reconcile: reconcileOne,
    async reconcileAll() {
      const entities = await consumersOfGrants(database.pool)
      for (const entity of entities) await database.transaction(({ client }) => reconcileOne(client, entity))
      return entities.length
    },
    async check() {
      const entities = await consumersOfGrants(database.pool)
      const differing: string[] = []
      for (const entity of entities) if (!(await isHeld(database.pool, entity, await settings()))) differing.push(entity)
      return { entities: entities.length, differing }
    },
    close: own.close,
  }
}

/** Made once; what failed is tried again. */
function remembered<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = null
      throw error
    }))
}
