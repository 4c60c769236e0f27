/** Lines that are read as bytes against the same lines read as text: quotes around every field, which mean nothing, send a line to the reader of text. */
import fc from 'fast-check'
import t from 'tap'
import type { RegistryColumn } from '../../../src/warehouse/registry-definition.ts'
import { CopyText } from '../../../src/warehouse/loads/copy-text.ts'
import { plainLines } from '../../../src/warehouse/loads/plain-lines.ts'
import { checkedRows } from '../../../src/warehouse/loads/read-rows.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { smallRegistry } from '../small-registry.ts'

const label = { en: 'x', ar: 'س' }
const columns: readonly RegistryColumn[] = [
  ...smallRegistry().columns,
  { name: 'balance', type: 'decimal', scale: 2, unit: 'JOD', label, min: -1000.5, max: 1e12 },
  { name: 'place', type: 'category', codes: { ab: label, cb: label, عمان: label, abc: label }, label },
]
const registry = smallRegistry({ columns })
const names = ['national_number', ...columns.map(({ name }) => name)]

function read(text: string) {
  const { push, end } = checkedRows(registry, 'csv')
  const batches = [push(Buffer.from(text)), end()]
  return {
    copy: Buffer.concat(batches.map(({ copy }) => copy)).toString(),
    rejected: batches.flatMap(({ rejected }) => rejected.map(({ line, reasons, number }) => ({ line, reasons, number }))),
    received: batches.reduce((sum, { received }) => sum + received, 0),
  }
}
const lineOf = (fields: readonly string[]): string => `${fields.join(',')}\n`
const quotedLineOf = (fields: readonly string[]): string => lineOf(fields.map((field) => `"${field}"`))

const person = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[0-9]{10}$/) },
  fc.constantFrom('', '123', '12345678901', '١٢٣٤٥٦٧٨٩٠', 'x123456789'),
)
const decimal = fc.oneof(
  fc.stringMatching(/^-?(0|[1-9][0-9]{0,4})(\.[0-9]{1,4})?$/),
  fc.stringMatching(/^[-+.0-9e]{1,18}$/),
  fc.constantFrom(
    '0',
    '-0',
    '-0.00',
    '007',
    '1.',
    '.5',
    '-',
    '100',
    '101',
    '-1000.5',
    '-1000.51',
    '1e3',
    '999999999999999',
    '9007199254740993',
    '1.50000',
    ' 1',
    '1,',
    '12345678901234.5',
  ),
)
const date = fc.oneof(
  fc.stringMatching(/^(18|19|20|22)[0-9]{2}-(0[0-9]|1[0-3])-[0-3][0-9]$/),
  fc.constantFrom(
    '2024-02-29',
    '2026-02-29',
    '2026-02-30',
    '1849-12-31',
    '1850-01-01',
    '2200-12-31',
    '2201-01-01',
    '2026-1-01',
    '2026-04-31',
    '2026-00-10',
    '2026-05-00',
    '2026/05/01',
    '٢٠٢٦-٠١-٠١',
  ),
)
const text = fc.oneof(
  fc.string({ maxLength: 8, unit: 'grapheme' }),
  fc.constantFrom('x', 'منشأة', 'a\\b', 'a\tb', 'a\u007fb', '\ufffd', 'a\0', '\r', 'x'.repeat(500), 'x'.repeat(501), 'é'.repeat(260), '=1'),
)
const code = fc.constantFrom('a', 'b', 'c', 'ab', 'cb', 'abc', 'عمان', 'عما', 'A', ' a')
const boolean = fc.constantFrom('true', 'false', 'TRUE', '1', 'falsy')
const byType = { integer: decimal, decimal, boolean, date, category: code, person, text } as const

/** Values that are mostly good, so that whole lines are. */
const goodOf = ({ type, scale = 0, codes }: RegistryColumn): fc.Arbitrary<string> => {
  if (type === 'integer' || type === 'decimal') return fc.stringMatching(scale === 0 ? /^[1-9]?[0-9]$/ : /^[1-9]?[0-9](\.[0-9]{1,2})?$/)
  if (type === 'date') return fc.stringMatching(/^20[0-9]{2}-0[1-9]-[0-2][0-9]$/)
  if (type === 'person') return fc.stringMatching(/^[0-9]{10}$/)
  return type === 'boolean' ? fc.constantFrom('true', 'false') : type === 'category' ? fc.constantFrom(...Object.keys(codes ?? {})) : text
}
const row = fc
  .tuple(
    person,
    ...columns.map((column) =>
      fc.oneof(
        { weight: 20, arbitrary: goodOf(column) },
        { weight: 1, arbitrary: byType[column.type] as fc.Arbitrary<string> },
        { weight: 2, arbitrary: fc.constant('') },
      ),
    ),
  )
  .map((fields) => fields.map((field) => field.replaceAll(/[",\n\r]/g, '')))

t.test('property: a line read as bytes is what the same line read as text is', async (t) => {
  const property = fc.property(
    fc.array(row, { minLength: 1, maxLength: 8 }),
    fc.integer({ min: 4, max: names.length }),
    fc.boolean(),
    (rows, width, turned) => {
      // Required columns stand first; the other way round, every column is out of its place.
      const order = Array.from({ length: width }, (_, index) => index)
      if (turned) order.reverse()
      const pick = (fields: readonly string[]): string[] => order.map((index) => fields[index] as string)
      const header = lineOf(pick(names))
      t.strictSame(
        read(header + rows.map((fields) => lineOf(pick(fields))).join('')),
        read(header + rows.map((fields) => quotedLineOf(pick(fields))).join('')),
      )
    },
  )
  fc.assert(property, propertyRuns(400, 502))
})

t.test('good lines are read as bytes, and whatever is odd is not', (t) => {
  const out = new CopyText()
  let counted = 0
  const header = { width: names.length, number: 0, columns: columns.map((_, index) => index + 1) }
  const lines = plainLines(registry, header, out, () => void counted++)
  const take = (line: string): boolean => {
    lines.begin(Buffer.from(line))
    return lines.take(0, 123_456) >= 0
  }
  t.ok(take('0000000001,منشأة,a,12.5,7,2026-01-31,true,0000000002,-3,ab\n') === false, 'a month has not always so many days')
  t.ok(take('0000000001,منشأة,a,12.5,7,2026-01-30,true,0000000002,-3,عمان\r\n'))
  t.ok(take('0000000001,x,a,,,,,,,\n'))
  t.equal(
    Buffer.from(out.take()).toString(),
    '123456\t0000000001\tمنشأة\ta\t12.500\t7\t2026-01-30\ttrue\t0000000002\t-3.00\tعمان\n123456\t0000000001\tx\ta' +
      '\t\\N'.repeat(7) +
      '\n',
  )
  for (const odd of [
    '\n',
    ',,,,,,,,,\n',
    '0000000001,x,a\n',
    '0000000001,,a,,,,,,,\n',
    '0000000001,x,a,,,,,,,,\n',
    '0000000001,x\\,a,,,,,,,\n',
    '0000000001,"x",a,,,,,,,\n',
  ])
    t.notOk(take(odd), JSON.stringify(odd))
  t.same([counted, out.take().length], [2, 0])
  t.end()
})
