/** Performs a compiled query for an entity: on its own connection where rows are given, with every limit, and an event before the answer. */
import type { ReadRights } from '../access/grants/read-rights.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import { recordEvent } from '../audit/audit-event.ts'
import { contentHash } from '../kernel/canonical.ts'
import { Problem } from '../kernel/problem.ts'
import type { CompiledQuery } from './compile-query.ts'
import type { QueryDefinition } from './definition-schema.ts'
import { type GivenValues, parameterValues } from './parameter-values.ts'
import type { QueryDeps } from './query-deps.ts'
import { readCompiled } from './read-compiled.ts'
import { type ToldColumn, toldColumns, type ToldRow } from './row-answer.ts'

/** The saved version that is run; absent when a definition is tried. */
export interface QueryVersion {
  readonly id: string
  readonly version: number
  readonly hash: string
}

export interface QueryCall {
  readonly entity: string
  /** Of the entity, read for this call. */
  readonly rights: ReadRights
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

/** What a call came to know, for its event. */
interface Seen {
  compiled?: CompiledQuery
  /** Of a National ID. */
  personRef?: number
  /** Whose rows a listing gave: each can ask who looked at them. */
  persons: readonly number[]
}

/** Every call, answered or refused, leaves an event; without it there is no answer. */
export async function performQuery(deps: QueryDeps, call: QueryCall): Promise<QueryOutcome> {
  const hash = call.saved?.hash ?? contentHash(call.definition)
  const seen: Seen = { persons: [] }
  try {
    const compiled = await compileFor(deps, call.rights, call.definition, hash)
    seen.compiled = compiled
    const [values, dates] = await Promise.all([parameterValues(deps.database.pool, compiled.query, call.parameters), deps.dates()])
    if (values.personRef !== null) seen.personRef = values.personRef
    const { rows, more, persons } = await readCompiled(deps, {
      ...compiled,
      values,
      entity: call.entity,
      saved: call.saved?.id ?? null,
      hash,
    })
    // Of one person by National ID the event is that person's already.
    if (values.personRef === null) seen.persons = persons ?? []
    await record(deps, call, hash, seen, `answered: ${rows.length} rows${persons === null ? '' : ` about ${persons.length} persons`}`)
    const protection = compiled.least === null ? null : { leastPersons: compiled.least }
    const sources = compiled.query.registries.map(({ id, custodian }) => ({ registry: id, custodian, asOf: dates.get(id) ?? null }))
    return { hash, columns: toldColumns(compiled.query), rows, more, protection, sources }
  } catch (error) {
    if (error instanceof Problem) await record(deps, call, hash, seen, `refused: ${error.code}`)
    throw error
  }
}

/** `rights` are those of now: whoever calls this reads them for the call. */
export async function compileFor(
  deps: Pick<QueryDeps, 'registries' | 'compile'>,
  rights: ReadRights,
  definition: QueryDefinition,
  hash: string = contentHash(definition),
): Promise<CompiledQuery> {
  return deps.compile(hash, definition, await deps.registries(), rights)
}

async function record(
  { database }: QueryDeps,
  { definition, saved, audited }: QueryCall,
  hash: string,
  { compiled, personRef, persons }: Seen,
  outcome: string,
): Promise<void> {
  const event = audited({
    action: saved ? 'query.run' : 'query.tried',
    outcome,
    ...(personRef === undefined ? {} : { personRef }),
    read: compiled?.query.reads ?? [],
    objects: [
      ...(saved ? [`query:${saved.id}`, `version:${saved.version}`] : []),
      `definition:${hash}`,
      ...persons.map((reference) => `person:${reference}`),
    ],
  })
  // A definition that was refused may say anything in its purpose, a number too: then the route's stands.
  await recordEvent(database.pool, compiled ? { ...event, purpose: definition.purpose } : event)
}
