/** Performs a compiled query for an entity: on its own connection where rows are given, with every limit, and an event before the answer. */
import { createHmac } from 'node:crypto'
import type { ReadRights } from '../access/grants/read-rights.ts'
import { recordEvent } from '../audit/audit-event.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import type { Database } from '../db/database.ts'
import type { Queryable } from '../db/queryable.ts'
import { contentHash } from '../kernel/canonical.ts'
import { Problem, problem } from '../kernel/problem.ts'
import type { RegistryDefinition } from '../warehouse/registry-definition.ts'
import { GROUPS_MAX } from './aggregates-sql.ts'
import type { AggregatesQuery, RowsQuery } from './checked-query.ts'
import { compileQuery, type CompiledQuery, type CompileLimits } from './compile-query.ts'
import type { QueryDefinition } from './definition-schema.ts'
import { orderedCells, type RawCell, toldCells } from './disclose-cells.ts'
import { assertAffordable, readOnly, type ReadPool } from './guarded-read.ts'
import { type GivenValues, parameterValues, type Values } from './parameter-values.ts'
import { type CellValue, personKeys, type ToldColumn, toldColumns, type ToldRow, toldRows } from './row-answer.ts'
import type { Binding, Statement } from './statement.ts'

export interface QueryDeps {
  readonly database: Database
  readonly registries: () => Promise<readonly RegistryDefinition[]>
  /** Today's, read at each call. */
  readonly rights: (entity: string) => Promise<ReadRights>
  /** The entity's own connections, which PostgreSQL lets read what is granted and nothing else. */
  readonly connectionOf: (entity: string) => Promise<ReadPool>
  /** Of the installation: noise and keys of persons are made from it. */
  readonly secret: () => Promise<Uint8Array>
  readonly limits: CompileLimits & { readonly timeoutMs: number; readonly costMax: number }
  /** Gives a place among the aggregates that run at once, or throws; what it returns gives the place back. */
  readonly takeSlot: () => () => void
}

/** The saved version that is run; absent when a definition is tried. */
export interface QueryVersion {
  readonly id: string
  readonly version: number
}

export interface QueryCall {
  readonly entity: string
  readonly definition: QueryDefinition
  readonly parameters: GivenValues
  readonly saved: QueryVersion | null
  /** Who asked, in which request; the purpose is the query's. */
  readonly audited: (event: Omit<AuditEvent, 'actor' | 'entity' | 'purpose' | 'requestId'>) => AuditEvent
}

export interface QueryOutcome {
  readonly hash: string
  readonly columns: readonly ToldColumn[]
  readonly rows: readonly ToldRow[]
  /** There are more than the limit. */
  readonly more: boolean
  /** Null for exact answers. */
  readonly protection: { readonly leastPersons: number } | null
  readonly sources: readonly { readonly registry: string; readonly custodian: string; readonly asOf: string | null }[]
}

/** Every call, answered or refused, leaves an event; without it there is no answer. */
export async function performQuery(deps: QueryDeps, call: QueryCall): Promise<QueryOutcome> {
  const hash = contentHash(call.definition)
  const seen: { compiled?: CompiledQuery; personRef?: number } = {}
  try {
    const compiled = await compileFor(deps, call)
    seen.compiled = compiled
    const values = await parameterValues(deps.database.pool, compiled.query, call.parameters)
    if (values.personRef !== null) seen.personRef = values.personRef
    const { rows, more, persons } = await read(deps, call, compiled, values, hash)
    const sources = await sourcesOf(deps.database.pool, compiled.query.registries)
    await record(deps, call, hash, seen, `answered: ${rows.length} rows${persons === null ? '' : ` about ${persons} persons`}`)
    const protection = compiled.least === null ? null : { leastPersons: compiled.least }
    return { hash, columns: toldColumns(compiled.query), rows, more, protection, sources }
  } catch (error) {
    if (error instanceof Problem) await record(deps, call, hash, seen, `refused: ${error.code}`)
    throw error
  }
}

export async function compileFor(
  deps: QueryDeps,
  { entity, definition }: Pick<QueryCall, 'entity' | 'definition'>,
): Promise<CompiledQuery> {
  const [registries, rights] = await Promise.all([deps.registries(), deps.rights(entity)])
  return compileQuery(definition, registries, rights, deps.limits)
}

