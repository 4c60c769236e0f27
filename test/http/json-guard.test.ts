import t from 'tap'
import { jsonFault } from '../../src/http/json-guard.ts'

t.test('texts without a fault', async (t) => {
  for (const text of [
    '{}',
    '[]',
    '"a"',
    '{"a":{"a":1},"b":[{"a":1},{"a":2}]}',
    '{"a":"{\\"a\\":1,[["}',
    '{"a":1,',
    '{"a" : "\\\\", "b" : "\\""}',
    '',
  ]) {
    t.equal(jsonFault(text, 4), null, text)
  }
})

t.test('depth', async (t) => {
  t.equal(jsonFault('['.repeat(4), 4), null)
  t.same(jsonFault('['.repeat(5), 4), { code: 'json-too-deep', pointer: '/0/0/0/0' })
  t.same(jsonFault('{"a":{"b":[[1]]}}', 3), { code: 'json-too-deep', pointer: '/a/b/0' })
  t.equal(jsonFault('['.repeat(20_000), 64)?.code, 'json-too-deep')
})

t.test('a key twice, also when it is spelt otherwise', async (t) => {
  t.same(jsonFault('{"a":1,"a":2}', 4), { code: 'json-duplicate-key', pointer: '/a' })
  t.same(jsonFault('{"x":[0,{"a/b":1,"a\\u002fb":2}]}', 4), { code: 'json-duplicate-key', pointer: '/x/1/a~1b' })
})

t.test('keys that alter objects', async (t) => {
  t.same(jsonFault('{"x":{"__proto__":{}}}', 4), { code: 'json-key-forbidden', pointer: '/x/__proto__' })
  t.same(jsonFault('{"\\u005f_proto__":1}', 4)?.code, 'json-key-forbidden')
})
