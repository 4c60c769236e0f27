/** What is made of a file as somebody sent it: good rows are kept, bad ones counted with their reasons, nothing personal is stored. */
import t from 'tap'
import { sha256 } from '../../../src/kernel/canonical.ts'
import { parseSample } from '../../../src/simulation/fit/parse-sample.ts'
import type { SampleColumns } from '../../../src/simulation/fit/sample-columns.ts'
import { holdsIdentifier } from '../../../src/simulation/reference/identifier-columns.ts'
import { readUpload, storedColumns } from '../../../src/simulation/reference/read-upload.ts'
import { piecesText, textPieces } from '../../../src/simulation/reference/text-pieces.ts'
import { space } from '../fit/small-sample.ts'

const columns: SampleColumns = {
  welfare: 'exp',
  weight: 'w',
  stratum: 'المحافظة',
  cluster: 'psu',
  facts: { size: 'hh size', income: 'inc', hasCar: 'car' },
  unknown: ['NA'],
}
const header = 'name,exp,w,المحافظة,psu,hh size,inc,car'
const good = 'Somebody,102.345,1.5,عمّان,7,4,310.5,true'
const read = (text: string | Uint8Array, change: Partial<SampleColumns> = {}, synthetic = false) =>
  readUpload(typeof text === 'string' ? Buffer.from(text) : text, { columns: { ...columns, ...change }, synthetic }, space)
const stored = (text: string | Uint8Array) => {
  const made = read(text)
  if ('diagnostics' in made) throw new Error(JSON.stringify(made.diagnostics))
  const { content, faults, ...rest } = made.stored
  return { ...rest, content: piecesText(content.pieces).toString(), faults: piecesText(faults.pieces).toString(), hash: content.hash }
}
const refused = (text: string | Uint8Array, change: Partial<SampleColumns> = {}): string[] => {
  const made = read(text, change)
  return 'diagnostics' in made ? made.diagnostics.map(({ code, pointer, message }) => `${code} ${pointer} ${message}`) : []
}

t.test('declared columns alone are stored, in one order and without marks for unknown, and read back to the same values', async (t) => {
  const text = `${header}\n${good}\nX,NA,0.25,"معان, جنوب",8,1,,NA\n`
  const { content, faults, rowsUsed, hash } = stored(text)
  t.equal(
    content,
    'welfare,weight,stratum,cluster,fact hasCar,fact income,fact size\n102.345,1.5,عمّان,7,true,310.5,4\n,0.25,"معان, جنوب",8,,,1\n',
  )
  t.equal(faults, 'line,column,reason,expected\r\n')
  t.equal(rowsUsed, 2)
  t.equal(hash, sha256(content))
  const { sample } = parseSample(content, storedColumns(columns), space)
  const direct = parseSample(text, columns, space).sample
  t.same(
    [sample?.welfare, sample?.weights, sample?.strata, sample?.clusters],
    [direct?.welfare, direct?.weights, direct?.strata, direct?.clusters],
  )
  for (const [id, values] of direct?.facts ?? []) t.same(sample?.facts.get(id), values)
})

t.test('a negative welfare is a fault; nought and unknown are not', async (t) => {
  const row = (welfare: string) => good.replace('102.345', welfare)
  const made = stored([header, row('-0.001'), row('0'), row('-0'), row('NA'), row('-5'), good].join('\n'))
  t.same([made.rowsUsed, made.rowsFaulty], [4, 2])
  t.same(made.faults.split('\r\n').slice(1, -1), ['2,exp,negative,0 or more', '6,exp,negative,0 or more'])
  t.same(made.counts, [{ column: 'exp', reason: 'negative', rows: 2 }])
  const before = parseSample('exp\n-5\n', { welfare: 'exp', facts: {} }, space)
  t.same(before.sample?.welfare, Float64Array.of(-5), 'what was stored before is read as it was')
})

t.test('bad rows are kept apart with every reason, and their cells are not', async (t) => {
  const long = 'x'.repeat(1_000_000)
  const made = stored(
    [
      header,
      good,
      'X,١٢٣,1,عمّان,7,4,310.5,true',
      `X,1,1,${long},7,4,1,true`,
      'X,1,1,عمّان,7,4',
      'X,1,۲,عمّان,,4.5,٣,نعم',
      `X,1,1,عمّان,7,4,${'9'.repeat(1_000_000)},true`,
      good,
    ].join('\n'),
  )
  t.equal(made.rowsUsed, 2)
  t.equal(made.rowsFaulty, 5)
  t.same(made.faults.split('\r\n').slice(1, -1), [
    '3,exp,digits-not-latin,the digits 0 to 9',
    '4,المحافظة,text-too-long,at most 200 characters',
    '5,,row-length,"8 cells, as the header has, not 6"',
    '6,w,digits-not-latin,the digits 0 to 9',
    '6,psu,value-missing,a name',
    '6,car,literal-type,true or false',
    '6,inc,digits-not-latin,the digits 0 to 9',
    '6,hh size,literal-places,a whole number',
    '7,inc,literal-type,a number with at most 3 decimal places in JOD/month',
  ])
  t.same(made.counts[0], { column: '', reason: 'row-length', rows: 1 })
  t.equal(made.counts.length, 9)
  t.notMatch(made.content + made.faults, /Somebody|xxxx|999|١٢٣/)
})

