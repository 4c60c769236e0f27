/** The tables of strong Kleene logic, which everything else is built on. */
import t from 'tap'
import { FALSE, TRUE, UNKNOWN, not, toBoolean, truthName, truthOf } from '../../src/kernel/truth.ts'
import type { Truth } from '../../src/kernel/truth.ts'

const truths: readonly Truth[] = [FALSE, UNKNOWN, TRUE]

t.test('false < unknown < true, so that all is the least and any the greatest', async (t) => {
  t.same(truths, [0, 1, 2])
  const and = truths.map((a) => truths.map((b) => Math.min(a, b)))
  const or = truths.map((a) => truths.map((b) => Math.max(a, b)))
  t.same(and, [
    [FALSE, FALSE, FALSE],
    [FALSE, UNKNOWN, UNKNOWN],
    [FALSE, UNKNOWN, TRUE],
  ])
  t.same(or, [
    [FALSE, UNKNOWN, TRUE],
    [UNKNOWN, UNKNOWN, TRUE],
    [TRUE, TRUE, TRUE],
  ])
})

t.test('not turns false and true round and leaves unknown unknown', async (t) => {
  t.same(truths.map(not), [TRUE, UNKNOWN, FALSE])
})

t.test('null and a missing property are unknown, and nothing else is', async (t) => {
  t.same([false, null, undefined, true].map(truthOf), [FALSE, UNKNOWN, UNKNOWN, TRUE])
  t.same(truths.map(toBoolean), [false, null, true])
  t.same(truths.map(truthName), ['false', 'unknown', 'true'])
})
