/** A sample's figures as rows of a table and as a section of the report: only where there is a sample, in both languages, with everybody's text escaped. */
import t from 'tap'
import { RESULT_TABLES } from '../../../src/simulation/export/result-row.ts'
import { resultRows } from '../../../src/simulation/export/result-rows.ts'
import { onSample } from '../../../src/simulation/on-sample/on-sample.ts'
import { renderReport } from '../../../src/simulation/report/render-report.ts'
import { readResult, storedResult, toldResult } from '../../../src/simulation/result.ts'
import { HOSTILE, HOSTILE_SCENARIO, madeOutcome, madeRequest } from '../support/made-result.ts'
import { CASH, programmeSet } from '../support/seeded-laboratory.ts'
import { readHtml } from '../support/well-formed.ts'
import { asOf, bundleWith, HOUSEHOLDS, opened, tenRows } from './ten-rows.ts'

const made = opened(tenRows())
const { about, baseline, measure } = onSample(
  { ...made, provenance: { ...made.provenance, name: HOSTILE } },
  { bundle: bundleWith(), asOf },
  HOUSEHOLDS,
)
const plain = madeOutcome()
const outcome = {
  ...plain,
  sample: about,
  baseline: { ...plain.baseline, onSample: baseline },
  scenarios: plain.scenarios.map((one) => ({
    ...one,
    onSample: measure(bundleWith(programmeSet(CASH, { '/targeting/places': 50 }))),
  })),
}
const told = (exact: boolean) => toldResult(readResult(storedResult(outcome)), exact)

t.test('each figure is a row, with what it was measured on', async (t) => {
  const rows = [...resultRows(told(true))].filter(({ table }) => table === 'sample')
  const value = (scenario: string | null, measure: string, programme: string | null = null) =>
    rows.find((row) => row.scenario === scenario && row.measure === measure && row.programme === programme && row.breakdown === null)
  t.match(value(null, 'before.persons.poverty.headcount'), { value: 0.52, unit: 'share', reference: 'synthetic-sample' })
  t.match(value(null, 'households.poverty.headcount'), { value: 0.4 })
  t.match(value(HOSTILE_SCENARIO, 'entrants.households', CASH), { value: 10, unit: 'households' })
  t.match(value(null, 'rows.selected', CASH), { value: 5, unit: 'rows' })
  t.equal(value(null, 'entrants.households', CASH), undefined, 'a baseline has no entrants')
  t.ok(rows.some(({ breakdown, group, measure: name }) => breakdown === 'outcome' && group === 'no-place' && name === 'persons.missedBy'))
  t.match(value(HOSTILE_SCENARIO, 'entrants.rows', CASH), { value: 3, unit: 'rows' })
  t.match(value(HOSTILE_SCENARIO, 'leavers.rows', CASH), { value: 0 })
  t.match([value(null, 'withoutWelfare'), value(null, 'withoutSize')], [{ value: 0 }, { value: 0 }])
  t.equal(value(HOSTILE_SCENARIO, 'withoutSize'), undefined, 'it is the same for all')
  t.match(value(null, 'households.rows.poorMissed', CASH), { value: 3, unit: 'rows' })
  const ofFormula = rows.filter(({ formula, scenario }) => formula === 'welfare-ranking' && scenario === null)
  t.ok(ofFormula.some(({ measure: name, value: count }) => name === 'rows.withoutScore' && count === 1))
  t.ok(ofFormula.some(({ measure: name, group, value: count }) => name === 'poorRows' && group === '2' && count === 4))
  t.ok(RESULT_TABLES.includes('sample'))
  const kept = [...resultRows(told(false))].filter(({ table }) => table === 'sample')
  t.match(
    kept.find(({ measure: name, programme }) => name === 'households.exclusionError' && programme === CASH),
    { value: null, note: 'suppressed' },
  )
  t.same(
    [...resultRows(toldResult(plain, true))].filter(({ table }) => table === 'sample'),
    [],
  )
})

t.test('a section of the report says where the sample comes from and what it cannot tell', async (t) => {
  const subject = (result: ReturnType<typeof told>) => ({
    id: 'an-id',
    request: madeRequest,
    manifestHash: 'c'.repeat(64),
    finishedAt: null,
    told: result,
    names: {},
  })
  const html = renderReport(subject(told(true)), 'both')
  const { elements, faults, text } = readHtml(html)
  t.same(faults, [])
  t.ok(['ar-on-sample', 'en-on-sample'].every((id) => elements.some(({ attributes }) => attributes['id'] === id)))
  t.match(text, /52.0%/)
  t.match(text, 'whoever is selected taken as given')
  t.match(text, 'مع اعتبار المختارين معطى ثابتًا')
  t.match(text, 'Measured on a synthetic sample')
  t.match(text, 'headIsJordanian', 'which facts it does not tell, of the other programmes')
  t.notMatch(html, '<script>')
  t.notMatch(text, /NaN|undefined|null|Infinity|\{\w+\}/)
  t.notMatch(renderReport(subject(toldResult(plain, true)), 'en'), 'on-sample')
})
