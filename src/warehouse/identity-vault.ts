/** The identity vault: numbers in, person references out; with what adds whole deliveries to it, the only code that reads or writes National IDs in the database. */
import { randomBytes } from 'node:crypto'
import type { Queryable } from '../db/queryable.ts'
import { personPermutation } from './person-permutation.ts'

/** What kind of number a registry names; null when the registry covers everyone and cannot tell. */
export type IdentifierKind = 'national' | 'personal' | null

/** The vault's key; made at the first use, or `initial` (synthetic populations) when the vault has none yet. */
export async function vaultKey(db: Queryable, initial: Uint8Array = randomBytes(16)): Promise<Uint8Array> {
  await db.query('INSERT INTO identity.vault_key (key) VALUES ($1) ON CONFLICT DO NOTHING', [Buffer.from(initial)])
  const { rows } = await db.query<{ key: Buffer }>('SELECT key FROM identity.vault_key')
  return (rows[0] as { key: Buffer }).key
}

/** The person behind a number, superseded numbers included; null when the vault does not know it. */
export async function personOf(db: Queryable, number: string): Promise<number | null> {
  const { rows } = await db.query<{ person_ref: number }>({
    name: 'identity-person-of',
    text: 'SELECT person_ref FROM identity.identifier WHERE number = $1',
    values: [number],
  })
  return rows[0]?.person_ref ?? null
}

/** The persons behind several numbers; numbers that the vault does not know are left out. */
export async function personsOf(db: Queryable, numbers: readonly string[]): Promise<Map<string, number>> {
  const found = await lookUp(db, numbers)
  return new Map([...found].map(([number, { person_ref }]) => [number, person_ref]))
}

/**
 * References of many numbers; unknown ones become new persons, and a kind that is told for the first time is kept.
 * Numbers whose known kind contradicts the given one are left out of the answer.
 */
export async function resolvePersons(client: Queryable, numbers: Iterable<string>, kind: IdentifierKind): Promise<Map<string, number>> {
  // Sorted, so that two loads that add the same numbers wait for each other in one order.
  const wanted = [...new Set(numbers)].toSorted()
  const known = await lookUp(client, wanted)
  await addPersons(
    client,
    wanted.filter((number) => !known.has(number)),
    kind,
  )
  if (kind !== null)
    await tellKind(
      client,
      [...known].filter(([, row]) => row.kind === null).map(([number]) => number),
      kind,
    )
  const all = await lookUp(client, wanted)
  const usable = [...all].filter(([, row]) => kind === null || row.kind === kind)
  return new Map(usable.map(([number, row]) => [number, row.person_ref]))
}

/** Records that `number` was replaced by `by`: both mean one person. False when both were known as different persons. */
export async function supersede(client: Queryable, number: string, by: string): Promise<boolean> {
  const known = await lookUp(client, [number, by])
  const [old, current] = [known.get(number), known.get(by)]
  if (old && current && old.person_ref !== current.person_ref) return false
  const kind = old?.kind ?? current?.kind ?? null
  const personRef = old?.person_ref ?? current?.person_ref ?? (await resolvePersons(client, [by], kind)).get(by)
  await client.query(
    `INSERT INTO identity.identifier (number, kind, person_ref, superseded_by) VALUES ($1, $3, $4, $2), ($2, $3, $4, NULL)
     ON CONFLICT (number) DO UPDATE SET superseded_by = EXCLUDED.superseded_by`,
    [number, by, kind, personRef],
  )
  return true
}

interface Known {
  readonly kind: IdentifierKind
  readonly person_ref: number
}

async function lookUp(client: Queryable, numbers: readonly string[]): Promise<Map<string, Known>> {
  const { rows } = await client.query<Known & { number: string }>({
    name: 'identity-persons-of',
    text: 'SELECT number, kind, person_ref FROM identity.identifier WHERE number = ANY ($1::text[])',
    values: [numbers],
  })
  return new Map(rows.map((row) => [row.number, row]))
}

async function addPersons(client: Queryable, numbers: readonly string[], kind: IdentifierKind): Promise<void> {
  if (numbers.length === 0) return
  const permute = personPermutation(await vaultKey(client))
  const { rows } = await client.query<{ counter: number }>(
    "SELECT nextval('identity.person_counter') AS counter FROM generate_series(1, $1)",
    [numbers.length],
  )
  // Another load may add the same number meanwhile: the first one's reference stands, ours is never used.
  await client.query(
    `WITH added AS (
       INSERT INTO identity.identifier (number, kind, person_ref)
       SELECT number, $3, person_ref FROM unnest($1::text[], $2::bigint[]) AS given (number, person_ref)
       ON CONFLICT (number) DO NOTHING RETURNING person_ref, kind)
     INSERT INTO warehouse.person (person_ref, is_jordanian) SELECT person_ref, kind = 'national' FROM added`,
    [numbers, rows.map(({ counter }) => permute(counter)), kind],
  )
}

async function tellKind(client: Queryable, numbers: readonly string[], kind: 'national' | 'personal'): Promise<void> {
  if (numbers.length === 0) return
  await client.query(
    `WITH told AS (UPDATE identity.identifier SET kind = $2 WHERE number = ANY ($1) AND kind IS NULL RETURNING person_ref)
     UPDATE warehouse.person SET is_jordanian = ($2 = 'national'), written_by = pg_current_xact_id()::text::bigint WHERE person_ref IN (SELECT person_ref FROM told)`,
    [numbers, kind],
  )
}

/** Tells the kind of the numbers of a query's column `number` where it was not known. */
export async function kindsTold(client: Queryable, table: string, kind: 'national' | 'personal'): Promise<void> {
  // One at a time: two loads would lock the same rows in two orders.
  await client.query('BEGIN')
  try {
    await client.query("SELECT pg_advisory_xact_lock(hashtext('kinds of numbers'))")
    await client.query(
      `WITH told AS (UPDATE identity.identifier i SET kind = $1 WHERE i.kind IS NULL AND EXISTS (SELECT FROM ${table} t WHERE t.number = i.number) RETURNING person_ref)
       UPDATE warehouse.person SET is_jordanian = ($1 = 'national'), written_by = pg_current_xact_id()::text::bigint WHERE person_ref IN (SELECT person_ref FROM told)`,
      [kind],
    )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

/** The present number of each person: for whoever must reach them, never for an answer that can do without. */
export async function numbersOf(db: Queryable, personRefs: readonly number[]): Promise<Map<number, string>> {
  const { rows } = await db.query<{ person: number; number: string }>({
    name: 'identity-numbers-of',
    text: 'SELECT person_ref AS person, number FROM identity.identifier WHERE person_ref = ANY ($1::bigint[]) AND superseded_by IS NULL ORDER BY number',
    values: [personRefs],
  })
  return new Map(rows.map(({ person, number }) => [person, number]))
}
