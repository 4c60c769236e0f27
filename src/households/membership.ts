/** Keeps household membership in step with the civil core: for the whole nation, or for some persons and those connected with them. */
import type { Database } from '../db/database.ts'
import type { Queryable } from '../db/queryable.ts'
import { dayNumber } from '../kernel/date.ts'
import { fillScope } from './membership-scope.ts'
import { membersSql, membershipSteps } from './membership-sql.ts'

/** What a refresh did; `conflicts` counts the persons looked at who stand in two households or more. */
export interface MembershipChange {
  readonly members: number
  readonly opened: number
  readonly closed: number
  readonly conflicts: number
}

export interface MembershipRequest {
  /** ISO date from which changes hold. */
  readonly asOf: string
  /** Left out: the whole nation. */
  readonly persons?: readonly number[]
}

/** Brings household and household_member up to date in one transaction; what no longer holds is closed on the as-of date, not deleted. */
export async function refreshMembership(database: Database, { asOf, persons }: MembershipRequest): Promise<MembershipChange> {
  if (dayNumber(asOf) === null) throw new RangeError('asOf is not a date')
  return database.transaction(async ({ client }) => {
    await client.query(
      "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SET LOCAL enable_bitmapscan = on; SELECT pg_advisory_xact_lock(hashtext('membership'))",
    )
    if (persons !== undefined) await fillScope(client, persons)
    else await client.query("SET LOCAL work_mem = '512MB'; SET LOCAL hash_mem_multiplier = 2; SET LOCAL maintenance_work_mem = '512MB'")
    for (const step of membershipSteps({ asOf, scoped: persons !== undefined })) await client.query(step)
    const first = persons === undefined && (await client.query('SELECT FROM household_member LIMIT 1')).rowCount === 0
    return first ? await writeFirst(client, asOf) : await writeDifference(client, asOf, persons !== undefined)
  })
}

/** Into an empty table: indexes are built after the rows. */
async function writeFirst(client: Queryable, asOf: string): Promise<MembershipChange> {
  await client.query(
    `TRUNCATE household_member; DROP INDEX household_member_household; ALTER TABLE household_member DROP CONSTRAINT household_member_pkey`,
  )
  const { rowCount } = await client.query(
    `INSERT INTO household_member (household_ref, person_ref, is_head, relationship, basis, valid_from)
     SELECT m.*, $1::date FROM (${membersSql}) AS m`,
    [asOf],
  )
  await client.query(`TRUNCATE membership_change, household_change; WITH place AS (SELECT nextval('change_seq') AS seq)
    UPDATE membership_state SET seq = place.seq, written_whole_seq = place.seq FROM place`)
  await client.query(`ALTER TABLE household_member ADD CONSTRAINT household_member_pkey PRIMARY KEY (person_ref, household_ref, valid_from);
    CREATE INDEX household_member_household ON household_member (household_ref);
    ANALYZE household; ANALYZE household_member`)
  return { members: rowCount ?? 0, opened: rowCount ?? 0, closed: 0, conflicts: await countConflicts(client) }
}

/** Closes what no longer holds and opens what is new; a row that would have held for no day at all is removed. */
async function writeDifference(client: Queryable, asOf: string, scoped: boolean): Promise<MembershipChange> {
  const within = scoped ? 'AND c.person_ref IN (SELECT person_ref FROM membership_scope)' : ''
  const same =
    'm.person_ref = c.person_ref AND m.household_ref = c.household_ref AND m.is_head = c.is_head AND m.relationship = c.relationship AND m.basis = c.basis'
  await client.query(`CREATE TEMP TABLE m_member ON COMMIT DROP AS ${membersSql}`)
  await client.query('ANALYZE m_member')
  const outdated = `c.valid_to IS NULL ${within} AND NOT EXISTS (SELECT FROM m_member m WHERE ${same})`
  const removed = await noted(client, `DELETE FROM household_member c WHERE c.valid_from >= $1::date AND ${outdated}`, asOf)
  const closed = await noted(
    client,
    `UPDATE household_member c SET valid_to = $1::date WHERE c.valid_from < $1::date AND ${outdated}`,
    asOf,
  )
  const opened = await noted(
    client,
    `INSERT INTO household_member (household_ref, person_ref, is_head, relationship, basis, valid_from)
     SELECT m.*, $1::date FROM m_member m
     WHERE NOT EXISTS (SELECT FROM household_member c WHERE c.valid_to IS NULL AND ${same})`,
    asOf,
  )
  const { rows } = await client.query<{ count: number }>('SELECT count(*) FROM m_member')
  return {
    members: rows[0]?.count ?? 0,
    opened,
    closed: closed + removed,
    conflicts: scoped
      ? await countConflicts(client, 'AND person_ref IN (SELECT person_ref FROM membership_scope)')
      : await countConflicts(client),
  }
}

/** Performs a write of membership and notes whose rows it touched and of which households, with their place in the change sequence; returns how many rows. */
async function noted(client: Queryable, write: string, asOf: string): Promise<number> {
  const { rows } = await client.query<{ count: number; seq: number | null }>(
    `WITH written AS (${write} RETURNING person_ref, household_ref),
     place AS (SELECT nextval('change_seq') AS seq WHERE EXISTS (SELECT FROM written)),
     person AS (INSERT INTO membership_change (person_ref, seq)
       SELECT person_ref, (SELECT seq FROM place) FROM (SELECT DISTINCT person_ref FROM written) AS those
       ON CONFLICT (person_ref) DO UPDATE SET seq = EXCLUDED.seq),
     home AS (INSERT INTO household_change (household_ref, seq)
       SELECT household_ref, (SELECT seq FROM place) FROM (SELECT DISTINCT household_ref FROM written) AS those
       ON CONFLICT (household_ref) DO UPDATE SET seq = EXCLUDED.seq)
     SELECT (SELECT count(*) FROM written) AS count, (SELECT seq FROM place) AS seq`,
    [asOf],
  )
  const { count = 0, seq = null } = rows[0] ?? {}
  if (seq !== null) await client.query('UPDATE membership_state SET seq = $1', [seq])
  return count
}

async function countConflicts(client: Queryable, within = ''): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*) FROM (SELECT FROM household_member WHERE valid_to IS NULL ${within} GROUP BY person_ref HAVING count(*) > 1) AS several`,
  )
  return rows[0]?.count ?? 0
}
