/** The readers of deliveries over hostile bytes: every row is taken or told with its line and reason, whatever the pieces in which it comes. */
import fc from 'fast-check'
import t from 'tap'
import { checkedRows, type TextFormat } from '../../../src/warehouse/loads/read-rows.ts'
import { LINE_BYTES_MAX } from '../../../src/warehouse/loads/text-blocks.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { smallRegistry } from '../small-registry.ts'

const registry = smallRegistry()
const HEADER = 'national_number,item_no,kind,amount\n'

function read(format: TextFormat, bytes: Uint8Array, cuts: readonly number[] = []) {
  const { push, end } = checkedRows(registry, format)
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  const batches = [...edges.slice(1).map((edge, index) => push(bytes.subarray(edges[index], edge))), end()]
  return {
    copy: Buffer.concat(batches.map(({ copy }) => copy)).toString(),
    received: batches.reduce((sum, { received }) => sum + received, 0),
    rejected: batches.flatMap(({ rejected }) => rejected),
  }
}
const csv = (text: string | Uint8Array) => read('csv', Buffer.concat([Buffer.from(HEADER), Buffer.from(text as string)]))
const reasons = ({ rejected }: ReturnType<typeof csv>) => rejected.map(({ line, reasons: found }) => [line, ...found])

t.test('CSV as people and programs write it', (t) => {
  const { copy, rejected } = csv('0000000001,a,a,12.5\r\n\r\n"0000000002","a ""b"", c\nd",b,\n0000000003,"",a,1')
  t.equal(copy, '2\t0000000001\ta\ta\t12.500\t\\N\t\\N\t\\N\t\\N\n4\t0000000002\ta "b", c\\nd\tb\t\\N\t\\N\t\\N\t\\N\t\\N\n')
  t.match(rejected, [{ line: 6, reasons: ['item_no: value-missing'], number: '0000000003', content: '0000000003,"",a,1' }])
  t.match(csv('0000000001,"x\\ty\tz",a,\n').copy, 'x\\\\ty\\tz', 'what means something to COPY is escaped')
  t.end()
})

t.test('a broken row is told with its line and costs no other row', (t) => {
  const good = (n: number) => `000000000${n},x,a,1\n`
  const bad = csv(
    Buffer.concat([
      Buffer.from(
        `٠٠٠٠٠٠٠٠٠١,x,a,1\n${good(1)}0000000002,x,a,١٢\n${good(2)}0000000003,x,a\n0000000004,x,a,1,2\n0000000005,x"y,a,1\n"0000000006"7,x,a,1\n`,
      ),
      Buffer.from('0000000007,'),
      Buffer.from([0xc7, 0xe1]),
      Buffer.from(`,a,1\n${good(3)}0000000008,n\0l,a,1\n`),
    ]),
  )
  t.same(reasons(bad), [
    [2, 'national_number: national-id-malformed'],
    [4, 'amount: decimal-malformed'],
    [6, 'row-fields'],
    [7, 'row-fields'],
    [8, 'quote-misplaced'],
    [9, 'quote-misplaced'],
    [10, 'text-not-unicode'],
    [12, 'item_no: text-has-nul'],
  ])
  t.equal(bad.copy.split('\n').length - 1, 3)
  t.ok(bad.rejected.every(({ content }) => !content.includes('\0') && content.isWellFormed()))
  t.end()
})

t.test('a quote that nothing closes costs its own line, however long the delivery goes on', (t) => {
  const good = (n: number) => `${String(n).padStart(10, '0')},x,a,1\n`
  const many = Array.from({ length: 40_000 }, (_, index) => good(index)).join('')
  const open = csv(`0000000001,"x,a,1\n${many}`)
  t.same(reasons(open), [[2, 'quote-misplaced']])
  t.equal(open.received, 40_001)
  t.same(reasons(csv(`${good(1)}0000000001,"x,a,1\n${good(2)}`)), [[3, 'quote-misplaced']], 'at the end too')
  t.end()
})

t.test('lines of any length in little memory', (t) => {
  const { push, end } = checkedRows(registry, 'csv')
  push(Buffer.from(`${HEADER}0000000001,`))
  const piece = Buffer.alloc(1 << 20, 'x')
  const before = process.memoryUsage().rss
  for (let index = 0; index < 1_024; index++) push(piece)
  const grown = process.memoryUsage().rss - before
  t.ok(grown < 100e6, `1 GiB in a line took ${Math.round(grown / 1e6)} MB`)
  const { rejected } = push(Buffer.from('\n0000000002,x,a,1\n'))
  t.same(rejected, [])
  t.match(end(), { received: 0 })
  t.same(reasons(csv(`${'x'.repeat(LINE_BYTES_MAX + 1)}\n0000000002,x,a,1\n`)).slice(0, 1), [[2, 'row-too-long']])
  t.end()
})

t.test('encodings: a byte order mark is no data, UTF-16 is refused as a whole', (t) => {
  const rows = `${HEADER}0000000001,x,a,1\n`
  t.match(read('csv', Buffer.from(`\ufeff${rows}`), [1, 2]), { received: 1, rejected: [] })
  t.throws(() => read('csv', Buffer.from(`\ufeff${rows}`, 'utf16le')), { code: 'load-encoding' })
  t.match(read('ndjson', Buffer.from('\ufeff{"national_number":"0000000001","item_no":"x","kind":"a"}')), { received: 1, rejected: [] })
  t.end()
})

t.test('a header that does not fit is an error of the delivery', (t) => {
  for (const header of [
    '',
    'national_number,item_no,kind,wage',
    'national_number,item_no,kind,kind',
    'item_no,kind',
    'national_number,kind',
    '"a"b\n',
  ])
    t.throws(() => read('csv', Buffer.from(`${header}\n`)), { code: 'load-header' }, header)
  t.doesNotThrow(() => read('csv', Buffer.from('kind , item_no,national_number')))
  t.end()
})

t.test('JSON lines', (t) => {
  const text =
    '{"national_number":"0000000001","item_no":"x","kind":"a","amount":1.5}\n\n[1]\nnull\n{"national_number":"0000000002"\n{"national_number":1,"item_no":"x","kind":"a"}\r\n'
  t.same(reasons(read('ndjson', Buffer.from(text))), [
    [3, 'row-not-an-object'],
    [4, 'row-not-an-object'],
    [5, 'json-malformed'],
    [6, 'national_number: national-id-malformed'],
  ])
  t.end()
})

t.test('property: the pieces in which bytes come change nothing', async (t) => {
  const field = fc.oneof(
    fc.constantFrom('0000000001', 'a', 'b', '', '"', '"x"', '"x\ny"', '"a""b"', 'é', 'ا', '1.5', '\r', 'x"y', '\ufffd'),
    fc.string({ maxLength: 6, unit: 'grapheme' }),
  )
  const line = fc.array(field, { minLength: 1, maxLength: 5 }).map((fields) => fields.join(','))
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 12 }),
      fc.array(fc.nat(), { maxLength: 6 }),
      fc.constantFrom('\n', '\r\n'),
      (lines, cuts, end) => {
        const bytes = Buffer.from(HEADER + lines.join(end))
        t.strictSame(read('csv', bytes, cuts), read('csv', bytes), JSON.stringify(lines))
      },
    ),
    propertyRuns(300, 501),
  )
})
