/** Cases: run against a rule, their differences told, and what they leave out. */
import t from 'tap'
import type { Condition } from '../../../src/language/condition/condition.ts'
import { parseCases, runCases } from '../../../src/language/programme/cases.ts'
import { coverageProblems } from '../../../src/language/programme/coverage.ts'
import { checkRule } from '../../../src/language/rule/check.ts'
import { definitions, personSpace, rule } from '../rule/fixtures.ts'

function condition(): Condition {
  const json = rule({
    all: [
      { condition: 'isPoor' },
      { fact: 'memberCount', operator: 'greaterThanInclusive', value: 2, name: 'size' },
      { fact: 'age', operator: 'lessThan', value: 60, name: 'young' },
      { fact: 'ownsHome', operator: 'equal', value: false },
    ],
  })
  const { rule: accepted, diagnostics } = checkRule(json, { space: personSpace, definitions })
  if (!accepted) throw new Error(JSON.stringify(diagnostics))
  return accepted.condition
}

const item = (id: string, facts: object, outcome: string, more: object = {}): object => ({
  id,
  note: 'synthetic',
  source: 'illustrative',
  facts,
  outcome,
  person: { age: 30 },
  ...more,
})
const poor = { incomeMonth: 99.999, memberCount: 2, ownsHome: false }
const file = (...cases: object[]): string => JSON.stringify({ programme: 'cash', cases })
const parameters = (asOf: string | undefined): Record<string, unknown> => ({ povertyLine: asOf === '2011-01-01' ? 68 : 100 })

function outcomes(...cases: object[]): ReturnType<typeof runCases> {
  const { cases: read, diagnostics } = parseCases(file(...cases))
  if (!read) throw new Error(JSON.stringify(diagnostics))
  return runCases(condition(), read, parameters)
}

t.test('cases pass when outcome, what decided and what is missing are as expected', async (t) => {
  const ran = outcomes(
    item('eligible', poor, 'eligible', { because: ['size', 'isPoor'] }),
    item('earlier', poor, 'ineligible', { asOf: '2011-01-01', because: ['isPoor'] }),
    item('bounds', { ...poor, incomeMonth: { atLeast: '900' } }, 'ineligible', { because: ['isPoor'], missing: [] }),
    item('unknown', { memberCount: 2, ownsHome: false }, 'undetermined', { missing: ['incomeMonth'] }),
  )
  t.same(
    ran.map((r) => [r.id, r.passed, r.differences, r.diagnostics]),
    ['eligible', 'earlier', 'bounds', 'unknown'].map((id) => [id, true, [], []]),
  )
})

t.test('differences are told in words', async (t) => {
  const [a, b, c] = outcomes(
    item('a', poor, 'ineligible'),
    item('b', poor, 'eligible', { because: ['young', 'old'] }),
    item('c', { memberCount: 2 }, 'undetermined', { missing: ['incomeMonth'] }),
  )
  t.same(a?.differences, ['expected ineligible, got eligible'])
  t.match(b?.differences[0], /expected "old" to decide; "isPoor", "size", "young" did/)
  t.match(c?.differences[0], /expected incomeMonth to be missing, got incomeMonth, ownsHome/)
})

t.test('a case whose facts are faulty does not pass and has no outcome', async (t) => {
  const [ran] = outcomes(item('a', { ...poor, memberCuont: 2 }, 'eligible'))
  t.match(ran, { passed: false, outcome: null })
  t.same(
    ran?.diagnostics.map((d) => `${d.code} ${d.pointer}`),
    ['fact-unknown /cases/0/facts/memberCuont'],
  )
})

t.test('faulty case files', async (t) => {
  const codes = (text: string): string[] => parseCases(text).diagnostics.map((d) => `${d.code} ${d.pointer}`)
  t.same(codes('['), ['json-syntax '])
  t.same(codes(file()), ['wrong-value /cases'])
  t.same(codes(file(item('a', poor, 'maybe'))), ['wrong-value /cases/0/outcome'])
  t.same(codes(file(item('a', poor, 'eligible'), item('a', poor, 'eligible'))), ['case-repeats /cases/1/id'])
})

t.test('what no case tries is named: outcomes, bounds, thresholds', async (t) => {
  const lacking = (...cases: object[]): string[] => coverageProblems(condition(), outcomes(...cases)).map((d) => d.message)
  t.same(lacking(item('a', poor, 'eligible')), [
    'no case is ineligible',
    'no case is undetermined',
    'no case is settled by bounds',
    'no case is on the threshold of "incomeMonth" at /conditions/all/0 of "isPoor"',
    'no case is on the threshold of "age" at /conditions/all/2',
  ])
  t.same(
    lacking(
      item('a', poor, 'eligible'),
      item('b', { ...poor, incomeMonth: 100 }, 'ineligible'),
      item('c', poor, 'ineligible', { person: { age: 60 } }),
      item('d', { ...poor, incomeMonth: { atMost: 20 } }, 'eligible'),
      item('e', poor, 'undetermined', { person: {} }),
    ),
    [],
  )
})
