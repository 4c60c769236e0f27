/** The long differential: at least a million pairs of a random rule and random facts, judged in every way. */
import { testDatabase } from '../support/database.ts'
import { SEED, tellCount } from '../support/property-runs.ts'
import { compareAll, newTally, sampleConditions, sampleRows } from '../language/differential.ts'
import type { Tally } from '../language/differential.ts'
import { duckdbJudge, postgresJudge } from '../language/fact-tables.ts'

const ROWS = 250
const CONDITIONS_PER_ROUND = 400

/** Compares `pairs` pairs or more, in rounds of fresh rows and rules from `seed` on. */
export async function longDifferential(pairs: number, seed: number, tell: (line: string) => void): Promise<Tally> {
  const endings: (() => unknown)[] = []
  const database = await testDatabase({ teardown: (end: () => unknown) => void endings.push(end) } as never, { empty: true })
  const tally = newTally()
  try {
    for (let round = 0; tally.pairs < pairs && tally.differences.length === 0; round++) {
      const rows = sampleRows(seed + 10 * round, ROWS)
      const native = await duckdbJudge(rows, false)
      const scaled = await duckdbJudge(rows, true)
      const judges = {
        postgresql: await postgresJudge((text) => database.pool.query(text), rows, round % 2 === 1),
        duckdb: native,
        duckdbScaled: scaled,
      }
      for (const json of sampleConditions(seed + 10 * round + 5, CONDITIONS_PER_ROUND)) await compareAll(json, rows, judges, tally)
      native.close()
      scaled.close()
      tell(
        `${tally.pairs} pairs: false ${tally.truths[0]}, unknown ${tally.truths[1]}, true ${tally.truths[2]} (${tally.completePairs} complete), ${tally.differences.length} differences`,
      )
    }
  } finally {
    for (const end of endings) await end()
  }
  return tally
}

if (process.argv[1]?.endsWith('differential.ts')) {
  const [pairs = '1000000', seed = process.env[SEED] ?? '1'] = process.argv.slice(2)
  const began = Date.now()
  const tally = await longDifferential(Number(pairs), Number(seed), (line) => console.log(line))
  const [no, unknown, yes] = tally.truths
  console.log(
    `${tally.pairs} pairs (false ${no}, unknown ${unknown}, true ${yes}; ${tally.completePairs} also by json-rules-engine as it is)`,
  )
  tellCount(tally.pairs, 'pairs', Number(seed))
  console.log(`${tally.differences.length} differences in ${Math.round((Date.now() - began) / 1000)} s, seed ${seed}`)
  for (const difference of tally.differences.slice(0, 5)) console.log(difference)
  process.exitCode = tally.differences.length === 0 ? 0 : 1
}
