/** Membership and persons in the replica: copied whole, or brought up by those whose rows changed. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type pg from 'pg'
import { type CopiedColumn, copyQuery, copyQueries, type CopyRequest } from '../../warehouse/replica/copy-query.ts'
import { countOf } from '../../warehouse/replica/read-columns.ts'
import { bucketOf, CHANGED_SHARE_MAX, rowsUpTo } from '../../warehouse/replica/refresh-registry.ts'
import type { HeldMembership } from '../../warehouse/replica/replica-state.ts'

/** Where membership and persons stand in the snapshot of PostgreSQL that is being read. */
export interface MembershipPlace {
  readonly seq: number
  readonly writtenWholeSeq: number
  readonly openSince: number
}

export async function membershipPlace(client: pg.ClientBase): Promise<MembershipPlace> {
  const { rows } = await client.query<Record<'seq' | 'whole' | 'open', string>>(
    'SELECT seq::text, written_whole_seq::text AS whole, pg_snapshot_xmin(pg_current_snapshot())::text AS open FROM membership_state',
  )
  const [row] = rows
  return { seq: Number(row?.seq), writtenWholeSeq: Number(row?.whole), openSince: Number(row?.open) }
}

const MEMBER_COLUMNS: readonly CopiedColumn[] = [
  { name: 'home', type: 'BIGINT' },
  { name: 'person_ref', type: 'BIGINT' },
  { name: 'is_head', type: 'TINYINT' },
  { name: 'relationship', type: 'VARCHAR' },
  { name: 'valid_from', type: 'INTEGER' },
  { name: 'valid_to', type: 'INTEGER' },
]
const SENT = `m.household_ref, m.person_ref, m.is_head::int, m.relationship, m.valid_from - DATE '1970-01-01', m.valid_to - DATE '1970-01-01'`
const PERSON_COLUMNS: readonly CopiedColumn[] = [
  { name: 'person_ref', type: 'BIGINT' },
  { name: 'is_jordanian', type: 'TINYINT' },
]
const MEMBER = `m.home, m.person_ref, m.is_head, m.relationship, h.basis, m.valid_from, m.valid_to, w.is_jordanian`

/** Persons, member, member_home (person, home) and extra_home (all homes of a person but the first). */
export async function copyMembership(client: pg.ClientBase, connection: DuckDBConnection, file: string): Promise<void> {
  const requests: CopyRequest[] = [
    {
      query: 'SELECT household_ref, basis FROM household',
      columns: [
        { name: 'household_ref', type: 'BIGINT' },
        { name: 'basis', type: 'VARCHAR' },
      ],
      into: (source) => `CREATE OR REPLACE TEMP TABLE household_basis AS SELECT * FROM ${source}`,
      file: `${file}.household.csv`,
    },
    {
      query: 'SELECT person_ref, is_jordanian::int FROM warehouse.person',
      columns: PERSON_COLUMNS,
      into: (source) => `CREATE OR REPLACE TABLE person AS SELECT * FROM ${source}`,
      file: `${file}.person.csv`,
    },
    {
      query: `SELECT ${SENT} FROM household_member m`,
      columns: MEMBER_COLUMNS,
      into: (source) => `CREATE OR REPLACE TABLE member AS SELECT ${MEMBER} FROM ${source} m
        JOIN household_basis h ON h.household_ref = m.home LEFT JOIN person w ON w.person_ref = m.person_ref ORDER BY m.home, m.person_ref`,
      file: `${file}.member.csv`,
    },
  ]
  await copyQueries(client, connection, requests, () => undefined)
  await connection.run(`DROP TABLE household_basis;
    CREATE OR REPLACE TABLE member_home AS SELECT DISTINCT person_ref, home FROM member;
    CREATE OR REPLACE TABLE extra_home AS ${extraHomes('member_home')}`)
}

const extraHomes = (from: string): string => `SELECT h.person_ref, h.home FROM ${from} h
  JOIN (SELECT person_ref, min(home) AS home FROM ${from} GROUP BY person_ref HAVING count(*) > 1) f ON f.person_ref = h.person_ref AND f.home < h.home`

/** Numbers of persons that only grow: they tell whether anything about persons changed, without a look at each. */
export async function personCounts(connection: DuckDBConnection): Promise<number[]> {
  const [row] = (
    await connection.runAndReadAll(
      'SELECT count(*), count(*) FILTER (WHERE is_jordanian = 1), count(*) FILTER (WHERE is_jordanian = 0) FROM person',
    )
  ).getRows()
  return (row ?? []).map(Number)
}

