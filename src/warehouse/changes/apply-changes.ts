/** Takes a batch of change events: numbers resolved outside the lock, all rows written inside it in one transaction with one place in the sequence. */
import type pg from 'pg'
import type { Database } from '../../db/database.ts'
import type { IdentifierKind } from '../identity-vault.ts'
import { resolvePersons } from '../identity-vault.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import {
  type ChangedPersons,
  loadOfDay,
  moveState,
  noteChangedPersons,
  noteStream,
  type SetAside,
  setAside,
  streamForms,
} from './change-store.ts'
import { type ReadEvent, type ReadOutcome, UnreadableLine } from './read-event.ts'
import { settleBatch } from './settle-batch.ts'
import { type Written, writeRegistry } from './write-registry.ts'

export interface ChangeBatch {
  readonly outcomes: readonly ReadOutcome[]
  /** Who sent it. */
  readonly entity: string
  /** Registries whose rows decide who lives with whom. */
  readonly civil: ReadonlySet<string>
  /** The civil day of a moment, where the registries are kept. */
  readonly dayOf: (ms: number) => string
  /** In the transaction of the changes: the audit event, and the job that follows them. */
  readonly onApplied: (client: pg.PoolClient, counts: ChangeCounts) => Promise<unknown>
}

/** Of rows: an event that changes a row's key is two. `overtaken`: a later event of the same batch says more. */
export interface ChangeCounts {
  readonly received: number
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
  readonly unchanged: number
  readonly overtaken: number
  readonly duplicate: number
  readonly old: number
  readonly ignored: number
  readonly rejected: number
}

export interface Applied {
  readonly counts: ChangeCounts
  /** Null: nothing changed. */
  readonly seq: number | null
  readonly rejected: readonly { readonly index: number; readonly reasons: readonly string[] }[]
  /** Per registry, for the metrics. */
  readonly registries: readonly { readonly registry: string; readonly written: Written; readonly sourceMs: readonly number[] }[]
}

type Poison = SetAside & { readonly index: number }

const CONTENT_MAX = 16_000

export async function applyChanges(database: Database, definitions: readonly RegistryDefinition[], batch: ChangeBatch): Promise<Applied> {
  const { outcomes } = batch
  const known = new Map(definitions.map((definition) => [definition.id, definition]))
  const events = outcomes.filter((outcome) => outcome.kind === 'change')
  const refs = await resolveNumbers(database, known, events)
  const ownRefs = (registry: string) => refs.own.get(kindOf(known.get(registry) as RegistryDefinition)) ?? new Map<string, number>()
  const ofOtherKind = (event: ReadEvent): boolean => event.rows.some(({ number }) => !ownRefs(event.registry).has(number))
  const poison = (event: ReadEvent, reason: string): Poison => ({
    index: event.index,
    registry: event.registry,
    reasons: [reason],
    content: contentOf(event.content),
  })
  return database.transaction(async ({ client }) => {
    await client.query("SELECT pg_advisory_xact_lock(hashtext('warehouse writes'))")
    const registries = [
      ...new Set(outcomes.flatMap((outcome) => ('registry' in outcome && outcome.kind !== 'poison' ? [outcome.registry] : []))),
    ]
    const forms = await streamForms(client, registries)
    const rejected: Poison[] = outcomes.flatMap((one) =>
      one.kind === 'poison' ? [{ index: one.index, registry: one.registry, reasons: one.reasons, content: contentOf(one.content) }] : [],
    )
    const good = events.filter((event) => {
      const form = forms.get(event.registry) || event.position.form
      forms.set(event.registry, form)
      if (form !== event.position.form) rejected.push(poison(event, 'source: position-of-other-form'))
      else if (ofOtherKind(event)) rejected.push(poison(event, 'national_number: number-of-other-kind'))
      else return true
      return false
    })
    const { rows: places } = await client.query<{ seq: number }>("SELECT nextval('change_seq') AS seq")
    const { seq } = places[0] as { seq: number }
    const changed: ChangedPersons[] = []
    const done: { registry: string; written: Written; sourceMs: readonly number[]; overtaken: number }[] = []
    for (const registry of registries) {
      const own = good.filter((event) => event.registry === registry)
      const told = outcomes.flatMap((one) => (one.kind === 'heartbeat' && one.registry === registry ? [one.sourceMs] : []))
      const sourceMs = own.map((event) => event.sourceMs)
      if (own.length + told.length === 0) continue
      const step = { client, definition: known.get(registry) as RegistryDefinition, seq, latestMs: Math.max(...sourceMs, ...told) }
      const { written, overtaken } = await stepRegistry(step, own, { dayOf: batch.dayOf, own: ownRefs(registry), named: refs.named })
      changed.push({ persons: written.persons, civil: batch.civil.has(registry) })
      done.push({ registry, written, sourceMs, overtaken })
    }
    await noteChangedPersons(client, changed, seq)
    await setAside(client, batch.entity, rejected)
    const sum = (count: (one: (typeof done)[number]) => number): number => done.reduce((all, one) => all + count(one), 0)
    const counts: ChangeCounts = {
      received: outcomes.length,
      inserted: sum(({ written }) => written.inserted),
      updated: sum(({ written }) => written.updated),
      deleted: sum(({ written }) => written.deleted),
      unchanged: sum(({ written }) => written.unchanged),
      overtaken: sum(({ overtaken }) => overtaken),
      duplicate: sum(({ written }) => written.duplicate),
      old: sum(({ written }) => written.old),
      ignored: outcomes.filter(({ kind }) => kind === 'nothing' || kind === 'heartbeat').length,
      rejected: rejected.length,
    }
    await batch.onApplied(client, counts)
    const moved = counts.inserted + counts.updated + counts.deleted > 0
    return {
      counts,
      seq: moved ? seq : null,
      rejected: rejected.map(({ index, reasons }) => ({ index, reasons })).toSorted((a, b) => a.index - b.index),
      registries: done,
    }
  })
}

