/** Answers of pulled registries as rows of the warehouse: kept under the lock and with a place in the change sequence like every other write, so that SQL, bulk and online read the same. */
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { quote, tableColumns, tableName } from '../registry-table.ts'
import { lockWarehouse } from '../write-lock.ts'
import { answersId, answersRegistry } from './answers-registry.ts'

/** When each of these persons answered last, in seconds since 1970; whoever never did is not among them. */
export async function answeredAt(db: Queryable, definition: RegistryDefinition, persons: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await db.query<{ person_ref: number; answered_at: number }>(
    `SELECT person_ref, answered_at FROM ${tableName({ id: answersId(definition) })} WHERE person_ref = ANY ($1::bigint[])`,
    [persons],
  )
  return new Map(rows.map((row) => [row.person_ref, row.answered_at]))
}

export interface KeptAnswer {
  readonly personRef: number
  /** Values in the order of the registry's columns. */
  readonly rows: readonly (readonly (string | null)[])[]
}

export interface AnswerMoment {
  /** ISO date, and seconds since 1970. */
  readonly day: string
  readonly seconds: number
}

/** Takes the place of what these persons' answers were before. A later answer that is there already stands. */
export async function keepAnswers(
  database: Database,
  definition: RegistryDefinition,
  answers: readonly KeptAnswer[],
  { day, seconds }: AnswerMoment,
): Promise<void> {
  await database.transaction(async ({ client }) => {
    await lockWarehouse(client)
    const place = await placeOf(client, definition.id, day)
    const whose = await newerThan(client, definition, answers, seconds)
    const added = await replaceRows(client, definition, whose, place)
    const companion = answersRegistry(definition)
    const said = whose.map(({ personRef }) => ({ personRef, rows: [[day, String(seconds)]] }))
    const told = await replaceRows(client, companion, said, place)
    await moveState(client, definition.id, day, { ...place, added })
    await moveState(client, companion.id, day, { ...place, added: told })
  })
}

/** Takes out answers of before a day, with their rows; resolves to how many. */
export async function dropAnswers(database: Database, definition: RegistryDefinition, before: string): Promise<number> {
  const companion = answersRegistry(definition)
  return database.transaction(async ({ client }) => {
    const { rowCount } = await client.query(`SELECT FROM ${tableName(companion)} WHERE answered_on < $1::date LIMIT 1`, [before])
    if (rowCount === 0) return 0
    await lockWarehouse(client)
    const { rows } = await client.query<{ seq: number }>("SELECT nextval('change_seq') AS seq")
    const seq = rows[0]?.seq ?? 0
    const old = await client.query<{ person_ref: number }>(`SELECT person_ref FROM ${tableName(companion)} WHERE answered_on < $1::date`, [
      before,
    ])
    const persons = old.rows.map(({ person_ref }) => person_ref)
    for (const one of [definition, companion]) {
      const gone = await removeOthers(client, one, { persons, keys: '[]', seq })
      await client.query('UPDATE warehouse.registry_state SET seq = $2, row_count = row_count - $3 WHERE registry = $1', [
        one.id,
        seq,
        gone,
      ])
    }
    return persons.length
  })
}

interface Place {
  readonly loadId: number
  readonly seq: number
}