/** Whether what changed since is all known, and little enough to be picked out. */
export async function isMembershipNear(
  client: pg.ClientBase,
  connection: DuckDBConnection,
  held: HeldMembership,
  now: MembershipPlace,
): Promise<boolean> {
  if (held.writtenWholeSeq !== now.writtenWholeSeq || held.seq > now.seq || held.openSince > now.openSince) return false
  const most = Math.floor((await countOf(connection, 'SELECT count(*) FROM member_home')) * CHANGED_SHARE_MAX)
  return (await rowsUpTo(client, `SELECT FROM membership_change WHERE seq > ${held.seq}`, most + 1)) <= most
}

/**
 * Takes over what changed. Leaves behind the tables `rehomed (person_ref, home)`: whose homes are others now, and where their rows
 * still stand; `changed_person`: of whom the warehouse says something else now. Adds to `changed_home`.
 */
export async function updateMembership(
  client: pg.ClientBase,
  connection: DuckDBConnection,
  held: HeldMembership,
  file: string,
): Promise<{ readonly rehomed: number; readonly persons: number }> {
  const persons = await updatePersons(client, connection, held, file)
  await copyQuery(client, connection, {
    query: `SELECT c.person_ref, ${SENT}, h.basis FROM membership_change c LEFT JOIN household_member m ON m.person_ref = c.person_ref
      LEFT JOIN household h ON h.household_ref = m.household_ref WHERE c.seq > ${held.seq}`,
    columns: [{ name: 'changed_ref', type: 'BIGINT' }, ...MEMBER_COLUMNS, { name: 'basis', type: 'VARCHAR' }],
    into: (source) => `CREATE OR REPLACE TEMP TABLE arriving_member AS SELECT * FROM ${source}`,
    file,
  })
  const changed = 'person_ref IN (SELECT changed_ref FROM arriving_member)'
  await connection.run(`CREATE OR REPLACE TEMP TABLE old_home AS SELECT person_ref, home FROM member_home WHERE ${changed};
    CREATE OR REPLACE TEMP TABLE new_home AS SELECT DISTINCT person_ref, home FROM arriving_member WHERE home IS NOT NULL;
    DELETE FROM member WHERE ${changed};
    DELETE FROM member_home WHERE ${changed};
    DELETE FROM extra_home WHERE ${changed};
    INSERT INTO member SELECT ${MEMBER.replace('h.basis', 'm.basis')} FROM arriving_member m LEFT JOIN person w ON w.person_ref = m.person_ref
      WHERE m.home IS NOT NULL ORDER BY m.home, m.person_ref;
    INSERT INTO member_home SELECT * FROM new_home;
    INSERT INTO extra_home ${extraHomes('new_home')};
    INSERT INTO changed_home SELECT home FROM old_home UNION SELECT home FROM new_home;
    CREATE OR REPLACE TEMP TABLE rehomed AS
    SELECT person_ref, coalesce((SELECT min(o.home) FROM old_home o WHERE o.person_ref = d.person_ref), ${bucketOf('d.person_ref')}) AS home
    FROM (SELECT DISTINCT person_ref FROM ((FROM old_home EXCEPT FROM new_home) UNION ALL (FROM new_home EXCEPT FROM old_home))) d`)
  return { rehomed: await countOf(connection, 'SELECT count(*) FROM rehomed'), persons }
}

async function updatePersons(client: pg.ClientBase, connection: DuckDBConnection, held: HeldMembership, file: string): Promise<number> {
  await copyQuery(client, connection, {
    query: `SELECT person_ref, is_jordanian::int FROM warehouse.person WHERE written_by >= ${held.openSince}`,
    columns: PERSON_COLUMNS,
    into: (
      source,
    ) => `CREATE OR REPLACE TEMP TABLE changed_person AS SELECT n.* FROM ${source} n LEFT JOIN person w ON w.person_ref = n.person_ref
      WHERE w.person_ref IS NULL OR w.is_jordanian IS DISTINCT FROM n.is_jordanian`,
    file,
  })
  const persons = await countOf(connection, 'SELECT count(*) FROM changed_person')
  if (persons === 0) return 0
  await connection.run(`DELETE FROM person WHERE person_ref IN (SELECT person_ref FROM changed_person);
    INSERT INTO person SELECT * FROM changed_person;
    UPDATE member SET is_jordanian = c.is_jordanian FROM changed_person c WHERE c.person_ref = member.person_ref;
    UPDATE relative SET is_jordanian = c.is_jordanian FROM changed_person c WHERE c.person_ref = relative.person_ref;
    INSERT INTO changed_home SELECT h.home FROM member_home h SEMI JOIN changed_person c ON c.person_ref = h.person_ref`)
  return persons
}
