/** Thresholds beyond what was observed are suspected, those within are not, and no threshold tells an extreme. */
import t from 'tap'
import { isoOfDay } from '../../../src/kernel/date.ts'
import { shippedBundle } from '../../../src/programmes/shipped-bundle.ts'
import { type ObservedRanges, suspiciousRanges, thresholdFacts } from '../../../src/programmes/suspicions/suspicious-ranges.ts'

const { bundle } = shippedBundle()
if (!bundle) throw new Error('the shipped texts do not compile')
const ASKED = ['health-insurance']
const DAY = 20_758
const found = (reach: Record<string, { low: number; high: number }>, counting: string[] = [], asked = ASKED) => {
  const ranges: ObservedRanges = { asOf: isoOfDay(DAY), reach: new Map(Object.entries(reach)), counting }
  return suspiciousRanges(bundle, asked, ranges, DAY)
}

t.test('the ceiling of wages, a parameter of 300 a month', async (t) => {
  t.ok(thresholdFacts(bundle, ASKED).includes('wageMean12m'))
  t.same(thresholdFacts(bundle, []), [])
  const wages = (low: number, high: number) => found({ wageMean12m: { low, high } })
  t.same(wages(0, 900_000), [], 'within')
  t.same(wages(300_000, 300_000), [], 'at its very end')
  const [above] = wages(0, 250_000)
  t.match(above, {
    code: 'threshold-unobserved',
    severity: 'warning',
    pointer: 'rule/health-insurance/1#/conditions/all/1/any/1/all/1',
    message: /compared with JOD 300 a month: on 2026-11-01 fewer than ten households were observed above JOD 250 a month$/,
    messageAr: /رُصد أقل من عشر أسر فوق 250 دينار/,
  })
  t.match(wages(301_000, 900_000), [{ message: /observed below JOD 301 a month/, messageAr: /تحت/ }])
  t.same(found({ wageMean12m: { low: 0, high: 1 } }, [], []), [], 'of programmes that are asked about')
  t.same(found({ governorate: { low: 3, high: 4 } }), [], 'codes have no order')
})

t.test('what is still being counted is said, and of facts of no threshold nothing', async (t) => {
  t.match(found({}, ['wageMean12m']), [
    { code: 'range-being-counted', hint: 'check again', message: /"wageMean12m"/, messageAr: /يجري عدّ/ },
  ])
  t.same(found({}, ['governorate']), [])
})
