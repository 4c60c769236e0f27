/** The connection pool with the settings that keep a request from waiting for ever, and parsers that keep dates and numbers exact. */
import pg from 'pg'
import type { Config } from '../config.ts'

/** The settings a pool needs. */
export type PoolSettings = Pick<
  Config,
  'poolSize' | 'connectionTimeoutMs' | 'statementTimeoutMs' | 'lockTimeoutMs' | 'idleInTransactionTimeoutMs'
>

/** A database of a server. */
export interface Place {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly ssl?: pg.ClientConfig['ssl']
}

/** Where to connect: a URL, or the parts for the embedded server. */
export type Connection = string | (Place & { readonly user: string; readonly password: string })

/** Opens a pool; `onIdleError` hears of connections that broke while idle (a restarted server), which is no reason to exit. */
export function openPool(connection: Connection, settings: PoolSettings, onIdleError: (error: Error) => void = () => {}): pg.Pool {
  const pool = new pg.Pool({
    ...(typeof connection === 'string' ? { connectionString: connection } : connection),
    max: settings.poolSize,
    connectionTimeoutMillis: settings.connectionTimeoutMs,
    statement_timeout: settings.statementTimeoutMs,
    lock_timeout: settings.lockTimeoutMs,
    idle_in_transaction_session_timeout: settings.idleInTransactionTimeoutMs,
    application_name: 'mizan',
    keepAlive: true,
    // A new connection plans every statement anew: those that are there stay through quiet minutes.
    idleTimeoutMillis: 600_000,
    types: exactTypes,
    // Compiling or planning a statement anew costs more than our short ones take, and so do bitmaps of the few rows that one household has
    // in a registry (measured: 2.3 ms against 1.2 for the rows of a household). Dates and times read the same wherever the server stands.
    options:
      '-c jit=off -c random_page_cost=1.1 -c enable_bitmapscan=off -c plan_cache_mode=force_generic_plan -c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=iso_8601',
  })
  pool.on('error', onIdleError)
  // The pool hears of idle connections only: one that breaks between two statements of a transaction would end the process.
  // Whoever holds it gets the error from its next statement.
  pool.on('connect', (client) => void client.on('error', () => {}))
  return pool
}

const typeId = { bigint: 20, date: 1082, bigintArray: 1016, dateArray: 1182 }

/** bigint → exact number or an error; date → YYYY-MM-DD text; numeric stays text (pg's default). */
export const exactTypes = new pg.TypeOverrides()
exactTypes.setTypeParser(typeId.bigint, exactInteger)
exactTypes.setTypeParser(typeId.date, (text) => text)
exactTypes.setTypeParser(typeId.bigintArray, (text) => flatArray(text, exactInteger))
exactTypes.setTypeParser(typeId.dateArray, (text) => flatArray(text, (item) => item))

function exactInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is beyond the exact integers of a number: select it as text`)
  return value
}

/** Elements of a one-dimensional array whose items never need quotes. */
function flatArray<T>(text: string, parse: (item: string) => T): (T | null)[] {
  const inner = text.slice(1, -1)
  if (inner.includes('{')) throw new RangeError('arrays of more than one dimension are not read')
  return inner === '' ? [] : inner.split(',').map((item) => (item === 'NULL' ? null : parse(item)))
}
