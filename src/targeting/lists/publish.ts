/** Publishing a run: its lists are filled out of sight, then one transaction attaches them, switches every programme's pointer (unless the run was about some governorates only) and completes the run. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from } from 'pg-copy-streams'
import { recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { sha256 } from '../../kernel/canonical.ts'
import type { Behind } from '../run/decide-snapshot.ts'
import type { JudgedNation } from '../run/judged-nation.ts'
import type { PlaceCodes } from '../run/unit-places.ts'
import { refuseSuperseded } from '../run/run-store.ts'
import type { ProgrammeList } from '../run/select.ts'
import { manifestWithLists } from './list-manifest.ts'
import { UNIT_COLUMNS } from '../../access/grants/ranked-lists.ts'
import { thousandths } from './list-cells.ts'
import { listLines } from './list-lines.ts'
import { ListTraits } from './list-traits.ts'
import { dropTraits, listsWithoutTraits, storeTraits } from './trait-store.ts'

export interface FilledList {
  readonly number: number
  readonly programme: string
  readonly rootHash: string
  readonly eligible: number
}

export interface PublishRequest {
  readonly runId: string
  /** Of those that began the run, the one that publishes: if another began it since, this one publishes nothing. */
  readonly attempt: number
  readonly actor: string
  readonly entity: string
  readonly lists: readonly ProgrammeList[]
  /** The same lists, when their missing facts are named; and what has to come through before anything is published. */
  readonly behind: Behind
  readonly nation: JudgedNation
  /** Codes of governorates by index. */
  readonly governorates: readonly string[]
  readonly places: PlaceCodes
  /** Whether the lists take the place of those in force. */
  readonly putInForce: boolean
  /** What else happens in the transaction that publishes. */
  readonly onPublished: (client: Queryable) => Promise<void>
  /** Everything else that the run's manifest says. */
  readonly manifest: object
}

/**
 * Returns the manifest's hash. A failure before the last transaction leaves nothing that a reader can see; a retry begins anew. A run that was
 * published already (its answer was lost on the way) stays as it is.
 */
export async function publishRun(database: Database, request: PublishRequest): Promise<string> {
  const published = await publishedManifest(database.pool, request.runId)
  if (published !== null) return published
  await dropUnpublished(database, request.runId)
  const filled = await fillLists(database, request)
  const rootHashes = filled.map(({ rootHash }) => rootHash)
  const manifest = manifestWithLists(request.manifest, request.lists, rootHashes)
  const manifestHash = sha256(manifest)
  await database.transaction(async ({ client }) => {
    await client.query('SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0')
    // Two runs that finish together publish one after the other, each whole.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('publish ranked lists'))")
    // First, so that a run which was cancelled meanwhile, or published by another process, publishes nothing here.
    const { rowCount } = await client.query(
      `UPDATE run SET status = 'completed', finished_at = now(), manifest = $2, manifest_hash = $3, stage = NULL WHERE id = $1 AND status = 'running' AND attempt = $4`,
      [request.runId, manifest, manifestHash, request.attempt],
    )
    if (rowCount !== 1) throw new Error(`run ${request.runId} is not running: nothing is published`)
    if (request.putInForce) await refuseSuperseded(client, request.runId)
    // INVARIANT: filters of a published list are answered by its traits, so there must be some of every unit.
    const untold = await listsWithoutTraits(client, request.runId)
    if (untold.length > 0) throw new Error(`the traits of list ${untold.join(', ')} are missing: nothing is published`)
    for (const { number } of filled)
      await client.query(`ALTER TABLE ranked_unit ATTACH PARTITION ${partition(number)} FOR VALUES IN (${number})`)
    await client.query('UPDATE ranked_list SET published_at = now() WHERE run_id = $1', [request.runId])
    if (request.putInForce)
      await client.query(
        `INSERT INTO published_list (programme, list_number) SELECT programme, number FROM ranked_list WHERE run_id = $1
       ON CONFLICT (programme) DO UPDATE SET list_number = EXCLUDED.list_number`,
        [request.runId],
      )
    await request.onPublished(client)
    await recordEvent(client, {
      action: 'run.published',
      actor: request.actor,
      entity: request.entity,
      purpose: 'targeting',
      requestId: request.runId,
      outcome: `manifest ${manifestHash}`,
      objects: filled.map(({ programme, rootHash }) => `${programme}:${rootHash}`),
    })
  })
  return manifestHash
}

async function publishedManifest(db: Queryable, runId: string): Promise<string | null> {
  const { rows } = await db.query<{ hash: string | null }>('SELECT manifest_hash AS hash FROM run WHERE id = $1', [runId])
  return rows[0]?.hash ?? null
}

const partition = (number: number): string => `ranked_unit_${number}`

/** Indexes take PostgreSQL longer than rows take us: two lists at a time keep two of its processes busy. */
const LISTS_AT_ONCE = 2