interface Step {
  readonly client: pg.PoolClient
  readonly definition: RegistryDefinition
  readonly seq: number
  readonly latestMs: number
}

async function stepRegistry(
  { client, definition, seq, latestMs }: Step,
  events: readonly ReadEvent[],
  { dayOf, ...refs }: { readonly dayOf: (ms: number) => string } & Readonly<Record<'own' | 'named', ReadonlyMap<string, number>>>,
): Promise<{ readonly written: Written; readonly overtaken: number }> {
  const registry = definition.id
  const day = dayOf(latestMs)
  const settled = settleBatch(definition, events, { dayOf, ...refs })
  const loadId = events.length > 0 ? await loadOfDay(client, { registry, day, seq }) : null
  const found = await writeRegistry(client, definition, settled.arriving, { loadId: loadId ?? 0, seq })
  const written = { ...found, duplicate: found.duplicate + settled.duplicate }
  const { inserted, updated, deleted } = written
  const moved = inserted + updated + deleted > 0
  const completes = events.some((event) => event.completes)
  await moveState(client, definition, { loadId, day, seq: moved || completes ? seq : null, added: inserted - deleted, completes })
  await noteStream(client, { registry, form: events[0]?.position.form ?? null, sourceMs: latestMs, ...written })
  return { written, overtaken: settled.overtaken }
}

interface References {
  /** Of the persons that rows are about, by the kind of number that their registry tells; one of another kind is missing. */
  readonly own: ReadonlyMap<IdentifierKind, ReadonlyMap<string, number>>
  /** Of those that columns name, of whatever kind. */
  readonly named: ReadonlyMap<string, number>
}

async function resolveNumbers(
  database: Database,
  known: ReadonlyMap<string, RegistryDefinition>,
  events: readonly ReadEvent[],
): Promise<References> {
  const found = new Map<IdentifierKind, ReadonlyMap<string, number>>()
  if (events.length === 0) return { own: found, named: new Map() }
  const own = new Map<IdentifierKind, Set<string>>()
  const named = new Set<string>()
  for (const { registry, rows } of events) {
    const definition = known.get(registry) as RegistryDefinition
    const kind = kindOf(definition)
    const numbers = own.get(kind) ?? new Set()
    own.set(kind, numbers)
    for (const { number, values } of rows) {
      numbers.add(number)
      for (const [place, { type }] of definition.columns.entries()) {
        const value = values[place] ?? null
        if (type === 'person' && value !== null) named.add(value)
      }
    }
  }
  return database.transaction(async ({ client }) => {
    // One order for all batches, so that none waits for another that waits for it.
    for (const kind of ['national', 'personal', null] as const) found.set(kind, await resolvePersons(client, own.get(kind) ?? [], kind))
    return { own: found, named: await resolvePersons(client, named, null) }
  })
}

const kindOf = ({ population }: RegistryDefinition): IdentifierKind =>
  population === 'jordanians' ? 'national' : population === 'nonJordanians' ? 'personal' : null

/** JSON text escapes NUL and lone surrogates, so that anything can be kept. */
function contentOf(event: unknown): string {
  const text = event instanceof UnreadableLine ? event.text : JSON.stringify(event)
  return (text ?? 'undefined').slice(0, CONTENT_MAX).toWellFormed().replaceAll('\0', '\\u0000')
}
