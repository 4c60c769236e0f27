/** What is made of an object is made once, whatever it is. */
import t from 'tap'
import { keptWith } from '../../src/kernel/kept-with.ts'

t.test('once for each object, also where it comes to nothing', async (t) => {
  let made = 0
  const of = keptWith(({ name }: { readonly name: string }) => {
    made++
    return name === '' ? undefined : name
  })
  const [named, nameless] = [{ name: 'a' }, { name: '' }]
  t.same([of(named), of(named), of(nameless), of(nameless), of({ name: 'a' })], ['a', 'a', undefined, undefined, 'a'])
  t.equal(made, 3)
})
