/** What an entity's own connection reports that it may read: PostgreSQL's word, by which whatever the service derives of the data is held too. */
import type { ReadRights } from '../read-rights.ts'
import type { EntityPool } from './entity-connections.ts'
import { FACTS_VIEW } from './view-sql.ts'

interface Reported {
  /** `registry.column` */
  readonly columns: ReadonlySet<string>
  readonly facts: ReadonlySet<string>
  readonly decideOnly: ReadonlySet<string>
}

/** Those rights that the connection reports too. */
export async function reportedRights(pool: EntityPool, rights: ReadRights): Promise<ReadRights> {
  const reported = await report(pool)
  const both = (told: ReadonlySet<string>, held: ReadonlySet<string>): ReadonlySet<string> =>
    new Set([...told].filter((one) => held.has(one)))
  const columns = new Map<string, ReadonlySet<string>>()
  return Object.freeze({
    ...rights,
    facts: both(rights.facts, reported.facts),
    decideOnly: both(rights.decideOnly, reported.decideOnly),
    columns(registry: string) {
      const known =
        columns.get(registry) ?? new Set([...rights.columns(registry)].filter((name) => reported.columns.has(`${registry}.${name}`)))
      columns.set(registry, known)
      return known
    },
  })
}

async function report(pool: EntityPool): Promise<Reported> {
  const schema = `"${pool.schema}"`
  const client = await pool.connect()
  let broken = true
  try {
    const columns = await client.query<Row>(
      `select c.relname || '.' || a.attname as id from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = $1::regnamespace and c.relkind = 'v' and has_column_privilege(c.oid, a.attnum, 'select')`,
      [schema],
    )
    const facts = await client.query<Row>(`select fact as id, decide_only as "decideOnly" from ${schema}.${FACTS_VIEW}`)
    broken = false
    return toReported(columns.rows, facts.rows)
  } finally {
    client.release(broken)
  }
}

function toReported(columns: readonly Row[], facts: readonly Row[]): Reported {
  const idsOf = (rows: readonly Row[]): ReadonlySet<string> => new Set(rows.map(({ id }) => id))
  return {
    columns: idsOf(columns),
    facts: idsOf(facts.filter(({ decideOnly }) => decideOnly === false)),
    decideOnly: idsOf(facts.filter(({ decideOnly }) => decideOnly === true)),
  }
}

interface Row {
  readonly id: string
  readonly decideOnly?: boolean
}
