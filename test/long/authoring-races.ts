/** Five hundred rounds of twenty checkers, and of approval against rejection against edit. */
import t from 'tap'
import { raceCheckers, raceEdits } from '../programmes/authoring/races.ts'
import { testDatabase } from '../support/database.ts'

const ROUNDS = 500
t.setTimeout(1_800_000)

t.test('500 rounds, 500 winners, no approval of one’s own', async (t) => {
  const { winners, selfApprovals, wrongHashes } = await raceCheckers(await testDatabase(t), ROUNDS)
  t.same({ winners, selfApprovals, wrongHashes }, { winners: ROUNDS, selfApprovals: 0, wrongHashes: 0 })
})

t.test('500 rounds of approve, reject and edit', async (t) => {
  const { winners, wrongHashes } = await raceEdits(await testDatabase(t), ROUNDS)
  t.same({ winners, wrongHashes }, { winners: ROUNDS, wrongHashes: 0 })
})
