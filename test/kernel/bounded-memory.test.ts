/** What is remembered by key, and what is worked out again. */
import t from 'tap'
import { BoundedMemory } from '../../src/kernel/bounded-memory.ts'

t.test('keeps what was used last, and only what is to be kept', async (t) => {
  const memory = new BoundedMemory<string>(2)
  const made: string[] = []
  const get = (key: string): string => memory.of(key, () => (made.push(key), `${key}!`))
  t.same([get('a'), get('b'), get('a'), get('c'), get('a'), get('b')], ['a!', 'b!', 'a!', 'c!', 'a!', 'b!'])
  t.same(made, ['a', 'b', 'c', 'b'], 'b was used least recently when c came')
  const refused = new BoundedMemory<number>(2)
  let times = 0
  const never = (): number =>
    refused.of(
      'x',
      () => ++times,
      () => false,
    )
  t.same([never(), never()], [1, 2])
})
