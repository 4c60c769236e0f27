/** A list as it was kept before its units had traits: one index for every filter. What publishing and pages are compared with. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from } from 'pg-copy-streams'
import { UNIT_COLUMNS } from '../../../src/access/grants/ranked-lists.ts'
import type { Database } from '../../../src/db/database.ts'
import { listLines } from '../../../src/targeting/lists/list-lines.ts'
import type { ListFilters } from '../../../src/targeting/lists/list-store.ts'
import type { JudgedNation } from '../../../src/targeting/run/judged-nation.ts'
import type { ProgrammeList } from '../../../src/targeting/run/select.ts'
import { codes } from './made-lists.ts'

const INDEXES = [
  '(list_number, household_ref)',
  '(list_number, governorate, position)',
  '(list_number, status, position)',
  '(list_number, person_ref) WHERE person_ref IS NOT NULL',
  '(list_number, liwa, position) WHERE liwa IS NOT NULL',
  '(list_number, kada, position) WHERE kada IS NOT NULL',
  '(list_number, branch_office, position) WHERE branch_office IS NOT NULL',
  '(list_number, tier, position) WHERE tier IS NOT NULL',
  '(list_number, position) WHERE depends_on_missing',
]

const tableOf = (number: number): string => `indexed_unit_${number}`
const LISTS_AT_ONCE = 2

/** Two at a time, as they are published. Their numbers count from 1. */
export async function fillIndexed(database: Database, lists: readonly ProgrammeList[], nation: JudgedNation): Promise<void> {
  const waiting = [...lists.entries()]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await fill(database, next[0] + 1, next[1], nation)
  }
  await Promise.all(Array.from({ length: LISTS_AT_ONCE }, work))
}

async function fill(database: Database, number: number, list: ProgrammeList, nation: JudgedNation): Promise<void> {
  const table = tableOf(number)
  await database.transaction(async ({ client }) => {
    await client.query("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SET LOCAL maintenance_work_mem = '256MB'")
    await client.query(`CREATE TABLE ${table} (LIKE ranked_unit INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
      ALTER TABLE ${table} ALTER COLUMN list_number SET DEFAULT ${number}, ADD CHECK (list_number = ${number})`)
    const hash = createHash('sha256')
    const lines = function* (): Generator<Uint8Array> {
      for (const text of listLines(list, nation, codes)) {
        hash.update(text)
        yield text
      }
    }
    await pipeline(Readable.from(lines()), client.query(from(`COPY ${table} (${UNIT_COLUMNS.join(', ')}) FROM STDIN (FREEZE)`)))
    await client.query(`ALTER TABLE ${table} ADD PRIMARY KEY (list_number, position)`)
    for (const index of INDEXES) await client.query(`CREATE INDEX ON ${table} ${index}`)
    await client.query(`SELECT count(*), count(*) FILTER (WHERE status = 'selected') FROM ${table}`)
  })
}

const CONDITIONS: Readonly<Record<keyof ListFilters, string>> = {
  governorate: 'governorate = $',
  liwa: 'liwa = $',
  kada: 'kada = $',
  branchOffice: 'branch_office = $',
  status: 'status = $',
  tier: 'tier = $',
  percentileFrom: 'percentile >= $',
  percentileTo: 'percentile <= $',
  dependsOnMissing: 'depends_on_missing IS NOT DISTINCT FROM $',
  missingFact: 'depends_on_missing AND missing_facts @> ARRAY[$]',
  householdRef: 'household_ref = $',
}

/** Positions and rows of a page, as they were read. */
export async function indexedPage(
  { pool }: Database,
  number: number,
  filters: ListFilters,
  after: number,
  limit: number,
): Promise<number[]> {
  const values: unknown[] = [number, after, limit]
  const names = Object.keys(filters) as (keyof ListFilters)[]
  const conditions = names.map((name) => {
    // As it stands in the partial index.
    if (name === 'dependsOnMissing') return filters[name] === true ? 'AND depends_on_missing' : 'AND NOT depends_on_missing'
    return `AND ${CONDITIONS[name].replace('$', `$${values.push(filters[name])}`)}`
  })
  const { rows } = await pool.query<{ position: number }>({
    name: `indexed-page-${names.join('-')}-${filters.dependsOnMissing ?? ''}`,
    text: `SELECT * FROM ${tableOf(number)} WHERE list_number = $1 AND position > $2 ${conditions.join(' ')} ORDER BY list_number, position LIMIT $3`,
    values,
  })
  return rows.map(({ position }) => position)
}
