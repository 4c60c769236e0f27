/** The database as the rooms see it: a pool, Kysely over it, and transactions; the embedded server when no URL is configured. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Config } from '../config.ts'
import { startEmbedded } from './embedded/server.ts'
import { type Connection, openPool, type Place, type PoolSettings } from './pool.ts'
import type { Queryable } from './queryable.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- each room declares the rows of its own tables; one type for all would bind the rooms together
export type AnyKysely = Kysely<any>

/** One transaction: the raw client (COPY, named statements) and Kysely on the same connection. */
export interface Transaction {
  readonly client: pg.PoolClient
  readonly kysely: AnyKysely
}

/** PostgreSQL's isolation levels that we use; the default is read committed. */
export type Isolation = 'read committed' | 'repeatable read' | 'serializable'

export type Promises<T extends readonly unknown[]> = { [K in keyof T]: Promise<T[K]> }

/** An open database; `close` ends the pool and stops the embedded server if this process started it. */
export interface Database {
  readonly pool: pg.Pool
  readonly kysely: AnyKysely
  readonly transaction: <T>(work: (transaction: Transaction) => Promise<T>, options?: { readonly isolation?: Isolation }) => Promise<T>
  /** One transaction of statements that do not wait for each other's answers: sent at once, answered in order, all kept or none. The first failure is thrown; what `send` throws, too. */
  readonly together: <T extends readonly unknown[]>(send: (client: Queryable) => readonly [...Promises<T>]) => Promise<T>
  /** Connections of another role of the same database, at most so many; whoever opens them ends them. */
  readonly poolAs: (login: { readonly user: string; readonly password: string }, connectionsMax: number) => pg.Pool
  readonly close: () => Promise<void>
}

/** The settings a database needs. */
export type DatabaseSettings = PoolSettings & Pick<Config, 'databaseUrl' | 'dataDirectory' | 'embeddedSharedBuffersMb'>

const closeGraceMs = 3_000

/** Connects to DATABASE_URL, or starts (or shares) the embedded server of the data folder. */
export async function openDatabase(settings: DatabaseSettings, onIdleError?: (error: Error) => void): Promise<Database> {
  if (settings.databaseUrl !== undefined) return connectDatabase(settings.databaseUrl, settings, onIdleError)
  const server = await startEmbedded({ dataDirectory: settings.dataDirectory, sharedBuffersMb: settings.embeddedSharedBuffersMb })
  try {
    await ensureDatabase(server.connection, 'mizan')
    const database = connectDatabase({ ...server.connection, database: 'mizan' }, settings, onIdleError)
    // A statement that still runs ends with the server, not the other way round.
    return {
      ...database,
      close: () => Promise.race([database.close(), sleep(closeGraceMs, undefined, { ref: false })]).finally(() => server.stop()),
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** A database over a connection that somebody else keeps alive. */
export function connectDatabase(connection: Connection, settings: PoolSettings, onIdleError?: (error: Error) => void): Database {
  const pool = openPool(connection, settings, onIdleError)
  return {
    pool,
    kysely: new Kysely({ dialect: new PostgresDialect({ pool }) }),
    transaction: (work, options) => runTransaction(pool, work, options?.isolation ?? 'read committed'),
    together: (send) => sendTogether(pool, send),
    poolAs: (login, connectionsMax) =>
      openPool({ ...placeOf(connection), ...login }, { ...settings, poolSize: connectionsMax }, onIdleError),
    close: () => pool.end(),
  }
}

/** Where a connection leads, without who uses it; pg itself reads the URL. */
function placeOf(connection: Connection): Place {
  if (typeof connection !== 'string') return { host: connection.host, port: connection.port, database: connection.database }
  const { host, port, database, ssl } = new pg.Client({ connectionString: connection })
  return { host, port, database: database ?? '', ...(ssl ? { ssl } : {}) }
}

async function runTransaction<T>(pool: pg.Pool, work: (transaction: Transaction) => Promise<T>, isolation: Isolation): Promise<T> {
  const client = await pool.connect()
  let broken = true
  try {
    await client.query(`BEGIN ISOLATION LEVEL ${isolation.toUpperCase()}`)
    const outcome = await work({ client, kysely: kyselyOn(client) })
    await client.query('COMMIT')
    broken = false
    return outcome
  } catch (error) {
    broken = await client.query('ROLLBACK').then(
      () => false,
      () => true,
    )
    throw error
  } finally {
    client.release(broken)
  }
}

/**
 * A round trip a statement costs more than most of our statements: here they share one (pg's pipeline mode, for this
 * transaction only). COMMIT is sent when all of `send`'s promises are kept, so that a failure on our side keeps nothing either.
 */
async function sendTogether<T extends readonly unknown[]>(
  pool: pg.Pool,
  send: (client: Queryable) => readonly [...Promises<T>],
): Promise<T> {
  const client: pg.PoolClient & { pipeline?: boolean } = await pool.connect()
  let broken = true
  try {
    client.pipeline = true
    const begun = heard(client.query('BEGIN'))
    const query = (...args: Parameters<typeof client.query>) => heard(client.query(...args) as unknown as Promise<unknown>)
    const sent: readonly Promise<unknown>[] = send({ query } as unknown as Queryable)
    const [, ...answers] = await Promise.allSettled([begun, ...sent])
    const failed = answers.find((answer): answer is PromiseRejectedResult => answer.status === 'rejected')
    if (failed) throw failed.reason
    const { command } = await client.query('COMMIT')
    // INVARIANT: what is answered as done has been committed.
    if (command !== 'COMMIT') throw new Error(`the transaction ended with ${command}`)
    broken = false
    return answers.map((answer) => (answer as PromiseFulfilledResult<unknown>).value) as unknown as T
  } catch (error) {
    // What failed on our side of the connection may have left a statement half prepared: such a client is not used again.
    const usable = await client.query('ROLLBACK').then(
      () => error instanceof pg.DatabaseError,
      () => false,
    )
    broken = !usable
    throw error
  } finally {
    client.pipeline = false
    client.release(broken)
  }
}

/** A promise whose failure is heard by whoever awaits it, and ends no process when nobody does. */
function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

/** Kysely on one checked-out client; releasing stays the transaction's affair. */
function kyselyOn(client: pg.PoolClient): AnyKysely {
  const borrowed = { query: client.query.bind(client), release: () => {} }
  const pool = { connect: () => Promise.resolve(borrowed), end: () => Promise.resolve() }
  return new Kysely({ dialect: new PostgresDialect({ pool: pool as unknown as pg.Pool }) })
}

async function ensureDatabase(connection: Exclude<Connection, string>, name: string): Promise<void> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}
