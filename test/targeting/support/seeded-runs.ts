/** A seeded service with what performs its runs, in this process or in one of its own. */
import { join } from 'node:path'
import type { Test } from 'tap'
import { migrateQueue } from '../../../src/jobs/queue.ts'
import { versionsOf } from '../../../src/programmes/versions-in-force.ts'
import type { Database } from '../../../src/db/database.ts'
import type { RunDeps, RunRequest } from '../../../src/targeting/run/perform-run.ts'
import type { WorkLog } from '../../../src/targeting/run/work-on-runs.ts'
import { freshness } from '../../households/seeded-warehouse.ts'
import { day } from '../../rules/real-rows.ts'
import { dataDirectory } from '../../support/data-directory.ts'
import { AS_OF, type SeededApp, seededApp } from '../../support/seeded-app.ts'

export interface SeededRuns extends SeededApp {
  readonly deps: RunDeps
  readonly logged: () => string
}

export const runDepsOf = (database: Database, dataDirectory: string, memoryMb = 512): RunDeps => ({
  database,
  versions: versionsOf(database),
  freshness: async () => freshness,
  timeZone: 'Asia/Amman',
  settings: { folder: join(dataDirectory, 'nation'), memoryMb, threads: 1, sample: 10, snapshotsKept: 6 },
})

export async function seededRuns(t: Pick<Test, 'teardown'>, households: number): Promise<SeededRuns> {
  const made = await seededApp(t, households)
  await migrateQueue(made.database.pool)
  return { ...made, deps: runDepsOf(made.database, dataDirectory(t)) }
}

export const runRequest = (change: Partial<RunRequest> = {}): RunRequest => ({
  asOf: day(AS_OF),
  cycle: 'november',
  population: 'residents',
  governorates: [],
  despiteRegistries: true,
  undeterminedPercentMax: 100,
  actor: 'test',
  entity: 'NAF',
  ...change,
})

export const quietly: { readonly onProgress: () => undefined; readonly signal: AbortSignal } = {
  onProgress: () => undefined,
  signal: new AbortController().signal,
}

/** Keeps what is logged, for a test to look at. */
export function keptLog(): WorkLog & { readonly lines: readonly string[] } {
  const lines: string[] = []
  const keep = (fields: object, message: string): void => void lines.push(`${message} ${JSON.stringify(fields)}`)
  return { lines, info: keep, warn: keep, error: keep }
}

/** Programmes with the root hashes of their published lists, of one run or of those in force. */
export async function rootHashes({ pool }: Database, run: string): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ programme: string; hash: string }>(
    'select programme, root_hash as hash from ranked_list where run_id = $1 and published_at is not null order by programme',
    [run],
  )
  return Object.fromEntries(rows.map(({ programme, hash }) => [programme, hash]))
}

/** Nothing of a run can be seen, and nothing of it lies about. */
export async function traces(
  { pool }: Database,
  run: string,
): Promise<{ readonly published: number; readonly filled: number; readonly orphans: number }> {
  const { rows } = await pool.query<{ published: number; filled: number; orphans: number }>(
    `select count(*) filter (where published_at is not null)::int as published, count(*) filter (where published_at is null)::int as filled,
       (select count(*)::int from pg_class c where relname ~ '^ranked_unit_[0-9]+$' and relkind = 'r'
          and not exists (select from ranked_list where number = substring(relname from '[0-9]+$')::int)) as orphans
     from ranked_list where run_id = $1`,
    [run],
  )
  return rows[0] as { published: number; filled: number; orphans: number }
}
