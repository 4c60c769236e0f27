/** The only SQL on rankings of runs: they are stored with the publication, and the place of a score is told by the latest. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from, to } from 'pg-copy-streams'
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import type { FormulaStanding } from '../../households/assembled.ts'
import type { ScoreDirection } from '../order-rows.ts'
import { percentileOf } from '../rank.ts'
import { poornessOf, rankingInManifest, rankingLines, type RunRanking } from './run-ranking.ts'

/** Inside the transaction that publishes the run: its rankings, and no other, are those in force from then on. */
export async function publishRankings(client: Queryable, runId: string, rankings: readonly RunRanking[]): Promise<void> {
  await client.query('DELETE FROM published_ranking')
  for (const ranking of rankings) {
    const { formula, households, rootHash } = rankingInManifest(ranking)
    const { rows } = await client.query<{ number: number }>(
      'INSERT INTO run_ranking (run_id, formula_hash, households, root_hash) VALUES ($1, $2, $3, $4) RETURNING number',
      [runId, formula.hash, households, rootHash],
    )
    const { number } = rows[0] as { number: number }
    const lines = function* (): Generator<string> {
      for (const line of rankingLines(ranking)) yield `${number}\t${line}`
    }
    await pipeline(Readable.from(lines()), client.query(from('COPY ranking_block (ranking, poorest, before, scores) FROM STDIN')))
    await client.query('INSERT INTO published_ranking (formula_hash, ranking) VALUES ($1, $2)', [formula.hash, number])
  }
}

export interface AskedPlace {
  /** Hash of the formula's version. */
  readonly formula: string
  readonly direction: ScoreDirection
  /** Whole micro-points. */
  readonly score: number
}

/**
 * Where a score would stand in the run that was published last over the whole country: behind all that are strictly poorer. Null where
 * that run did not rank by this version of the formula, or there is none.
 */
export async function placeInLatestRun(db: Queryable, { formula, direction, score }: AskedPlace): Promise<FormulaStanding | null> {
  const { rows } = await db.query<{ run: string; asOf: string; households: number; poorer: number }>({
    name: 'place-in-latest-run',
    text: `SELECT r.run_id AS run, run.as_of AS "asOf", r.households, coalesce((
             SELECT b.before + width_bucket($2::bigint - 1, b.scores) FROM ranking_block b
             WHERE b.ranking = r.number AND b.poorest < $2::bigint ORDER BY b.poorest DESC, b.before DESC LIMIT 1), 0) AS poorer
           FROM published_ranking p JOIN run_ranking r ON r.number = p.ranking JOIN run ON run.id = r.run_id WHERE p.formula_hash = $1`,
    values: [formula, poornessOf(score, direction)],
  })
  const [found] = rows
  if (!found) return null
  const { run, asOf, households, poorer } = found
  const rank = poorer + 1
  return { formula, rank, percentile: percentileOf(rank, households), run: { id: run, asOf, isProvisional: true } }
}

/** A ranking as the database holds it: what is said of it, and what its blocks come to. */
export interface StoredRanking {
  readonly formulaHash: string
  readonly households: number
  readonly rootHash: string
  readonly blocksHash: string
}

export async function storedRankings(database: Database, runId: string): Promise<StoredRanking[]> {
  const { rows } = await database.pool.query<Omit<StoredRanking, 'blocksHash'> & { readonly number: number }>(
    'SELECT number, formula_hash AS "formulaHash", households, root_hash AS "rootHash" FROM run_ranking WHERE run_id = $1 ORDER BY number',
    [runId],
  )
  const found: StoredRanking[] = []
  for (const { number, ...said } of rows) found.push({ ...said, blocksHash: await hashOfBlocks(database, number) })
  return found
}

function hashOfBlocks(database: Database, number: number): Promise<string> {
  return database.transaction(async ({ client }) => {
    await client.query('SET LOCAL statement_timeout = 0')
    const hash = createHash('sha256')
    const blocks = `SELECT poorest, before, scores FROM ranking_block WHERE ranking = ${Number(number)} ORDER BY poorest, before`
    for await (const bytes of client.query(to(`COPY (${blocks}) TO STDOUT`))) hash.update(bytes as Buffer)
    return hash.digest('hex')
  })
}