t.test('as spreadsheets write it: a byte order mark, Windows line ends, semicolons, quotes', async (t) => {
  const plain = stored(`${header}\n${good}\n`)
  t.equal(stored(`\uFEFF${header}\r\n${good}\r\n\r\n`).hash, plain.hash)
  const semicolons = read(`${header}\n${good}`.replaceAll(',', ';'), { delimiter: ';' })
  t.equal('stored' in semicolons && semicolons.stored.content.hash, plain.hash)
  t.equal(stored(`"name","exp",w,المحافظة,psu,hh size,inc,car\n"Some ""body""","102.345",1.5,"عمّان",7,4,310.5,true`).hash, plain.hash)
})

t.test('a file that cannot be read as a whole is refused with the reason and the line', async (t) => {
  const utf16 = Buffer.from(`\uFEFF${header}\n${good}`, 'utf16le')
  t.same(refused(utf16), ['sample-encoding  the file is in UTF-16'])
  t.same(refused(Buffer.from(`${header}\n${good}`, 'utf16le')), ['sample-encoding  line 1 holds a byte that is zero'])
  const windows = Buffer.concat([
    Buffer.from(`${header}\n${good}\nX,1,1,`),
    Buffer.from([0xda, 0xe3, 0xc7, 0xe4]),
    Buffer.from(',7,4,1,true'),
  ])
  t.same(refused(windows), ['sample-encoding  line 3 is not UTF-8'])
  t.same(refused(Buffer.from([0x50, 0x4b, 0x03, 0x04, 1])), ['sample-encoding  the file is a workbook or an archive'])
  t.same(refused(Buffer.from([0x1f, 0x8b, 8])), ['sample-encoding  the file is compressed'])
  t.same(refused(Buffer.from('PAR1....')), ['sample-encoding  the file is Parquet'])
  t.same(refused(`${header}\n${good}\nX,1,"1,عمّان,7,4,1,true\n${good}`), [
    'sample-csv  a quote opens in the row that begins on line 3 and is never closed',
  ])
  t.same(refused(`${header}\n${good}\nX,1,"1"secret,عمّان,7,4,1,true\n`), ['sample-csv  Invalid Closing Quote on line 3'])
  t.same(refused(`${header}\n`), ['sample-size  the sample has 0 rows'])
  t.same(refused('\n'), ['sample-size  the sample has 0 rows'])
  t.same(refused('name,exp,w\n'), [
    'sample-column /stratum there is no column "المحافظة"',
    'sample-column /cluster there is no column "psu"',
    'sample-column /facts/hasCar there is no column "car"',
    'sample-column /facts/income there is no column "inc"',
    'sample-column /facts/size there is no column "hh size"',
  ])
  t.same(refused(`${header},exp\n${good},1`), ['sample-column /welfare the header has "exp" twice'])
  t.same(refused(`${header}\n${good}`, { weight: 'exp' }), ['sample-column /weight "exp" is declared for /welfare too'])
  t.same(refused(`${header}\nX,x,1,a,7,4,310.5,true\nX,1,-1,a,7,4,310.5,true`), [
    'sample-unusable  no row can be used; 1 have decimal-malformed in column exp',
    'sample-unusable  no row can be used; 1 have negative in column w',
  ])
  const few = { welfare: 'a', facts: { size: 'b' } }
  const many = readUpload(Buffer.from(`a,b\n${'1,2\n'.repeat(200_001)}`), { columns: few, synthetic: false }, space)
  t.match(many, { diagnostics: [{ code: 'sample-size', message: 'the sample has more than 200000 rows' }] })
})

t.test('a column that holds numbers of ten digits is refused by name and place, declared or not', async (t) => {
  const number = '9951012345'
  t.same(refused(`${header}\n${good}\n${number},1,1,a,7,4,1,true`), [
    'sample-identifier  column 1 "name" holds a number of ten digits, first on line 3',
  ])
  t.same(refused(`${header}\nX,1,1,a,${number},4,1,true\nX,1,1,${number},${number},4,1,true`), [
    'sample-identifier  column 4 "المحافظة" holds a number of ten digits, first on line 3',
    'sample-identifier  column 5 "psu" holds a number of ten digits, first on line 2',
  ])
  t.same(refused(`${number},b\n1,2`)[0], 'sample-identifier  column 1 holds a number of ten digits, first on line 1')
  for (const text of [number, '٩٩٥١٠١٢٣٤٥', '۹۹۵۱۰۱۲۳۴۵', `${number}.0`, `-${number}`, `ID ${number}`, `07${'9'.repeat(8)}`])
    t.ok(holdsIdentifier(text), text)
  for (const text of ['0.1234567890', '12345678901', '1234567890.5', '123456789', '1,234567890', 'a12-34567890'])
    t.notOk(holdsIdentifier(text), text)
})

t.test('a file that says that it is synthetic is not taken for a survey', async (t) => {
  const text = `synthetic,${header}\ntrue,${good}\n`
  t.same(refused(text), ['sample-synthetic /synthetic the file says that it is synthetic'])
  t.ok('stored' in read(text, {}, true))
  t.ok('stored' in read(`synthetic,${header}\nfalse,${good}\n`))
})

t.test('pieces of a long text are each readable, and together the text', async (t) => {
  const { add, end } = textPieces()
  const line = `${'قيمة '.repeat(100)}\n`
  for (let n = 0; n < 5_000; n++) add(line)
  const { hash, bytes, pieces } = end()
  const text = piecesText(pieces)
  t.ok(pieces.length > 1)
  t.equal(text.toString(), line.repeat(5_000))
  t.same([sha256(text), text.byteLength], [hash, bytes])
})
