/** Values put at places of a JSON text. */
import t from 'tap'
import { putAt } from '../../src/simulation/json-places.ts'

const text = { a: { b: [10, 20, 30], 'c/d': 1, 'e~f': 2 }, list: [{ n: 1 }, { n: 2 }, { n: 3 }] }

t.test('what is put, added and removed; the text itself stays as it was', async (t) => {
  const before = structuredClone(text)
  const put = (values: Record<string, unknown>): unknown => (putAt(text, values) as { json: unknown }).json
  t.same(put({}), text)
  t.match(put({ '/a/b/1': 21, '/a/new': { x: null } }), { a: { b: [10, 21, 30], new: { x: null } } })
  t.match(put({ '/a/c~1d': 9, '/a/e~0f': 8 }), { a: { 'c/d': 9, 'e~f': 8 } })
  t.same(put({ '/a': null }), { list: text.list })
  t.same((put({ '/list/1/n': null }) as typeof text).list, [{ n: 1 }, {}, { n: 3 }])
  t.same((put({ '': 1 } as never) as unknown) ?? null, null, 'the whole is no place')
  t.same(text, before)
})

t.test('the order in which places are written means nothing', async (t) => {
  const removals = { '/a/b/0': null, '/a/b/2': null }
  t.same(putAt(text, removals), putAt(text, Object.fromEntries(Object.entries(removals).toReversed())))
  t.match(putAt(text, removals), { json: { a: { b: [20] } } })
  const inside = { '/a/new': { x: 1 }, '/a/new/y': 2 }
  t.match(putAt(text, inside), { json: { a: { new: { x: 1, y: 2 } } } })
  t.same(putAt(text, Object.fromEntries(Object.entries(inside).toReversed())), putAt(text, inside))
  t.same(inside, { '/a/new': { x: 1 }, '/a/new/y': 2 }, 'a value that was sent is not written into')
  const many = { rows: Array.from({ length: 12 }, (_, n) => n) }
  t.same(putAt(many, { '/rows/9': null, '/rows/10': null, '/rows/2': null }), { json: { rows: [0, 1, 3, 4, 5, 6, 7, 8, 11] } })
  t.match(putAt(text, { '/list/2/n': 9, '/list/0': null }), { json: { list: [{ n: 2 }, { n: 9 }] } })
})

t.test('places that lead nowhere', async (t) => {
  for (const pointer of [
    '',
    'a',
    '/x/y',
    '/a/b/3',
    '/a/b/01',
    '/a/b/-',
    '/a/b/-1',
    '/a/b/1e1',
    '/a/b/length',
    '/a/b/0/x',
    '/a/c~1d/x',
    '/__proto__/polluted',
    '/__proto__',
    '/constructor',
    '/constructor/prototype/polluted',
    '/a/prototype',
    '/a/toString/x',
    '/list/0/__proto__',
  ])
    t.same(putAt(text, { [pointer]: 1 }), { missing: pointer }, pointer)
  t.same(putAt(text, { '/absent': null }), { missing: '/absent' }, 'what is not there cannot be removed')
  for (const root of [null, 7, 'text']) t.same(putAt(root, { '/a': 1 }), { missing: '/a' })
  t.equal(({} as Record<string, unknown>)['polluted'], undefined)
})
