/** RFC 8785: its own samples (sections 3.2.2 and 3.2.3, appendix B), and hashes that the order of keys does not move. */
import fc from 'fast-check'
import t from 'tap'
import { canonicalJson, contentHash, sha256 } from '../../src/kernel/canonical.ts'
import { propertyRuns } from '../support/property-runs.ts'

t.test('section 3.2.2: literals, numbers and strings', async (t) => {
  const text = String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`
  t.equal(
    canonicalJson(JSON.parse(text)),
    String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  )
})

t.test('section 3.2.3: keys in the order of their UTF-16 code units', async (t) => {
  const text = String.raw`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
    "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`
  const values = [...canonicalJson(JSON.parse(text)).matchAll(/:"([^"]+)"/g)].map(([, value]) => value)
  t.same(values, [
    'Carriage Return',
    'One',
    'Control',
    'Latin Small Letter O With Diaeresis',
    'Euro Sign',
    'Emoji: Grinning Face',
    'Hebrew Letter Dalet With Dagesh',
  ])
})

t.test('appendix B: numbers by their bits', async (t) => {
  const samples = [
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ] as const
  for (const [bits, text] of samples) t.equal(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE()), text, bits)
  for (const bits of ['7fffffffffffffff', '7ff0000000000000']) t.throws(() => canonicalJson(Buffer.from(bits, 'hex').readDoubleBE()), bits)
})

t.test('what is not JSON has no canonical form', async (t) => {
  t.throws(() => canonicalJson(undefined), TypeError)
  t.throws(() => canonicalJson(() => 1), TypeError)
  t.throws(() => canonicalJson(1n), TypeError)
})

t.test('hashes', async (t) => {
  t.equal(sha256('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  t.equal(sha256(new TextEncoder().encode('ميزان')), sha256('ميزان'), 'a text is hashed as UTF-8')
  t.equal(contentHash({ b: 1, a: [2.0, 'x'] }), sha256('{"a":[2,"x"],"b":1}'))
  t.not(contentHash([1, 2]), contentHash([2, 1]), 'the order of a list counts')
})

t.test('the order of keys never counts, and the canonical text reads as the same value', async () => {
  const turned = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(turned)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .toReversed()
              .map(([key, one]) => [key, turned(one)]),
          )
        : value
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value)
      return contentHash(turned(value)) === sha256(text) && canonicalJson(JSON.parse(text)) === text
    }),
    propertyRuns(1000, 95),
  )
})