interface Read {
  readonly rows: readonly ToldRow[]
  readonly more: boolean
  /** How many persons' rows are given; null for aggregates. */
  readonly persons: number | null
}

async function read(
  deps: QueryDeps,
  call: QueryCall,
  { query, statement, least }: CompiledQuery,
  values: Values,
  hash: string,
): Promise<Read> {
  const secret = await deps.secret()
  const bound = boundValues(statement, values, secret)
  const own = await deps.connectionOf(call.entity)
  if (query.kind === 'rows')
    return readRows(deps, own, query, { text: statement.text, values: bound }, personKeys(secret, call.entity, call.saved?.id ?? hash))
  return readCells(deps, own, query, { text: statement.text, values: bound }, least)
}

interface Sent {
  readonly text: string
  readonly values: unknown[]
}

async function readRows(
  { limits }: QueryDeps,
  own: ReadPool,
  query: RowsQuery,
  sent: Sent,
  keyOf: (reference: number) => string,
): Promise<Read> {
  const rows = await readOnly(own, limits.timeoutMs, async (client) => {
    await assertAffordable(client, sent.text, sent.values, limits.costMax)
    return (await client.query<Record<string, CellValue>>(sent)).rows
  })
  const given = rows.slice(0, query.limit)
  return { rows: toldRows(query, given, keyOf), more: rows.length > query.limit, persons: new Set(given.map(({ person }) => person)).size }
}

/**
 * Aggregates are over everyone, whom the entity's own connection does not see: that connection is asked whether it may read the columns
 * (planning asks it), and the service reads.
 */
async function readCells(deps: QueryDeps, own: ReadPool, query: AggregatesQuery, sent: Sent, least: number | null): Promise<Read> {
  const { limits, database, takeSlot } = deps
  const giveBack = takeSlot()
  try {
    await readOnly(own, limits.timeoutMs, (client) => assertAffordable(client, sent.text, sent.values, limits.costMax))
    const cells = await readOnly(database.pool, limits.timeoutMs, async (client) => (await client.query<RawCell>(sent)).rows)
    if (cells.length > GROUPS_MAX) throw problem('query-too-costly', { detail: `There are more than ${GROUPS_MAX} groups.` })
    const told = orderedCells(query, toldCells(query, cells, least))
    return { rows: told.slice(0, query.limit), more: told.length > query.limit, persons: null }
  } finally {
    giveBack()
  }
}

function boundValues({ bindings }: Statement, values: Values, secret: Uint8Array): unknown[] {
  const of = (binding: Binding): unknown => {
    if (binding.kind === 'parameter') return values.byId.get(binding.parameter.id) ?? null
    if (binding.kind === 'programmes') return binding.programmes
    return createHmac('sha256', secret).update('noise of query cells').digest().readBigInt64BE().toString()
  }
  return bindings.map(of)
}

async function sourcesOf(db: Queryable, registries: readonly RegistryDefinition[]): Promise<QueryOutcome['sources']> {
  const { rows } = await db.query<{ registry: string; as_of: string }>({
    name: 'query-sources',
    text: 'select registry, as_of from warehouse.registry_state where registry = any($1)',
    values: [registries.map(({ id }) => id)],
  })
  const asOf = new Map(rows.map((row) => [row.registry, row.as_of]))
  return registries.map(({ id, custodian }) => ({ registry: id, custodian, asOf: asOf.get(id) ?? null }))
}

async function record(
  { database }: QueryDeps,
  { definition, saved, audited }: QueryCall,
  hash: string,
  { compiled, personRef }: { readonly compiled?: CompiledQuery; readonly personRef?: number },
  outcome: string,
): Promise<void> {
  const event = audited({
    action: saved ? 'query.run' : 'query.tried',
    outcome,
    ...(personRef === undefined ? {} : { personRef }),
    read: compiled?.query.reads ?? [],
    objects: [...(saved ? [`query:${saved.id}`, `version:${saved.version}`] : []), `definition:${hash}`],
  })
  // A definition that was refused may say anything in its purpose, a number too: then the route's stands.
  await recordEvent(database.pool, compiled ? { ...event, purpose: definition.purpose } : event)
}
