/** A read-only transaction with a time limit, and the planner's estimate held against the most that a query may cost. */
import type pg from 'pg'
import type { Queryable } from '../db/queryable.ts'
import { problem } from '../kernel/problem.ts'

/**
 * Connections to read with. `forPerson` makes the SET LOCAL that tells PostgreSQL's row policies whose rows this transaction is about;
 * the reference comes from the vault and is a whole number.
 */
export type ReadPool = Pick<pg.Pool, 'connect'> & {
  readonly forPerson?: (personRef: number) => string
  /** Where its registries stand; the warehouse unless said. */
  readonly schema?: string
}

export interface ReadLimits {
  readonly timeoutMs: number
  /** The person of the call's National ID; null when there is none. */
  readonly personRef: number | null
}

/** Settings of one transaction; SET takes no placeholders, and these are whole numbers of the configuration and the vault. */
function beginning(pool: ReadPool, { timeoutMs, personRef }: ReadLimits): string {
  const person = personRef === null || !pool.forPerson ? [] : [pool.forPerson(personRef)]
  return ['BEGIN READ ONLY', `SET LOCAL statement_timeout = ${Math.trunc(timeoutMs)}`, ...person].join('; ')
}

/** What PostgreSQL itself refuses to the entity's connection, and what takes too long, as problems. */
export async function readOnly<T>(pool: ReadPool, limits: ReadLimits, work: (client: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken = true
  try {
    await client.query(beginning(pool, limits))
    const outcome = await work(client)
    await client.query('COMMIT')
    broken = false
    return outcome
  } catch (error) {
    broken = await client.query('ROLLBACK').then(
      () => false,
      () => true,
    )
    throw spoken(error, pool)
  } finally {
    client.release(broken)
  }
}

/**
 * One statement in such a transaction, in one flight: a round trip costs more than reading one person's rows.
 * Whether or not the statement fails, COMMIT ends the transaction, which has written nothing.
 */
export async function readAtOnce<T extends pg.QueryResultRow>(pool: ReadPool, limits: ReadLimits, statement: pg.QueryConfig): Promise<T[]> {
  const client: pg.PoolClient & { pipeline?: boolean } = await pool.connect()
  let broken = true
  try {
    client.pipeline = true
    const sent = [client.query(beginning(pool, limits)), client.query<T>(statement), client.query('COMMIT')]
    const [begun, read, ended] = (await Promise.allSettled(sent)) as [Settled, Settled<pg.QueryResult<T>>, Settled]
    broken = begun.status === 'rejected' || ended.status === 'rejected'
    if (begun.status === 'rejected') throw begun.reason
    if (read.status === 'rejected') throw read.reason
    return read.value.rows
  } catch (error) {
    throw spoken(error, pool)
  } finally {
    client.pipeline = false
    client.release(broken)
  }
}

type Settled<T = unknown> = PromiseSettledResult<T>

/** Throws `query-too-costly` when the planner expects more than `costMax`; the plan also shows whether the connection may read it at all. */
export async function assertAffordable(client: Queryable, text: string, values: readonly unknown[], costMax: number): Promise<void> {
  const { rows } = await client.query<{ 'QUERY PLAN': readonly { readonly Plan: { readonly 'Total Cost': number } }[] }>({
    text: `EXPLAIN (FORMAT JSON) ${text}`,
    values: [...values],
  })
  const cost = rows[0]?.['QUERY PLAN'][0]?.Plan['Total Cost'] ?? Infinity
  // The estimate itself would tell of the values that a condition names.
  if (cost > costMax) throw problem('query-too-costly', { detail: 'The planner expects it to cost more than a query may.' })
}

const PRIVILEGE_MISSING = '42501'
const CANCELLED = '57014'
/** There is no view of a registry of which nothing is granted. */
const TABLE_MISSING = '42P01'

function spoken(error: unknown, { schema }: ReadPool): unknown {
  const code = (error as { code?: unknown } | null)?.code
  if (code === PRIVILEGE_MISSING || (code === TABLE_MISSING && schema !== undefined)) return problem('query-not-granted')
  return code === CANCELLED ? problem('query-too-costly', { detail: 'It took longer than a query may.' }) : error
}
