import t from 'tap'
import { parseSample } from '../../../src/simulation/fit/parse-sample.ts'
import type { SampleColumns } from '../../../src/simulation/fit/sample-columns.ts'
import { space } from './small-sample.ts'

const columns: SampleColumns = {
  welfare: 'exp_pc',
  weight: 'w',
  stratum: 'strat',
  cluster: 'psu',
  facts: { size: 'hhsize', income: 'inc', region: 'reg', hasCar: 'car', registeredOn: 'day' },
  unknown: ['NA'],
}
const header = 'psu,strat,w,exp_pc,hhsize,inc,reg,car,day,remark'
const parsed = (...lines: string[]) => parseSample([header, ...lines].join('\n'), columns, space)

t.test('values are the decimals that are written, of the types of the catalogue', async (t) => {
  const { sample, faults, diagnostics } = parsed(
    '12,urban,1.25,102.345,4,310.5,south,true,2020-02-29,x',
    '"1,2",urban,0,NA,4,,badia,0,NA,',
    '12,rural,0.3333333333333333333,-3,1,0.001,north,1,,"a ""quoted""\nremark"',
  )
  t.strictSame([faults, diagnostics], [[], []])
  const facts = Object.fromEntries([...(sample?.facts ?? [])].map(([id, values]) => [id, [...values]]))
  t.strictSame(facts, {
    size: [4, 4, 1],
    income: [310_500, NaN, 1],
    region: [2, 3, 0],
    hasCar: [1, 0, 1],
    registeredOn: [18_321, NaN, NaN],
  })
  t.strictSame([...(sample?.welfare ?? [])], [102.345, NaN, -3])
  t.strictSame([...(sample?.weights ?? [])], [1.25, 0, 1 / 3])
  t.strictSame(
    [sample?.clusters, sample?.strata],
    [
      ['12', '1,2', '12'],
      ['urban', 'urban', 'rural'],
    ],
  )
})

t.test('a row with a fault is kept with every reason, and never with its values', async (t) => {
  const good = '12,urban,1,100,4,310.5,south,true,2020-02-29,x'
  const { sample, faults } = parsed(
    good,
    ',urban,-1,1e3,4.5,310.5001,west,yes,2021-02-29,x',
    '12,urban,1,100,4',
    '12,NA,,"1,000",9007199254740993,0x1,South,TRUE,20200101,x',
    good,
  )
  t.equal(sample?.rows, 2)
  t.strictSame(
    faults.map(({ line, reasons }) => [line, ...reasons.map(({ column, reason }) => `${column} ${reason}`)]),
    [
      [
        3,
        'exp_pc decimal-malformed',
        'w negative',
        'psu value-missing',
        'hhsize literal-places',
        'inc literal-places',
        'reg literal-code',
        'car literal-type',
        'day literal-date',
      ],
      [4, ' row-length'],
      [
        5,
        'exp_pc decimal-malformed',
        'w value-missing',
        'strat value-missing',
        'hhsize literal-range',
        'inc literal-type',
        'reg literal-code',
        'car literal-type',
        'day literal-date',
      ],
    ],
  )
  t.notMatch(JSON.stringify(faults), /310\.5001|1,000|9007|west|yes/)
  t.equal(faults[0]?.reasons[3]?.expected, 'a whole number')
})

t.test('a text or declaration that cannot be used at all is refused with the reason', async (t) => {
  const codes = (text: string, declared: unknown = columns): unknown[] =>
    parseSample(text, declared as SampleColumns, space).diagnostics.map(({ code, pointer }) => `${code} ${pointer}`)
  t.strictSame(codes(`${header}\n`), ['sample-size '])
  t.strictSame(codes(''), ['sample-size '])
  t.strictSame(codes(`${header}\n1,"2`), ['sample-csv '])
  t.strictSame(codes('a,b\n1,2', { welfare: 'a', facts: { size: 'c', sizes: 'b', rooms: 'a' } }), [
    'sample-column /facts/size',
    'sample-column /facts/sizes',
    'sample-column /facts/rooms',
  ])
  t.strictSame(codes('a,a\n1,2', { welfare: 'a', facts: {} }), ['sample-column /welfare'])
  t.strictSame(codes('a;b\n1;2', { welfare: 'a', facts: { size: 'b' }, delimiter: ';' }), [])
  t.strictSame(codes('a\n1', { facts: {} }), ['missing-key '])
  t.strictSame(codes('\uFEFFa,b\r\n1,2\r\n\r\n3,4\r\n', { welfare: 'a', facts: { size: 'b' } }), [], 'as spreadsheets write it')
})
