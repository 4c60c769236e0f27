/** Property: the compiled forms, the interpreter, both databases and json-rules-engine agree on every pair. */
import t from 'tap'
import { testDatabase } from '../../support/database.ts'
import { compareAll, newTally, sampleConditions, sampleRows } from '../differential.ts'
import { duckdbJudge, postgresJudge } from '../fact-tables.ts'

t.test('20,000 pairs of a random rule and random facts mean the same in every form', async (t) => {
  const database = await testDatabase(t, { empty: true })
  const rows = sampleRows(20260801, 100)
  const native = await duckdbJudge(rows, false)
  const scaled = await duckdbJudge(rows, true)
  t.teardown(() => (native.close(), scaled.close()))
  const judges = {
    postgresql: await postgresJudge((text) => database.pool.query(text), rows),
    duckdb: native,
    duckdbScaled: scaled,
  }
  const tally = newTally()
  for (const json of sampleConditions(20260802, 200)) await compareAll(json, rows, judges, tally)
  t.same(tally.differences.slice(0, 3), [])
  t.equal(tally.pairs, 20_000)
  t.ok(
    tally.truths.every((count) => count > 1000),
    `each truth is common: ${tally.truths.join(', ')}`,
  )
  t.ok(tally.completePairs > 4000, `complete pairs for json-rules-engine itself: ${tally.completePairs}`)
})
