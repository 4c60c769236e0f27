/** Property: the place of any score told from a stored ranking is the one that counting gives, and for those of the run the one that the run gave them. */
import t from 'tap'
import { newId } from '../../../src/kernel/new-id.ts'
import type { VersionRef } from '../../../src/programmes/version.ts'
import type { ScoreDirection } from '../../../src/targeting/order-rows.ts'
import { rank } from '../../../src/targeting/rank.ts'
import { placeInLatestRun, publishRankings, storedRankings } from '../../../src/targeting/rankings/ranking-store.ts'
import { poornessOf, rankingInManifest, type RunRanking } from '../../../src/targeting/rankings/run-ranking.ts'
import { storeRun } from '../../../src/targeting/run/run-store.ts'
import { seeded } from '../../bench/support/random-household.ts'
import { testDatabase } from '../../support/database.ts'
import { propertyRuns, tellCount } from '../../support/property-runs.ts'

const database = await testDatabase(t)
const { pool } = database
const formula = (digit: string): VersionRef =>
  ({ kind: 'formula', id: `formula-${digit}`, version: 1, hash: digit.repeat(64) }) as VersionRef

async function published(rankings: readonly RunRanking[], asOf = '2026-11-01'): Promise<string> {
  const id = newId()
  await storeRun(pool, { id, actor: 'test', entity: 'NAF', asOf, cycle: 'autumn', request: '{}' })
  await database.transaction(({ client }) => publishRankings(client, id, rankings))
  return id
}
const ranking = (digit: string, scores: readonly number[], direction: ScoreDirection): RunRanking => ({
  formula: formula(digit),
  scores: Float64Array.from(scores, (score) => poornessOf(score, direction)).sort(),
})

t.test('every score of a run, scores between, and scores beyond both ends, in both directions, with ties across blocks', async (t) => {
  const { numRuns, seed } = propertyRuns(600, 31)
  const random = seeded(seed)
  let asked = 0
  for (const direction of ['lowerIsPoorer', 'higherIsPoorer'] as const)
    for (const [size, spread] of [
      [1, 10],
      [7, 4],
      [1_024, 2_000_000],
      [1_025, 3],
      [5_000, 900],
      [3_000, 2 ** 52],
    ] as const) {
      const scores = Array.from({ length: size }, () => Math.floor((random() - 0.5) * spread))
      const run = await published([ranking('a', scores, direction)])
      const all = Float64Array.from(scores)
      const { nation } = rank({ score: all, direction, persons: new Uint8Array(size).fill(1), area: new Uint8Array(size) })
      for (let time = 0; time < numRuns / 12; time++) {
        const row = Math.floor(random() * size)
        const own = scores[row] as number
        const score = time % 2 === 0 ? own : Math.floor((random() - 0.5) * spread * 1.2)
        const place = await placeInLatestRun(pool, { formula: formula('a').hash, direction, score })
        const poorer = scores.filter((one) => (direction === 'lowerIsPoorer' ? one < score : one > score)).length
        const percentile = Math.min(100, Math.ceil((100 * (poorer + 1)) / size))
        t.match(place, { rank: poorer + 1, percentile, run: { id: run, asOf: '2026-11-01', isProvisional: true } }, `${score} of ${size}`)
        if (score === own) t.same([place?.rank, place?.percentile], [nation.rank[row], nation.percentile[row]])
        asked++
      }
    }
  tellCount(asked, 'places told from the database and by counting', seed)
})

t.test('of the latest run only, and only by the version that it ranked by', async (t) => {
  const ask = (digit: string) => placeInLatestRun(pool, { formula: formula(digit).hash, direction: 'lowerIsPoorer', score: 5 })
  await published([ranking('a', [1, 2], 'lowerIsPoorer'), ranking('b', [1], 'lowerIsPoorer')])
  t.match(await ask('a'), { rank: 3, percentile: 100 })
  t.match(await ask('b'), { rank: 2, percentile: 100 })
  t.equal(await ask('c'), null)
  const later = await published([ranking('b', [6], 'lowerIsPoorer')], '2026-12-01')
  t.equal(await ask('a'), null, 'the latest run did not rank by it')
  t.match(await ask('b'), { rank: 1, percentile: 100, run: { id: later, asOf: '2026-12-01' } })
  await published([])
  t.equal(await ask('b'), null)
})

t.test('a ranking never changes, and its bytes can be hashed again', async (t) => {
  const one = ranking(
    'd',
    Array.from({ length: 2_500 }, (_, n) => n % 7),
    'lowerIsPoorer',
  )
  const run = await published([one])
  const { rootHash, households } = rankingInManifest(one)
  t.same(await storedRankings(database, run), [{ formulaHash: formula('d').hash, households, rootHash, blocksHash: rootHash }])
  for (const statement of [
    'update ranking_block set before = 0',
    'delete from ranking_block',
    'update run_ranking set households = 1',
    'delete from run_ranking',
  ])
    await t.rejects(pool.query(statement), { code: '23001' })
})
