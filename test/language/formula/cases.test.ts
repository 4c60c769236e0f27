import t from 'tap'
import { noDefinitions } from '../../../src/language/condition/definition.ts'
import { runFormulaCases } from '../../../src/language/formula/cases.ts'
import { checkFormula } from '../../../src/language/formula/check.ts'
import type { BandTable } from '../../../src/language/formula/formula.ts'
import { entryAt, formatPoints, plainPoints } from '../../../src/language/formula/score-tables.ts'
import { householdSpace, readJson } from './catalogue-space.ts'

const { formula } = checkFormula(readJson('formulas', 'jordan-poverty-scorecard-2010', '1.json'), {
  space: householdSpace(),
  definitions: noDefinitions,
})
if (!formula) throw new Error('the scorecard does not check')
const sound = readJson('formulas', 'jordan-poverty-scorecard-2010', 'cases.json')
const withCase = (change: object) => ({ ...sound, cases: [{ ...sound.cases[0], ...change }] })

t.test('a difference is said in words', async (t) => {
  const run = (change: object) => runFormulaCases(formula, withCase(change)).outcomes[0]
  t.strictSame(run({ score: 1 })?.differences, [
    'score: expected 1, got 0',
    'score, lowest: expected 1, got 0',
    'score, highest: expected 1, got 0',
  ])
  t.strictSame(run({ contributions: { rooms: 6 } })?.differences[0], 'rooms: expected 6, got 0')
  t.strictSame(run({ tables: { povertyLikelihood: '1' } })?.differences, ['povertyLikelihood: expected 1, got 86.7'])
  t.equal(run({ score: null })?.passed, false)
  t.equal(run({})?.passed, true)
})

t.test('faulty cases are not run', async (t) => {
  const codes = (json: unknown) => runFormulaCases(formula, json).diagnostics.map((d) => `${d.code} ${d.pointer}`)
  t.strictSame(codes({ ...sound, formula: { id: 'another', version: 1 } }), ['case-formula /formula'])
  t.strictSame(codes({ ...sound, cases: [sound.cases[0], sound.cases[0]] }), ['case-repeats /cases/1/id'])
  t.strictSame(codes(withCase({ facts: { rooms: 'many' } })), ['literal-type /cases/0/facts/rooms'])
  t.strictSame(codes(withCase({ facts: { room: 1 } })), ['fact-unknown /cases/0/facts/room'])
  t.strictSame(codes(withCase({ contributions: { kitchen: 1 } })), ['case-shape /cases/0/contributions/kitchen'])
  t.strictSame(codes(withCase({ tables: { wealth: '1' } })), ['case-shape /cases/0/tables/wealth'])
  t.strictSame(codes(withCase({ score: '0' })), ['wrong-type /cases/0/score'])
  t.strictSame(codes(withCase({ score: 0.1234567 })), ['literal-places /cases/0/score'])
  t.strictSame(codes(withCase({ outcome: 'eligible' })), ['unknown-key /cases/0/outcome'])
})

t.test('a table changes exactly at its limits', async (t) => {
  const words = { en: 'x', ar: 'س' }
  const bands: BandTable = {
    kind: 'bands',
    name: 'b',
    label: null,
    limits: [0, 2_000_000],
    bands: ['low', 'middle', 'high'].map((value) => ({ value, label: words })),
  }
  t.strictSame(
    [-1, 0, 1_999_999, 2_000_000].map((score) => entryAt(bands, score)?.value),
    ['low', 'middle', 'middle', 'high'],
  )
  const [likelihood] = formula.tables
  if (!likelihood) throw new Error('no table')
  t.strictSame(
    [-1, 0, 4_999_999, 5_000_000, 100_000_000].map((score) => entryAt(likelihood, score)?.value),
    [undefined, '86.7', '86.7', '65.7', '0'],
  )
})

t.test('points as texts', async (t) => {
  t.equal(formatPoints(38_000_000), '38.000000')
  t.equal(plainPoints(38_000_000), '38')
  t.equal(plainPoints(-120_300), '-0.1203')
  t.equal(plainPoints(100), '0.0001')
  t.equal(plainPoints(0), '0')
})
