/** Policy text is strict JSON, bounded, with every number exact and every key once. */
import fc from 'fast-check'
import t from 'tap'
import { MAX_TEXT_BYTES, parseJsonText, positionOf } from '../../src/language/json-text.ts'
import { propertyRuns } from '../support/property-runs.ts'

const findings = (text: string): string[] => parseJsonText(text).diagnostics.map((d) => `${d.code} ${d.pointer}`)

t.test('strict JSON is read', async (t) => {
  t.same(parseJsonText('{"a": [1, -0.5, "x", null, true], "b": {"a": 12345678901234.5}}').value, {
    a: [1, -0.5, 'x', null, true],
    b: { a: 12345678901234.5 },
  })
})

t.test('each refusal has its code and pointer', async (t) => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['', ['json-syntax ']],
    ['{"a": 1,}', ['json-syntax ']],
    ['{"a": 1} // why', ['json-syntax ']],
    ["{'a': 1}", ['json-syntax ']],
    ['{"a": 1} {"b": 2}', ['json-syntax ']],
    ['{"a": NaN}', ['json-syntax ']],
    ['{"a": 01}', ['json-syntax ']],
    ['{"a": "tab\there"}', ['json-syntax ']],
    ['{"a": 1, "b": {"c": 1, "c": 2}, "a": 3}', ['json-duplicate-key /b/c', 'json-duplicate-key /a']],
    ['{"__proto__": 1, "__proto__": 2}', ['json-duplicate-key /__proto__']],
    ['{"a": 9007199254740993}', ['json-number-precision /a']],
    ['[0.1234567890123456789]', ['json-number-precision /0']],
    ['[1e400, 1e21, 9007199254740991, -9007199254740992]', ['json-number-precision /0', 'json-number-precision /3']],
    ['[1e-4000]', ['json-number-precision /0']],
    ['{"a": "\\u0000"}', ['text-invalid /a']],
    ['{"\\ud800": "\\udc00"}', ['text-invalid /\ud800', 'text-invalid /\ud800']],
    [`"${'x'.repeat(MAX_TEXT_BYTES)}"`, ['json-too-long ']],
    ['['.repeat(65) + ']'.repeat(65), ['json-too-deep ']],
    ['{"a":'.repeat(12_000), ['json-too-deep ']],
  ]
  for (const [text, expected] of table) t.same(findings(text), expected, text.slice(0, 40))
})

t.test('property: whatever JSON.parse refuses is refused with a finding, never with an exception', async (t) => {
  const slips = fc.constantFrom(
    '\ufeff',
    '\u00a0',
    '[1.]',
    '[-]',
    '"\\x"',
    '[1e]',
    '[.5]',
    '[tru]',
    '[0x1]',
    '"\\u12"',
    '{"a":}',
    '+1',
    '[,]',
    '{',
    ']',
    '//',
    '"a\nb"',
    '[1]',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ maxLength: 12 }),
        fc.array(slips, { maxLength: 3 }).map((list) => list.join('')),
        fc.json({ maxDepth: 3 }),
      ),
      (text) => {
        const { diagnostics, value } = parseJsonText(text)
        if (diagnostics.length > 0) return true
        return JSON.stringify(value) === JSON.stringify(JSON.parse(text))
      },
    ),
    propertyRuns(5000, 21),
  )
  t.pass()
})

t.test('bytes are counted, not characters', async (t) => {
  t.same(findings(JSON.stringify('م'.repeat(MAX_TEXT_BYTES / 2))), ['json-too-long '])
})

t.test('brackets inside texts do not count as depth', async (t) => {
  t.same(findings(JSON.stringify('[{\\"'.repeat(100))), [])
})

t.test('a pointer is found in the text, for editors', async (t) => {
  const text = '{\n  "a": [\n    1,\n    {"b/c": 2}\n  ]\n}'
  t.same(positionOf(text, '/a/1/b~1c'), { line: 4, column: 13 })
  t.same(positionOf(text, ''), { line: 1, column: 1 })
  t.equal(positionOf(text, '/a/7'), null)
  t.equal(positionOf('', '/a'), null)
  t.equal(positionOf('['.repeat(100), ''), null)
})