/** In the order of the request; when all is filled, and came through what goes on behind. */
async function fillLists(database: Database, request: PublishRequest): Promise<FilledList[]> {
  const filled: FilledList[] = []
  // The longest first, so that none is left to be filled alone at the end.
  const waiting = [...request.lists.entries()].toSorted(([, a], [, b]) => b.household.length - a.household.length)
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      try {
        filled[next[0]] = await fillList(database, request, next[0])
      } catch (error) {
        waiting.length = 0
        throw error
      }
    }
  }
  const checked = request.behind.checked.catch((error: unknown) => {
    waiting.length = 0
    throw error
  })
  // Nothing still runs when the first failure is thrown.
  const ends = await Promise.allSettled([checked, ...Array.from({ length: LISTS_AT_ONCE }, work)])
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return filled
}

/** Rows, keys, traits and the hash of the list of a place, in a table that no reader looks at yet. */
async function fillList(
  database: Database,
  { runId, nation, governorates, places, behind }: PublishRequest,
  place: number,
): Promise<FilledList> {
  const list = (await behind.named)[place] as ProgrammeList
  const { programme, unit, allocation } = list
  const { selected, waitlisted, leftOut, spent } = allocation.totals
  return database.transaction(async ({ client }) => {
    await client.query('SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0')
    // A million rows are sorted in memory for each index, by one process: the other core has another list.
    await client.query("SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL max_parallel_maintenance_workers = 0")
    const { rows } = await client.query<{ number: number }>(
      "SELECT nextval(pg_get_serial_sequence('ranked_list', 'number'))::int AS number",
    )
    const { number } = rows[0] as { number: number }
    await client.query(`CREATE TABLE ${partition(number)} (LIKE ranked_unit INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
      ALTER TABLE ${partition(number)} ALTER COLUMN list_number SET DEFAULT ${number}, ADD CHECK (list_number = ${number})`)
    const hash = createHash('sha256')
    const codes = { governorates, places }
    const traits = new ListTraits(list, codes)
    const lines = function* (): Generator<Uint8Array> {
      for (const text of listLines(list, nation, codes, traits)) {
        hash.update(text)
        yield text
      }
    }
    await pipeline(Readable.from(lines()), client.query(from(`COPY ${partition(number)} (${UNIT_COLUMNS.join(', ')}) FROM STDIN (FREEZE)`)))
    // The planner is told at once how few units a household has: until then it may go through the list for them.
    await client.query(`ALTER TABLE ${partition(number)} ADD PRIMARY KEY (list_number, position);
      CREATE INDEX ON ${partition(number)} (household_ref);
      CREATE INDEX ON ${partition(number)} (person_ref) WHERE person_ref IS NOT NULL;
      ANALYZE ${partition(number)} (household_ref, person_ref, position)`)
    const rootHash = hash.digest('hex')
    const eligible = await checkedCount(client, number, allocation.totals)
    await client.query(
      `INSERT INTO ranked_list (number, run_id, programme, unit, eligible, selected, waitlisted, left_out, spent, root_hash)
       OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [number, runId, programme, unit, eligible, selected, waitlisted, leftOut, thousandths(spent, list.benefitScale), rootHash],
    )
    await storeTraits(client, number, traits.end())
    return { number, programme, rootHash, eligible }
  })
}

/** INVARIANT: what stands in the table is what the allocation counted. */
async function checkedCount(client: Queryable, number: number, totals: ProgrammeList['allocation']['totals']): Promise<number> {
  const { rows } = await client.query<Record<'selected' | 'waitlisted' | 'leftOut' | 'eligible', number>>(
    `SELECT count(*)::int AS eligible, count(*) FILTER (WHERE status = 'selected')::int AS selected, count(*) FILTER (WHERE status = 'waitlisted')::int AS waitlisted,
       count(*) FILTER (WHERE status = 'left-out')::int AS "leftOut" FROM ${partition(number)}`,
  )
  const [counted] = rows
  if (!counted || counted.selected !== totals.selected || counted.waitlisted !== totals.waitlisted || counted.leftOut !== totals.leftOut)
    throw new Error(`the table of list ${number} does not hold what was allocated`)
  return counted.eligible
}

/** Removes what an interrupted publication of this run left behind. */
export async function dropUnpublished(database: Database, runId: string): Promise<void> {
  await database.transaction(async ({ client }) => {
    // Whoever fills a list of the run waits, or is done: none comes in between, whose traits would keep it from being deleted.
    await client.query('SELECT FROM run WHERE id = $1 FOR UPDATE', [runId])
    await dropTraits(client, runId)
    const { rows } = await client.query<{ number: number }>(
      'DELETE FROM ranked_list WHERE run_id = $1 AND published_at IS NULL RETURNING number',
      [runId],
    )
    for (const { number } of rows) await client.query(`DROP TABLE IF EXISTS ${partition(number)}`)
  })
}
