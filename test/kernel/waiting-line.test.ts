/** Work in turns: never more at once than may be, in the order of asking, refused beyond the line, also after work that failed. */
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { waitingLine } from '../../src/kernel/waiting-line.ts'

t.test('two at once, three wait, the sixth is refused', async (t) => {
  const line = waitingLine({ atOnce: 2, waitingMax: 3, retryAfterSeconds: 2 })
  const begun: number[] = []
  const ends: (() => void)[] = []
  const ask = (number: number): Promise<number> =>
    line(async () => {
      begun.push(number)
      await new Promise<void>((resolve) => ends.push(resolve))
      if (number === 1) throw new Error('failed')
      return number
    })
  const asked = [0, 1, 2, 3, 4].map(ask)
  const settled = Promise.allSettled(asked)
  await t.rejects(ask(5), { code: 'service-overloaded', parts: { retryAfterSeconds: 2 } })
  t.same(begun, [0, 1])
  ends[1]?.()
  await setImmediate()
  t.same(begun, [0, 1, 2], 'one ended, though badly: the next begins')
  const late = ask(6)
  await setImmediate()
  t.same(begun, [0, 1, 2], 'who comes later waits behind the others')
  for (let ended = 0; ended < ends.length; ended++) {
    ends[ended]?.()
    await setImmediate()
  }
  t.same(begun, [0, 1, 2, 3, 4, 6])
  t.same(
    (await settled).map((one) => (one.status === 'fulfilled' ? one.value : 'failed')),
    [0, 'failed', 2, 3, 4],
  )
  t.equal(await late, 6)
  const again = [7, 8].map(ask)
  t.same(begun.slice(-2), [7, 8], 'all places are free again')
  ends.slice(-2).forEach((end) => end())
  await Promise.all(again)
})
