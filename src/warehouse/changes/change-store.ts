/** The SQL on streams, changed persons and changes that were set aside, and what a change does to its registry's state. */
import type { Queryable } from '../../db/queryable.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { tableName } from '../registry-table.ts'
import type { Written } from './write-registry.ts'

/** Form of the positions of each stream; none yet where nothing came. */
export async function streamForms(client: Queryable, registries: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await client.query<{ registry: string; form: string }>(
    'SELECT registry, form FROM warehouse.change_stream WHERE registry = ANY ($1)',
    [registries],
  )
  return new Map(rows.map(({ registry, form }) => [registry, form]))
}

/** The load that stands for all changes of a registry on one day: the provenance of their rows. */
export async function loadOfDay(
  client: Queryable,
  { registry, day, seq }: { readonly registry: string; readonly day: string; readonly seq: number },
) {
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO warehouse.load (registry, kind, delivery_id, as_of, seq, loaded_at) VALUES ($1, 'changes', $2, $3, $4, now())
     ON CONFLICT (registry, delivery_id) DO UPDATE SET seq = EXCLUDED.seq, loaded_at = EXCLUDED.loaded_at RETURNING id`,
    [registry, `changes of ${day}`, day, seq],
  )
  return (rows[0] as { id: number }).id
}

export interface StreamStep extends Omit<Written, 'persons'> {
  readonly registry: string
  /** Null: the batch holds heartbeats only. */
  readonly form: string | null
  readonly sourceMs: number
}

export async function noteStream(client: Queryable, step: StreamStep): Promise<void> {
  const { registry, form, sourceMs, inserted, updated, deleted, unchanged, duplicate, old } = step
  await client.query(
    `INSERT INTO warehouse.change_stream AS s (registry, form, source_at, inserted, updated, deleted, unchanged, duplicate, old)
     SELECT $1, $2, to_timestamp($3::float8 / 1000), $4, $5, $6, $7, $8, $9 WHERE $2 <> '' OR EXISTS (SELECT FROM warehouse.change_stream WHERE registry = $1)
     ON CONFLICT (registry) DO UPDATE SET source_at = greatest(s.source_at, EXCLUDED.source_at), applied_at = now(), inserted = s.inserted + $4,
       updated = s.updated + $5, deleted = s.deleted + $6, unchanged = s.unchanged + $7, duplicate = s.duplicate + $8, old = s.old + $9`,
    [registry, form ?? '', sourceMs, inserted, updated, deleted, unchanged, duplicate, old],
  )
}

export interface StateStep {
  readonly loadId: number | null
  readonly day: string
  /** Null: no row changed. */
  readonly seq: number | null
  readonly added: number
  /** The first copy has come to its end. */
  readonly completes: boolean
}

/**
 * A registry that was never loaded stays so until its first copy is complete: some changes do not tell that everybody else is absent.
 * What is as of a day stays as of that day where nothing newer is known.
 */
export async function moveState(
  client: Queryable,
  definition: RegistryDefinition,
  { loadId, day, seq, added, completes }: StateStep,
): Promise<void> {
  const { rowCount } = await client.query(
    `UPDATE warehouse.registry_state SET as_of = greatest(as_of, $2::date), seq = coalesce($3, seq), row_count = row_count + $4,
       load_id = CASE WHEN $5::bigint IS NULL OR as_of > $2::date THEN load_id ELSE $5 END,
       loaded_at = CASE WHEN $3::bigint IS NULL THEN loaded_at ELSE now() END
     WHERE registry = $1`,
    [definition.id, day, seq, added, loadId],
  )
  if (rowCount === 0 && completes && loadId !== null && seq !== null)
    await client.query(
      `INSERT INTO warehouse.registry_state (registry, load_id, as_of, loaded_at, seq, row_count)
       SELECT $1, $2, $3, now(), $4, count(*) FROM ${tableName(definition)}`,
      [definition.id, loadId, day, seq],
    )
}

export interface ChangedPersons {
  readonly persons: readonly number[]
  readonly civil: boolean
}

export async function noteChangedPersons(client: Queryable, changed: readonly ChangedPersons[], seq: number): Promise<void> {
  const civil = new Map<number, boolean>()
  for (const one of changed) for (const person of one.persons) civil.set(person, one.civil || civil.get(person) === true)
  if (civil.size === 0) return
  // In one order, although all of them are written under the lock: whoever takes them out waits for none.
  const sorted = [...civil].toSorted(([a], [b]) => a - b)
  await client.query(
    `INSERT INTO warehouse.changed_person AS held (person_ref, civil, seq) SELECT person, civil, $3 FROM unnest($1::bigint[], $2::boolean[]) AS a (person, civil)
     ON CONFLICT (person_ref) DO UPDATE SET civil = held.civil OR EXCLUDED.civil, seq = EXCLUDED.seq`,
    [sorted.map(([person]) => person), sorted.map(([, is]) => is), seq],
  )
}

/** Persons whom changes concern, the earliest first; whoever calls takes them out in the transaction that acts on them. */
export async function changedPersons(
  client: Queryable,
  limit: number,
): Promise<{ readonly personRef: number; readonly civil: boolean; readonly seq: number }[]> {
  const { rows } = await client.query<{ personRef: number; civil: boolean; seq: number }>(
    'SELECT person_ref AS "personRef", civil, seq FROM warehouse.changed_person ORDER BY seq LIMIT $1',
    [limit],
  )
  return rows
}

/** Those that changed again meanwhile stay, and those that somebody is changing just now: nobody waits for anybody. */
export async function forgetChanged(
  client: Queryable,
  persons: readonly { readonly personRef: number; readonly seq: number }[],
): Promise<void> {
  await client.query(
    `DELETE FROM warehouse.changed_person WHERE person_ref IN (
       SELECT p.person_ref FROM unnest($1::bigint[], $2::bigint[]) AS a (person_ref, seq) JOIN warehouse.changed_person p USING (person_ref, seq) FOR UPDATE OF p SKIP LOCKED)`,
    [persons.map(({ personRef }) => personRef), persons.map(({ seq }) => seq)],
  )
}

export interface SetAside {
  readonly registry: string | null
  readonly reasons: readonly string[]
  readonly content: string
}

export async function setAside(client: Queryable, entity: string, events: readonly SetAside[]): Promise<void> {
  if (events.length === 0) return
  await client.query(
    `INSERT INTO identity.rejected_change (registry, entity, reasons, content)
     SELECT registry, $1, string_to_array(reasons, E'\\n'), content FROM unnest($2::text[], $3::text[], $4::text[]) AS a (registry, reasons, content)`,
    [entity, events.map(({ registry }) => registry), events.map(({ reasons }) => reasons.join('\n')), events.map(({ content }) => content)],
  )
}

export interface RejectedChange extends SetAside {
  readonly id: number
  readonly receivedAt: Date
}

/** What an entity sent and could not be taken, a page at a time; `entity` null: of all. */
export async function rejectedChanges(
  db: Queryable,
  {
    entity,
    registry,
    after,
    limit,
  }: { readonly entity: string | null; readonly registry: string | null; readonly after: number; readonly limit: number },
): Promise<RejectedChange[]> {
  const { rows } = await db.query<RejectedChange>(
    `SELECT id, registry, reasons, content, received_at AS "receivedAt" FROM identity.rejected_change
     WHERE id > $1 AND ($2::text IS NULL OR entity = $2) AND ($3::text IS NULL OR registry = $3) ORDER BY id LIMIT $4`,
    [after, entity, registry, limit],
  )
  return rows
}
