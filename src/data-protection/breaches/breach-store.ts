/** The only SQL on breaches and their entries; both are only ever added. */
import type { Queryable } from '../../db/queryable.ts'
import { newId } from '../../kernel/new-id.ts'

export const ENTRY_KINDS = ['assessed', 'contained', 'persons-notified', 'unit-notified', 'noted', 'closed'] as const
export type EntryKind = (typeof ENTRY_KINDS)[number]

export interface BreachEntry {
  readonly id: string
  readonly kind: EntryKind
  readonly at: Date
  readonly recordedAt: Date
  readonly recordedBy: string
  readonly entity: string
  readonly text: string
  readonly serious: boolean | null
  readonly personsAffected: number | null
}

export interface Breach {
  readonly id: string
  readonly discoveredAt: Date
  readonly recordedAt: Date
  readonly recordedBy: string
  readonly entity: string
  readonly summary: string
  readonly source: string
  readonly registries: readonly string[]
  readonly entries: readonly BreachEntry[]
}

export type NewBreach = Pick<Breach, 'discoveredAt' | 'recordedBy' | 'entity' | 'summary' | 'source' | 'registries'>
export type NewEntry = Omit<BreachEntry, 'id' | 'recordedAt'>

export async function addBreach(client: Queryable, breach: NewBreach): Promise<string> {
  const id = newId()
  const { discoveredAt, recordedBy, entity, summary, source, registries } = breach
  await client.query(
    `insert into data_breach (id, discovered_at, recorded_by, entity, summary, source, registries) values ($1, $2, $3, $4, $5, $6, $7)`,
    [id, discoveredAt, recordedBy, entity, summary, source, registries],
  )
  return id
}

/** One at a time per breach: `lockBreach` first. */
export async function addEntry(client: Queryable, breachId: string, entry: NewEntry): Promise<string> {
  const id = newId()
  const { kind, at, recordedBy, entity, text, serious, personsAffected } = entry
  await client.query(
    `insert into data_breach_entry (id, breach_id, kind, at, recorded_by, entity, text, serious, persons_affected) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [id, breachId, kind, at, recordedBy, entity, text, serious, personsAffected],
  )
  return id
}

/** The breach as it stands, nobody else adding to it until the transaction ends; null when there is none. */
export async function lockBreach(client: Queryable, id: string): Promise<Breach | null> {
  await client.query('select from data_breach where id = $1 for update', [id])
  return readBreach(client, id)
}

const BREACH = `select b.id, b.discovered_at as "discoveredAt", b.recorded_at as "recordedAt", b.recorded_by as "recordedBy", b.entity, b.summary, b.source, b.registries,
    coalesce((select json_agg(json_build_object('id', e.id, 'kind', e.kind, 'at', e.at, 'recordedAt', e.recorded_at, 'recordedBy', e.recorded_by, 'entity', e.entity,
      'text', e.text, 'serious', e.serious, 'personsAffected', e.persons_affected) order by e.id) from data_breach_entry e where e.breach_id = b.id), '[]') as entries
  from data_breach b`

export async function readBreach(db: Queryable, id: string): Promise<Breach | null> {
  const { rows } = await db.query<Breach>(`${BREACH} where b.id = $1`, [id])
  return rows[0] ? withDates(rows[0]) : null
}

/** The latest first. */
export async function listBreaches(db: Queryable, { after, limit }: { after: string | null; limit: number }): Promise<Breach[]> {
  const { rows } = await db.query<Breach>(`${BREACH} where $1::uuid is null or b.id < $1 order by b.id desc limit $2`, [after, limit])
  return rows.map(withDates)
}

/** JSON has no dates of its own. */
const withDates = (breach: Breach): Breach => ({
  ...breach,
  entries: breach.entries.map((entry) => ({ ...entry, at: new Date(entry.at), recordedAt: new Date(entry.recordedAt) })),
})
