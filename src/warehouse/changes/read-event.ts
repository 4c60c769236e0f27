/** One change event in Debezium's envelope: which registry, which rows, at which place in the source, or why it cannot be taken. */
import { isoOfDay } from '../../kernel/date.ts'
import { type CheckedRow, PERSON_FIELD, rowCheck } from '../check-row.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { type Position, positionOf } from './position.ts'

/** One row to write or to take out. Persons are still numbers; `values` in the order of the columns, only keys are sure when it is taken out. */
export interface RowChange {
  readonly number: string
  readonly values: readonly (string | null)[]
  readonly deleted: boolean
}

export interface ReadEvent {
  readonly kind: 'change'
  readonly index: number
  readonly registry: string
  readonly position: Position
  readonly sourceMs: number
  /** A change of key is two: the old row goes, the new one comes. */
  readonly rows: readonly RowChange[]
  /** The last row of a first copy: from now on an absent person is known to be absent. */
  readonly completes: boolean
  /** The event as it came. */
  readonly content: unknown
}

export type ReadOutcome =
  | ReadEvent
  /** The source says that nothing else changed until then. */
  | { readonly kind: 'heartbeat'; readonly index: number; readonly registry: string; readonly sourceMs: number }
  /** Kafka's tombstone: a null that follows a delete, and says nothing new. */
  | { readonly kind: 'nothing'; readonly index: number }
  | {
      readonly kind: 'poison'
      readonly index: number
      readonly registry: string | null
      readonly reasons: readonly string[]
      readonly content: unknown
    }

export type EventReason =
  | 'event-malformed'
  | 'envelope-malformed'
  | 'table-unknown'
  | 'not-custodian'
  | 'operation-unknown'
  | 'position-missing'
  | 'position-of-other-form'
  | 'time-missing'
  | 'time-in-future'
  | 'row-missing'