/** All answers of one day are one load. */
async function placeOf(client: Queryable, registry: string, day: string): Promise<Place> {
  const { rows: seqs } = await client.query<{ seq: number }>("SELECT nextval('change_seq') AS seq")
  const seq = seqs[0]?.seq ?? 0
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO warehouse.load AS l (registry, kind, delivery_id, as_of, seq, loaded_at) VALUES ($1, 'pulled', 'pulled-' || $2, $2::date, $3, now())
     ON CONFLICT (registry, delivery_id) DO UPDATE SET seq = EXCLUDED.seq, loaded_at = EXCLUDED.loaded_at RETURNING id`,
    [registry, day, seq],
  )
  return { loadId: rows[0]?.id ?? 0, seq }
}

async function newerThan(
  client: Queryable,
  definition: RegistryDefinition,
  answers: readonly KeptAnswer[],
  seconds: number,
): Promise<readonly KeptAnswer[]> {
  const held = await answeredAt(
    client,
    definition,
    answers.map(({ personRef }) => personRef),
  )
  return answers.filter(({ personRef }) => (held.get(personRef) ?? 0) <= seconds)
}

/** Resolves to how many rows there are more. Of several rows of one key the first stands. */
async function replaceRows(
  client: Queryable,
  definition: RegistryDefinition,
  answers: readonly KeptAnswer[],
  { loadId, seq }: Place,
): Promise<number> {
  const columns = tableColumns(definition).slice(0, -2)
  const names = columns.map(({ name }) => quote(name)).join(', ')
  const rows = answers.flatMap(({ personRef, rows: own }) =>
    own.map((values) => ({
      person_ref: personRef,
      ...Object.fromEntries(definition.columns.map(({ name }, at) => [name, values[at] ?? null])),
    })),
  )
  const given = JSON.stringify(rows)
  const source = `jsonb_to_recordset($3::jsonb) AS t(${columns.map(({ name, sqlType }) => `${quote(name)} ${sqlType.replace(' COLLATE "C"', '')}`).join(', ')})`
  const key = ['person_ref', ...definition.key].map(quote).join(', ')
  const free = definition.columns.filter(({ name }) => !definition.key.includes(name)).map(({ name }) => quote(name))
  const set = [...free.map((name) => `${name} = EXCLUDED.${name}`), 'load_id = EXCLUDED.load_id', 'seq = EXCLUDED.seq'].join(', ')
  const differs = `(${free.map((name) => `held.${name}`).join(', ')}) IS DISTINCT FROM (${free.map((name) => `EXCLUDED.${name}`).join(', ')})`
  const gone = await removeOthers(client, definition, { persons: answers.map(({ personRef }) => personRef), keys: given, seq })
  const { rows: written } = await client.query<{ inserted: number }>(
    `WITH written AS (
       INSERT INTO ${tableName(definition)} AS held (${names}, load_id, seq)
       SELECT DISTINCT ON (${key}) ${names}, $1::bigint, $2::bigint FROM ${source}
       ON CONFLICT (${key}) ${free.length === 0 ? 'DO NOTHING' : `DO UPDATE SET ${set} WHERE ${differs}`}
       RETURNING held.xmax = 0 AS new)
     SELECT count(*) FILTER (WHERE new) AS inserted FROM written`,
    [loadId, seq, given],
  )
  return (written[0]?.inserted ?? 0) - gone
}

/** Removes the persons' rows whose keys are not among `keys` (rows as JSON), and notes whose they were. */
async function removeOthers(
  client: Queryable,
  definition: RegistryDefinition,
  { persons, keys, seq }: { readonly persons: readonly number[]; readonly keys: string; readonly seq: number },
): Promise<number> {
  const columns = tableColumns(definition).filter(({ name }) => name === 'person_ref' || definition.key.includes(name))
  const same = columns.map(({ name }) => `t.${quote(name)} = held.${quote(name)}`).join(' AND ')
  const { rows } = await client.query<{ count: number }>(
    `WITH removed AS (DELETE FROM ${tableName(definition)} held WHERE held.person_ref = ANY ($1::bigint[]) AND NOT EXISTS (
         SELECT FROM jsonb_to_recordset($2::jsonb) AS t(${columns.map(({ name, sqlType }) => `${quote(name)} ${sqlType.replace(' COLLATE "C"', '')}`).join(', ')}) WHERE ${same})
       RETURNING held.person_ref),
     noted AS (INSERT INTO warehouse.removed_row (registry, person_ref, seq) SELECT $3, person_ref, $4::bigint FROM (SELECT DISTINCT person_ref FROM removed) AS those
       ON CONFLICT (registry, person_ref) DO UPDATE SET seq = EXCLUDED.seq)
     SELECT count(*) FROM removed`,
    [persons, keys, definition.id, seq],
  )
  return rows[0]?.count ?? 0
}

async function moveState(
  client: Queryable,
  registry: string,
  day: string,
  { loadId, seq, added }: Place & { readonly added: number },
): Promise<void> {
  await client.query(
    `INSERT INTO warehouse.registry_state AS state (registry, load_id, as_of, loaded_at, seq, row_count) VALUES ($1, $2, $3::date, now(), $4, $5)
     ON CONFLICT (registry) DO UPDATE SET load_id = $2, as_of = greatest(state.as_of, $3::date), loaded_at = now(), seq = $4, row_count = state.row_count + $5`,
    [registry, loadId, day, seq, added],
  )
}
