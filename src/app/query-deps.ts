/** What the query builder works with: rights and connections of entities, limits, and what is remembered between calls. */
import { cellSecret } from '../access/disclosure/cell-keys.ts'
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import { callRates } from '../kernel/call-rate.ts'
import { limitedSlots } from '../kernel/limited-slots.ts'
import { rememberingCompiler } from '../queries/compile-query.ts'
import { knownStatements } from '../queries/known-statements.ts'
import { registryDates } from '../queries/registry-dates.ts'
import type { QueryDeps } from '../queries/query-deps.ts'
import type { Registries } from '../warehouse/definitions/registries-in-force.ts'

type Settings = Pick<
  Config,
  | 'dataDirectory'
  | 'queryRowsMax'
  | 'queryLeastPersons'
  | 'queryTimeoutMs'
  | 'queryAggregateTimeoutMs'
  | 'queryCostMax'
  | 'queryAggregatesAtOnce'
  | 'queryCallsPerMinute'
>

export function queryDeps(
  database: Database,
  config: Settings,
  grants: Pick<QueryDeps, 'rights' | 'connectionOf'>,
  registries: Pick<Registries, 'all'>,
): QueryDeps {
  let secret: Promise<Uint8Array> | null = null
  const limits: QueryDeps['limits'] = {
    rowsDefault: QUERY_ROWS,
    rowsMax: config.queryRowsMax,
    leastPersons: config.queryLeastPersons,
    timeoutMs: config.queryTimeoutMs,
    aggregateTimeoutMs: config.queryAggregateTimeoutMs,
    costMax: config.queryCostMax,
  }
  return {
    database,
    registries: registries.all,
    rights: grants.rights,
    connectionOf: grants.connectionOf,
    secret: () =>
      (secret ??= cellSecret(config.dataDirectory).catch((error: unknown) => {
        secret = null
        throw error
      })),
    compile: rememberingCompiler(limits),
    statements: knownStatements(),
    dates: registryDates(database.pool),
    limits,
    countCall: callRates(config.queryCallsPerMinute),
    takeSlot: limitedSlots(config.queryAggregatesAtOnce, 'aggregates are being computed').take,
  }
}
/** Rows of a query that says nothing. */
const QUERY_ROWS = 100
