/** A small pool of connections for each entity, which log in as the entity and see its views alone. */
import type pg from 'pg'
import type { Database } from '../../../db/database.ts'
import { problem } from '../../../kernel/problem.ts'
import { type EntityLogin, readLogin } from './entity-login.ts'
import { passwordHashOf, passwordOf, personKeyOf, sealedPerson } from './login-secret.ts'
import { readGrantStamp } from '../grant-store.ts'
import { reconcile, type WallSettings } from './reconcile.ts'

/** Connections that see what is granted to an entity and nothing else. */
export interface EntityPool extends Pick<pg.Pool, 'connect'> {
  /** The entity's schema, in which the registries stand as views of the same names. */
  readonly schema: string
  /** The SET LOCAL that says whose rows the transaction is about. */
  readonly forPerson: (personRef: number) => string
}

interface Opened {
  readonly pool: pg.Pool
  readonly given: EntityPool
  /** False from the day on which other grants hold. */
  readonly isGood: () => boolean
  lastUse: number
}

/** Pools that are kept open; beyond them the one that rested longest is closed. */
const POOLS_MAX = 16

export interface EntityConnections {
  readonly connectionOf: (entity: string) => Promise<EntityPool>
  readonly close: () => Promise<void>
}

export function entityConnections(database: Database, settings: () => Promise<WallSettings>, connectionsMax: number): EntityConnections {
  const opened = new Map<string, Opened>()
  const opening = new Map<string, Promise<Opened>>()
  const retire = (entity: string): void => {
    const known = opened.get(entity)
    opened.delete(entity)
    // At once: connections that wait to be closed are connections that others cannot have. Those in use are closed when they are given back.
    void known?.pool.end().catch(() => {})
  }
  const open = async (entity: string): Promise<Opened> => {
    retire(entity)
    const wall = await settings()
    const login = await currentLogin(database, entity, wall)
    if (!login) throw problem('query-not-granted')
    const resting = [...opened]
      .filter(([, { pool }]) => pool.totalCount === pool.idleCount)
      .toSorted(([, a], [, b]) => a.lastUse - b.lastUse)
    if (opened.size >= POOLS_MAX && resting[0]) retire(resting[0][0])
    const pool = database.poolAs({ user: login.role, password: passwordOf(wall.secret, login.role) }, connectionsMax)
    const personKey = personKeyOf(wall.secret, login.role)
    const given = {
      // Whoever was given it may connect after it was closed: then through the one that is open now.
      connect: (async () => (opened.get(entity) === made ? pool : await connectionOf(entity)).connect()) as pg.Pool['connect'],
      schema: login.role,
      forPerson: (personRef: number) => `SET LOCAL mizan.person = '${sealedPerson(personKey, Math.trunc(personRef))}'`,
    }
    const made: Opened = { pool, given, isGood: goodUntil(login.goodUntil, wall.timeZone), lastUse: performance.now() }
    opened.set(entity, made)
    return made
  }
  const connectionOf = async (entity: string): Promise<EntityPool> => {
    const known = opened.get(entity)
    if (known?.isGood()) {
      known.lastUse = performance.now()
      return known.given
    }
    const under = opening.get(entity) ?? open(entity).finally(() => opening.delete(entity))
    opening.set(entity, under)
    return (await under).given
  }
  return {
    connectionOf,
    close: async () => void (await Promise.all([...opened.values()].map(({ pool }) => pool.end()))),
  }
}

function goodUntil(day: string | null, timeZone: string): () => boolean {
  if (day === null) return () => true
  const calendar = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return () => calendar.format() < day
}

/** As it is kept, or made equal to the grants first when they, the day or the installation's secret are others. */
async function currentLogin(database: Database, entity: string, wall: WallSettings): Promise<EntityLogin | null> {
  const [login, now] = await Promise.all([readLogin(database.pool, entity), readGrantStamp(database.pool, entity, wall.timeZone)])
  const isCurrent =
    login !== null &&
    login.stamp === now.stamp &&
    login.passwordHash === passwordHashOf(wall.secret, login.role) &&
    (login.goodUntil === null || now.day < login.goodUntil)
  if (isCurrent) return login
  return database.transaction(({ client }) => reconcile(client, entity, wall))
}
