/** Those who decide at once: few rounds here, five hundred in test:long. */
import t from 'tap'
import { testDatabase } from '../../support/database.ts'
import { raceCheckers, raceEdits } from './races.ts'

const ROUNDS = 8

t.test('exactly one of twenty checkers, never the author', async (t) => {
  const database = await testDatabase(t)
  const { winners, selfApprovals, refusals, wrongHashes } = await raceCheckers(database, ROUNDS)
  t.same({ winners, selfApprovals, wrongHashes }, { winners: ROUNDS, selfApprovals: 0, wrongHashes: 0 })
  t.same(refusals, { 'approver-is-author': ROUNDS, 'change-set-decided': 18 * ROUNDS })
})

t.test('approve, reject and edit: one of them', async (t) => {
  const database = await testDatabase(t)
  const { winners, wrongHashes, refusals } = await raceEdits(database, ROUNDS)
  t.same({ winners, wrongHashes }, { winners: ROUNDS, wrongHashes: 0 })
  t.same(
    Object.keys(refusals).filter((code) => !['change-set-decided', 'draft-not-found', 'draft-changed'].includes(code)),
    [],
  )
})
