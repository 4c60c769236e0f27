/** Cases: run against a rule, their differences told, and what they leave out. */
import t from 'tap'
import type { Condition } from '../../../src/language/condition/condition.ts'
import { parseCases, runCases } from '../../../src/language/programme/cases.ts'
import { coverageProblems } from '../../../src/language/programme/coverage.ts'
import { suggestCases } from '../../../src/language/programme/suggest-cases.ts'
import { triedConditions, untriedConditions } from '../../../src/language/programme/tried-conditions.ts'
import { checkRule } from '../../../src/language/rule/check.ts'
import { definitions, personSpace, rule } from '../rule/fixtures.ts'

function condition(conditions: unknown = LEAVES): Condition {
  const { rule: accepted, diagnostics } = checkRule(rule(conditions), { space: personSpace, definitions })
  if (!accepted) throw new Error(JSON.stringify(diagnostics))
  return accepted.condition
}

const LEAVES = {
  all: [
    { condition: 'isPoor' },
    { fact: 'memberCount', operator: 'greaterThanInclusive', value: 2, name: 'size' },
    { fact: 'age', operator: 'lessThan', value: 60, name: 'young' },
    { fact: 'ownsHome', operator: 'equal', value: false },
  ],
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

t.test('each condition: how often it was true, false and unknown, and whether its limit could move unnoticed', async (t) => {
  const tried = (...cases: object[]) => triedConditions(condition(), outcomes(...cases))
  t.same(tried(item('a', poor, 'eligible')), [
    {
      pointer: '/conditions/all/0',
      definition: 'isPoor',
      fact: 'incomeMonth',
      canBe: ['true', 'false', 'unknown'],
      whenTrue: 1,
      whenFalse: 0,
      whenUnknown: 0,
      unnoticed: ['raised'],
    },
    {
      pointer: '/conditions/all/1',
      definition: null,
      fact: 'memberCount',
      canBe: ['true', 'false', 'unknown'],
      whenTrue: 1,
      whenFalse: 0,
      whenUnknown: 0,
      unnoticed: ['lowered'],
    },
    {
      pointer: '/conditions/all/2',
      definition: null,
      fact: 'age',
      canBe: ['true', 'false', 'unknown'],
      whenTrue: 1,
      whenFalse: 0,
      whenUnknown: 0,
      unnoticed: ['raised', 'lowered'],
    },
    {
      pointer: '/conditions/all/3',
      definition: null,
      fact: 'ownsHome',
      canBe: ['true', 'false', 'unknown'],
      whenTrue: 1,
      whenFalse: 0,
      whenUnknown: 0,
      unnoticed: [],
    },
  ])
  const told = untriedConditions(tried(item('a', poor, 'eligible'), item('b', { ...poor, memberCount: 1 }, 'ineligible')))
  t.same(
    told.filter(({ message }) => message.includes('memberCount')).map(({ code, severity, message }) => [code, severity, message]),
    [['case-condition', 'warning', 'in no case is the condition on "memberCount" at /conditions/all/1 unknown']],
    'a case on either side of the limit notices either move',
  )
  t.ok(
    told.some(
      ({ message }) =>
        message ===
        'the limit of "incomeMonth" at /conditions/all/0 of "isPoor" could be raised by one step and every case would come out as before',
    ),
  )
})

t.test('a limit that does not decide in any case is not tried, though a case stands on it', async (t) => {
  const hidden = condition({
    any: [
      { fact: 'ownsHome', operator: 'equal', value: true },
      { fact: 'memberCount', operator: 'lessThan', value: 5 },
    ],
  })
  const run = (...list: object[]) => triedConditions(hidden, runCases(hidden, parseCases(file(...list)).cases as never))
  const home = { ownsHome: true }
  t.same(run(item('on', { ...home, memberCount: 5 }, 'eligible'), item('beside', { ...home, memberCount: 4 }, 'eligible'))[1]?.unnoticed, [
    'raised',
    'lowered',
  ])
  t.same(
    run(item('on', { ownsHome: false, memberCount: 5 }, 'ineligible'), item('beside', { ownsHome: false, memberCount: 4 }, 'eligible'))[1]
      ?.unnoticed,
    [],
  )
})

t.test('what cannot be is not asked for', async (t) => {
  const can = (conditions: unknown) => triedConditions(condition(conditions), []).map((one) => one.canBe.join())
  t.same(
    can({
      all: [
        { fact: 'tenure', operator: 'isKnown', value: true },
        { fact: 'tenure', operator: 'in', value: ['own', 'rent', 'free'] },
        { fact: 'tenure', operator: 'notIn', value: ['own', 'rent', 'free'] },
        { fact: 'tenure', operator: 'in', value: ['own'] },
      ],
    }),
    ['true,false', 'true,unknown', 'false,unknown', 'true,false,unknown'],
  )
})

t.test('suggested cases try what was untried, and come out as they say', async (t) => {
  const shape = condition({
    all: [
      { condition: 'isPoor' },
      { condition: 'isElder' },
      { fact: 'tenure', operator: 'in', value: ['own', 'free'] },
      { fact: 'ownsHome', operator: 'equal', value: false },
      { fact: 'licenceExpiry', operator: 'lessThan', value: '2026-01-01' },
      { any: [{ condition: 'isPoor' }, { fact: 'carAge', operator: 'isKnown', value: true }] },
    ],
  })
  const first = item('Base-1', { ...poor, tenure: 'own', licenceExpiry: '2025-05-05', carAge: 3 }, 'eligible', {
    person: { age: 70 },
    asOf: '2026-03-01',
  })
  const { cases } = parseCases(file(first))
  if (!cases) throw new Error('not read')
  const suggested = suggestCases(shape, cases.cases, parameters)
  const whole = parseCases(file(...cases.cases, ...suggested))
  t.same(whole.diagnostics, [], 'they are cases as any other, with ids of their own')
  if (!whole.cases) return
  const ran = runCases(shape, whole.cases, parameters)
  t.ok(ran.every(({ passed }) => passed))
  t.same(untriedConditions(triedConditions(shape, ran)), [])
  t.same(suggestCases(shape, whole.cases.cases, parameters), [], 'nothing is left to suggest')
  t.ok(suggested.every(({ asOf, source }) => asOf === '2026-03-01' && source.includes('confirm')))
  t.ok(
    suggested.some(({ person }) => person?.['age'] === undefined),
    'what a person states is changed where it is stated',
  )
  const faulty = parseCases(file(item('bad', { nothing: 1 }, 'eligible'))).cases
  t.same(suggestCases(shape, faulty?.cases ?? [], parameters), [], 'nothing is made of a case that is faulty itself')
})