/** A line of the request that could not be parsed; the reader hands it on as poison. */
export class UnreadableLine {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const OPERATIONS = ['c', 'u', 'd', 'r', 'h']
/** Clocks differ; a source further ahead would make its registry look fresh for ever. */
const AHEAD_MAX_MS = 5 * 60_000

type Fields = Readonly<Record<string, unknown>>
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A reader of events; `mayWrite` tells whether the sender may change the registry of a custodian. */
export function eventReader(
  definitions: readonly RegistryDefinition[],
  { mayWrite, now }: { readonly mayWrite: (custodian: string) => boolean; readonly now: number },
): (event: unknown, index: number) => ReadOutcome {
  const bySource = new Map(definitions.map((definition) => [definition.sourceName.toLowerCase(), definition]))
  const checks = new Map<string, Checks>()
  const checksOf = (definition: RegistryDefinition): Checks => {
    const { id, columns, key } = definition
    const found = checks.get(id) ?? {
      rows: rowCheck(definition),
      keys: rowCheck({ ...definition, columns: columns.filter(({ name }) => key.includes(name)) }),
    }
    checks.set(id, found)
    return found
  }
  return (event, index) => {
    const poison = (registry: string | null, ...reasons: string[]): ReadOutcome => ({
      kind: 'poison',
      index,
      registry,
      reasons,
      content: event,
    })
    if (event === null) return { kind: 'nothing', index }
    if (event instanceof UnreadableLine) return poison(null, 'event-malformed')
    // Kafka Connect's JSON converter wraps the envelope when schemas are enabled.
    const envelope = isFields(event) && isFields(event['payload']) ? event['payload'] : event
    if (!isFields(envelope) || !isFields(envelope['source'])) return poison(null, 'envelope-malformed')
    const { source, op } = envelope as { readonly source: Fields; readonly op: unknown }
    const definition = typeof source['table'] === 'string' ? bySource.get(source['table'].toLowerCase()) : undefined
    if (definition === undefined) return poison(null, 'source.table: table-unknown')
    if (!mayWrite(definition.custodian)) return poison(definition.id, 'source.table: not-custodian')
    if (typeof op !== 'string' || !OPERATIONS.includes(op)) return poison(definition.id, 'op: operation-unknown')
    const sourceMs = source['ts_ms'] ?? envelope['ts_ms']
    if (typeof sourceMs !== 'number' || !Number.isSafeInteger(sourceMs) || sourceMs < 0)
      return poison(definition.id, 'source.ts_ms: time-missing')
    if (sourceMs > now + AHEAD_MAX_MS) return poison(definition.id, 'source.ts_ms: time-in-future')
    if (op === 'h') return { kind: 'heartbeat', index, registry: definition.id, sourceMs }
    const position = positionOf(source)
    if (position === null) return poison(definition.id, 'source: position-missing')
    const rows = rowsOf(definition, checksOf(definition), op, envelope)
    if (!Array.isArray(rows)) return poison(definition.id, ...rows.reasons)
    return {
      kind: 'change',
      index,
      registry: definition.id,
      position,
      sourceMs,
      rows,
      completes: op === 'r' && source['snapshot'] === 'last',
      content: event,
    }
  }
}

interface Checks {
  readonly rows: (row: unknown) => CheckedRow
  /** Of the person and the key alone. */
  readonly keys: (row: unknown) => CheckedRow
}

interface Refusal {
  readonly reasons: readonly string[]
}

function rowsOf(definition: RegistryDefinition, checks: Checks, op: string, envelope: Fields): RowChange[] | Refusal {
  const before = asDelivered(definition, envelope['before'])
  if (op === 'd') {
    const gone = keyOf(definition, before, checks)
    return 'reasons' in gone ? gone : [gone]
  }
  const after = asDelivered(definition, envelope['after'])
  if (after === null) return { reasons: ['after: row-missing'] }
  const checked = checks.rows(after)
  if (!checked.ok) return { reasons: checked.reasons }
  const written: RowChange = { number: checked.number, values: checked.values, deleted: false }
  if (op !== 'u' || before === null) return [written]
  // Without the full row before (PostgreSQL: REPLICA IDENTITY FULL) there may be no key in it: then it has not changed.
  const was = keyOf(definition, before, checks)
  return 'reasons' in was || sameKey(definition, was, written) ? [written] : [was, written]
}

/** The person and the key of a row that goes; whatever else stands in it does not matter. */
function keyOf({ columns, key }: RegistryDefinition, row: Fields | null, { keys }: Checks): RowChange | Refusal {
  if (row === null) return { reasons: ['before: row-missing'] }
  const checked = keys(Object.fromEntries([PERSON_FIELD, ...key].map((name) => [name, row[name]])))
  if (!checked.ok) return { reasons: checked.reasons.map((reason) => `before.${reason}`) }
  const named = columns.filter(({ name }) => key.includes(name))
  const values = columns.map((column) => checked.values[named.indexOf(column)] ?? null)
  return { number: checked.number, values, deleted: true }
}

const sameKey = ({ columns, key }: RegistryDefinition, a: RowChange, b: RowChange): boolean =>
  a.number === b.number && columns.every(({ name }, place) => !key.includes(name) || a.values[place] === b.values[place])

/** Names in lower case, and Debezium's days since 1970 as dates; anything else is for the check of rows. */
function asDelivered(definition: RegistryDefinition, row: unknown): Fields | null {
  if (!isFields(row)) return null
  const dates = new Set(definition.columns.filter(({ type }) => type === 'date').map(({ name }) => name))
  return Object.fromEntries(
    Object.entries(row).map(([given, value]) => {
      const name = given.toLowerCase()
      return [name, dates.has(name) && isDay(value) ? isoOfDay(value) : value]
    }),
  )
}

const isDay = (value: unknown): value is number => Number.isInteger(value) && Math.abs(value as number) < 1_000_000
