/** Performs a compiled query for an entity: on its own connection where rows are given, with every limit, and an event before the answer. */
import { createHmac } from 'node:crypto'
import type { ReadRights } from '../access/grants/read-rights.ts'
import { recordEvent } from '../audit/audit-event.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import type { Database } from '../db/database.ts'
import { contentHash } from '../kernel/canonical.ts'
import { Problem, problem } from '../kernel/problem.ts'
import type { RegistryDefinition } from '../warehouse/registry-definition.ts'
import { GROUPS_MAX } from './aggregates-sql.ts'
import { type AggregatesQuery, personParameter, type RowsQuery } from './checked-query.ts'
import type { CountCall } from './call-rate.ts'
import type { CompiledQuery, CompileLimits, rememberingCompiler } from './compile-query.ts'
import type { QueryDefinition } from './definition-schema.ts'
import { orderedCells, type RawCell, toldCells } from './disclose-cells.ts'
import { assertAffordable, readAtOnce, readOnly, type ReadPool } from './guarded-read.ts'
import type { KnownStatements } from './known-statements.ts'
import { type GivenValues, parameterValues, type Values } from './parameter-values.ts'
import type { RegistryDates } from './registry-dates.ts'
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
  readonly compile: ReturnType<typeof rememberingCompiler>
  readonly statements: KnownStatements
  readonly dates: RegistryDates
  readonly limits: CompileLimits & { readonly timeoutMs: number; readonly costMax: number }
  /** Counts a call of a saved query, or of any definition that is tried. */
  readonly countCall: CountCall
  /** Gives a place among the aggregates that run at once, or throws; what it returns gives the place back. */
  readonly takeSlot: () => () => void
}

/** The saved version that is run; absent when a definition is tried. */
export interface QueryVersion {
  readonly id: string
  readonly version: number
  readonly hash: string
}

export interface QueryCall {
  readonly entity: string
  readonly definition: QueryDefinition
  readonly parameters: GivenValues
  readonly saved: QueryVersion | null
  /** Who asked, in which request; the purpose is the query's. */
  readonly audited: (event: RouteEvent) => AuditEvent
}

/** What an event says besides who asked, in which request. */
export type RouteEvent = Omit<AuditEvent, 'actor' | 'entity' | 'purpose' | 'requestId'>

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
  const hash = call.saved?.hash ?? contentHash(call.definition)
  const seen: { compiled?: CompiledQuery; personRef?: number } = {}
  try {
    const compiled = await compileFor(deps, { ...call, hash })
    seen.compiled = compiled
    const [values, dates] = await Promise.all([parameterValues(deps.database.pool, compiled.query, call.parameters), deps.dates()])
    if (values.personRef !== null) seen.personRef = values.personRef
    const { rows, more, persons } = await read(deps, call, compiled, values, hash)
    await record(deps, call, hash, seen, `answered: ${rows.length} rows${persons === null ? '' : ` about ${persons} persons`}`)
    const protection = compiled.least === null ? null : { leastPersons: compiled.least }
    const sources = compiled.query.registries.map(({ id, custodian }) => ({ registry: id, custodian, asOf: dates.get(id) ?? null }))
    return { hash, columns: toldColumns(compiled.query), rows, more, protection, sources }
  } catch (error) {
    if (error instanceof Problem) await record(deps, call, hash, seen, `refused: ${error.code}`)
    throw error
  }
}

export async function compileFor(
  deps: QueryDeps,
  { entity, definition, hash = contentHash(definition) }: Pick<QueryCall, 'entity' | 'definition'> & { readonly hash?: string },
): Promise<CompiledQuery> {
  const [registries, rights] = await Promise.all([deps.registries(), deps.rights(entity)])
  return deps.compile(hash, definition, registries, rights)
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
    return readRows(
      deps,
      call,
      own,
      query,
      { text: statement.text, values: bound },
      personKeys(secret, call.entity, call.saved?.id ?? hash),
    )
  return readCells(deps, own, query, { text: statement.text, values: bound }, least)
}

interface Sent {
  readonly text: string
  readonly values: unknown[]
}

async function readRows(
  { limits, statements }: QueryDeps,
  { entity, saved }: QueryCall,
  own: ReadPool,
  query: RowsQuery,
  sent: Sent,
  keyOf: (reference: number) => string,
): Promise<Read> {
  if (!statements.wasAffordable(entity, sent.text)) {
    await readOnly(own, limits.timeoutMs, (client) => assertAffordable(client, sent.text, sent.values, limits.costMax))
    // Of one person it costs the same whoever it is; a listing's cost may hang on its parameters.
    if (personParameter(query)) statements.keepAffordable(entity, sent.text)
  }
  // Planning a join costs more than reading one person's rows.
  const name = saved ? statements.preparedName(sent.text) : null
  const rows = await readAtOnce<Record<string, CellValue>>(own, limits.timeoutMs, name === null ? sent : { ...sent, name })
  const given = rows.slice(0, query.limit)
  return { rows: toldRows(query, given, keyOf), more: rows.length > query.limit, persons: new Set(given.map(({ person }) => person)).size }
}

/**
 * Aggregates over everyone are of persons whom the entity's own connection does not see: that connection is asked whether it may read
 * the columns (planning asks it), and the service reads. One person's own are read on it.
 */
async function readCells(deps: QueryDeps, own: ReadPool, query: AggregatesQuery, sent: Sent, least: number | null): Promise<Read> {
  const { limits, database, takeSlot } = deps
  const giveBack = takeSlot()
  try {
    await readOnly(own, limits.timeoutMs, (client) => assertAffordable(client, sent.text, sent.values, limits.costMax))
    const cells = await readAtOnce<RawCell>(least === null ? own : database.pool, limits.timeoutMs, sent)
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
