/** Threads that are shared: whose turn is next, and tasks that are made when a thread takes them. */
import t from 'tap'
import { openPool } from '../../src/jobs/worker-pool.ts'

interface Wait {
  readonly kind: 'wait'
  readonly name: string
  readonly ms: number
}

const open = (signal: AbortSignal) =>
  openPool<Wait, { readonly wait: string }, never>(
    { script: new URL('./support/waiting-thread', import.meta.url), count: 1, start: null },
    signal,
  )

t.test('who is next comes before those that wait already, task after task', async (t) => {
  const pool = await open(new AbortController().signal)
  t.teardown(() => pool.close())
  const order: string[] = []
  const asked = (names: readonly string[], turn?: 'next') =>
    pool.perform(
      names.map((name) => ({ kind: 'wait' as const, name, ms: 20 })),
      (_, answer) => void order.push(answer),
      turn,
    )
  const all = [asked(['a1', 'a2']), asked(['b1', 'b2']), asked(['c1', 'c2', 'c3'], 'next')]
  t.same(await Promise.all(all), [
    ['a1', 'a2'],
    ['b1', 'b2'],
    ['c1', 'c2', 'c3'],
  ])
  t.same(order, ['a1', 'c1', 'c2', 'c3', 'b1', 'a2', 'b2'])
})

t.test('a task is made when a thread takes it, and what stops its making stops those that follow', async (t) => {
  const pool = await open(new AbortController().signal)
  t.teardown(() => pool.close())
  let known = 'not yet'
  const task = () => ({ kind: 'wait' as const, name: known, ms: 0 })
  const answers = await pool.perform([task, task], () => void (known = 'by now'))
  t.same(answers, ['not yet', 'by now'])
  let made = 0
  const failing = (): Wait => {
    made++
    throw new Error('cannot be made')
  }
  await t.rejects(pool.perform([failing, failing]), /cannot be made/)
  t.equal(made, 1)
  t.same(await pool.perform([task]), ['by now'], 'the thread is free again')
})
