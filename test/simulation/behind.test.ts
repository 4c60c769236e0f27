/** What stands behind a result is kept beside it: taken apart and put together again nothing is lost, and nothing of it is in what is told exactly. */
import t from 'tap'
import { onlyBehind, withBehind, withoutBehind } from '../../src/simulation/behind.ts'
import { readResult, storedResult, toldResult } from '../../src/simulation/result.ts'
import { madeOutcome } from './support/made-result.ts'
import { withMadeBehind } from './support/made-behind.ts'

const tree = {
  name: 'any',
  none: null,
  list: [{ n: 1 }, { n: 2, behind: { n: 7 } }, null, 'text'],
  deep: { behind: [1, 2], more: { n: 3 } },
  empty: [],
}

t.test('taken apart and put together', async (t) => {
  t.same(withoutBehind(tree), { name: 'any', none: null, list: [{ n: 1 }, { n: 2 }, null, 'text'], deep: { more: { n: 3 } }, empty: [] })
  t.same(onlyBehind(tree), { list: [null, { behind: { n: 7 } }, null, null], deep: { behind: [1, 2] } })
  t.same(withBehind(withoutBehind(tree), onlyBehind(tree)), tree)
  t.same(withBehind(tree.list[0], onlyBehind({ n: 1 })), tree.list[0], 'nothing behind is nothing added')
})

t.test('a stored result is without, comes back with it, and is the same bytes as before there was any', async (t) => {
  const plain = madeOutcome()
  const outcome = withMadeBehind(plain, 1)
  const stored = storedResult(outcome)
  t.equal(stored.result, JSON.stringify(plain))
  t.notMatch(stored.result, /behind/)
  t.same(readResult(stored), outcome)
  t.same(readResult({ ...stored, behind: null }), plain)
})

t.test('who may see a result exactly is told the result, and nothing of what stands behind it', async (t) => {
  const plain = madeOutcome()
  const outcome = withMadeBehind(plain, 1)
  t.same(toldResult(outcome, true), toldResult(plain, true))
  t.notMatch(JSON.stringify([toldResult(outcome, true), toldResult(outcome, false)]), /behind/)
})
