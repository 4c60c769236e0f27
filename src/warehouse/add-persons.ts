/** Persons for whole deliveries: numbers that the vault lacks become persons by a few statements over a table; with the vault, the only code that writes National IDs. */
import type { Queryable } from '../db/queryable.ts'
import type { IdentifierKind } from './identity-vault.ts'
import { dropVaultKeys, vaultKeys } from './vault-keys.ts'

export interface UnknownNumbers {
  /** Table (counter, number, own): numbers that the vault lacked a moment ago. */
  readonly unknown: string
  /** Table (counter, person_ref) that `makeReferences` makes. */
  readonly references: string
  readonly kind: IdentifierKind
  readonly makeReferences: (first: number, last: number) => Promise<void>
}

/** Persons for the numbers of a table; a number that another load added meanwhile keeps that one's reference. */
export async function addPersonsOf(client: Queryable, { unknown, references, kind, makeReferences }: UnknownNumbers): Promise<void> {
  const { rows } = await client.query<{ first: number | null; last: number; count: number }>(
    `SELECT min(counter) AS first, max(counter) AS last, count(*) FROM ${unknown}`,
  )
  const { first = null, last = 0, count = 0 } = rows[0] ?? {}
  if (first === null) return
  await makeReferences(first, last)
  await client.query(`ANALYZE ${unknown}; ANALYZE ${references}`)
  if (count >= FIRST_PERSONS_MIN && (await addFirst(client, { unknown, references, kind }))) return
  // Asking of each number whether it is there costs a third of the whole. Another load that added one of them meanwhile is rare: then all are asked.
  if (!(await addUnasked(client, { unknown, references, kind }))) await addAsked(client, { unknown, references, kind })
}

type ToAdd = Pick<UnknownNumbers, 'unknown' | 'references' | 'kind'>

/** Below this, building keys anew saves nothing. */
const FIRST_PERSONS_MIN = 10_000
const LOCK_NOT_AVAILABLE = '55P03'

const identifiersOf = ({ unknown, references }: ToAdd): string =>
  `INSERT INTO identity.identifier (number, kind, person_ref)
   SELECT number, CASE WHEN own THEN $1::text END, person_ref FROM ${unknown} JOIN ${references} USING (counter)`
const personsOf = ({ unknown, references }: ToAdd): string =>
  `INSERT INTO warehouse.person (person_ref, is_jordanian, written_by)
   SELECT person_ref, CASE WHEN own THEN $1::text END = 'national', (SELECT pg_current_xact_id()::text::bigint)
   FROM ${unknown} JOIN ${references} USING (counter)`

/**
 * The first persons of a vault that is empty: its keys are built after its rows, a third of the work, and by two processes. Nobody can look into
 * the vault meanwhile, nor would anybody be found. False when somebody is in it already, or is at it; then nothing was done.
 */
async function addFirst(client: Queryable, toAdd: ToAdd): Promise<boolean> {
  const isEmpty = async (): Promise<boolean> =>
    (await client.query('SELECT FROM identity.identifier UNION ALL SELECT FROM warehouse.person LIMIT 1')).rowCount === 0
  if (!(await isEmpty())) return false
  await client.query('BEGIN')
  try {
    await client.query('LOCK TABLE identity.identifier, warehouse.person IN ACCESS EXCLUSIVE MODE NOWAIT')
    const isFirst = await isEmpty()
    if (isFirst) {
      // Emptied in this transaction, so that with the least write-ahead log their rows need none.
      await client.query(['TRUNCATE identity.identifier, warehouse.person', ...dropVaultKeys].join(';'))
      await client.query(identifiersOf(toAdd), [toAdd.kind])
      await client.query(personsOf(toAdd), [toAdd.kind])
      for (const statement of vaultKeys.flat()) await client.query(statement)
    }
    await client.query('COMMIT')
    return isFirst
  } catch (error) {
    await client.query('ROLLBACK')
    if ((error as { readonly code?: unknown }).code === LOCK_NOT_AVAILABLE) return false
    throw error
  }
}

const UNIQUE_VIOLATION = '23505'

/** False when somebody else has added one of the numbers; then nothing was done. */
async function addUnasked(client: Queryable, toAdd: ToAdd): Promise<boolean> {
  await client.query('BEGIN')
  try {
    await client.query(`${identifiersOf(toAdd)} ORDER BY number`, [toAdd.kind])
    await client.query(`${personsOf(toAdd)} ORDER BY person_ref`, [toAdd.kind])
    await client.query('COMMIT')
    return true
  } catch (error) {
    await client.query('ROLLBACK')
    if ((error as { readonly code?: unknown }).code === UNIQUE_VIOLATION) return false
    throw error
  }
}

async function addAsked(client: Queryable, { unknown, references, kind }: ToAdd): Promise<void> {
  // Sorted, so that two loads that add the same numbers wait for each other in one order.
  await client.query(
    `WITH added AS (
       INSERT INTO identity.identifier (number, kind, person_ref)
       SELECT number, CASE WHEN own THEN $1::text END, person_ref FROM ${unknown} JOIN ${references} USING (counter) ORDER BY number
       ON CONFLICT (number) DO NOTHING RETURNING person_ref, kind)
     INSERT INTO warehouse.person (person_ref, is_jordanian) SELECT person_ref, kind = 'national' FROM added ORDER BY person_ref`,
    [kind],
  )
}
