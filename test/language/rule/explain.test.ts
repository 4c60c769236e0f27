/** Explanations: golden texts in both languages, and what they must never say. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { projectRoot } from '../../../src/kernel/project-root.ts'
import { compileCondition } from '../../../src/language/condition/compile.ts'
import { readFactValues } from '../../../src/language/fact-json.ts'
import { voice } from '../../../src/language/messages.ts'
import { renderAmount } from '../../../src/language/render-value.ts'
import { checkRule } from '../../../src/language/rule/check.ts'
import { couldChange } from '../../../src/language/rule/could-change.ts'
import { explain } from '../../../src/language/rule/explain.ts'
import type { Explanation, ExplanationNode } from '../../../src/language/rule/explain.ts'
import { renderRequirement, renderSources } from '../../../src/language/rule/requirement.ts'
import type { Provenance } from '../../../src/language/rule/requirement.ts'
import { newTrace } from '../../../src/language/rule/trace.ts'
import { checked } from '../differential.ts'
import { household, ruleConditionJson, values as randomValues } from '../generators.ts'
import { definitions, rule, space } from './fixtures.ts'
import { propertyRuns } from '../../support/property-runs.ts'

const ssc = { en: 'Social Security Corporation', ar: 'المؤسسة العامة للضمان الاجتماعي' }
const dvld = { en: 'Drivers and Vehicles Licensing Department', ar: 'إدارة ترخيص السواقين والمركبات' }
const SOURCES: Readonly<Record<string, readonly Provenance[]>> = {
  incomeMonth: [{ registry: 'ssc_salaries', custodian: ssc, asOf: '2026-03-01', load: 'L1', state: 'fresh' }],
  memberCount: [{ declared: true, asOf: '2026-04-15' }],
  carAge: [{ registry: 'dvld_car_info', custodian: dvld, asOf: '2026-02-28', state: 'grace' }],
  licenceExpiry: [
    { registry: 'dvld_license_info', custodian: dvld, state: 'missing' },
    { registry: 'old', asOf: '2020-01-01', state: 'stale' },
  ],
  tenure: [{ declared: true }],
}

const cash = rule(
  {
    all: [
      { fact: 'headIsCitizen', operator: 'equal', value: true, name: 'citizen', citation: 'illustrative' },
      { condition: 'isPoor' },
      {
        not: {
          all: [
            { fact: 'carAge', operator: 'isKnown', value: true },
            { fact: 'carAge', operator: 'lessThan', value: 5 },
          ],
        },
        name: 'newCar',
        because: { en: 'A new car shows means', ar: 'المركبة الحديثة دليل على القدرة' },
      },
      {
        any: [
          { fact: 'memberCount', operator: 'greaterThanInclusive', value: 3 },
          { not: { fact: 'tenure', operator: 'in', value: ['own', 'free'] } },
          { fact: 'licenceExpiry', operator: 'lessThanInclusive', value: '2023-03-01' },
        ],
      },
      { not: { condition: 'isCitizen' }, name: 'never' },
    ].slice(0, 4),
  },
  { legalBasis: [{ fact: 'headIsCitizen', basis: { en: 'Law', ar: 'قانون' } }] },
)

const SITUATIONS: Readonly<Record<string, Record<string, unknown>>> = {
  eligible: {
    headIsCitizen: true,
    incomeMonth: '99.995',
    povertyLine: 100,
    memberCount: 5,
    tenure: 'rent',
    carAge: 11,
    licenceExpiry: '2023-03-01',
  },
  'ineligible by bounds and by a new car': {
    headIsCitizen: true,
    incomeMonth: { atLeast: 900 },
    povertyLine: 100,
    memberCount: 2,
    tenure: 'own',
    carAge: 1,
    licenceExpiry: '2023-03-03',
  },
  undetermined: {
    headIsCitizen: true,
    incomeMonth: { atLeast: 20, atMost: 400 },
    povertyLine: 100,
    memberCount: 2,
    tenure: 'free',
    carAge: 9,
  },
  'on the threshold': { headIsCitizen: false, incomeMonth: 100, povertyLine: 100, memberCount: 3, carAge: 5 },
}

function explainSituation(facts: Record<string, unknown>, language: 'en' | 'ar', more: object = {}): Explanation {
  const { rule: accepted, diagnostics } = checkRule(cash, { space, definitions })
  if (!accepted) throw new Error(JSON.stringify(diagnostics))
  const { condition } = accepted
  const { values } = readFactValues(space, facts, '')
  const trace = newTrace(condition)
  compileCondition(condition)(values.lo, values.hi, trace)
  const isCorrectable = (id: string): boolean => id !== 'povertyLine'
  return explain({ condition, trace, values, definitions, isCorrectable, provenance: (id) => SOURCES[id] ?? [], ...more }, language)
}

const outline = (e: Explanation): object => ({ sentences: e.sentences, tree: lines(e.tree, 0) })
const lines = (node: ExplanationNode, depth: number): string[] =>
  node.kind === 'leaf'
    ? [`${'  '.repeat(depth)}[${node.truth}] ${node.sentence}`]
    : [
        `${'  '.repeat(depth)}[${node.truth}] ${node.label}${node.because ? ` — ${node.because}` : ''}`,
        ...node.children.flatMap((child) => lines(child, depth + 1)),
      ]

t.test('golden explanations in English and Arabic', async (t) => {
  const file = join(projectRoot, 'test', 'language', 'rule', 'explain.golden.json')
  const told = Object.fromEntries(
    Object.entries(SITUATIONS).map(([name, facts]) => [
      name,
      { en: outline(explainSituation(facts, 'en')), ar: outline(explainSituation(facts, 'ar')) },
    ]),
  )
  if (process.argv.includes('--write-golden')) writeFileSync(file, `${JSON.stringify(told, null, 2)}\n`)
  t.same(told, JSON.parse(readFileSync(file, 'utf8')))
})

t.test('the tree keeps names, citations, reasons, sources and what decided', async (t) => {
  const { tree, outcome, missing, couldChange: changes } = explainSituation(SITUATIONS.undetermined ?? {}, 'en')
  t.equal(outcome, 'undetermined')
  t.match(tree, {
    kind: 'all',
    truth: 'unknown',
    children: [
      { fact: 'headIsCitizen', citation: 'illustrative', truth: 'true', decided: false },
      { name: 'isPoor', label: 'Label of isPoor', children: [{ children: [{ decided: true }] }] },
    ],
  })
  t.same(missing, [
    { fact: 'incomeMonth', label: 'Monthly income' },
    { fact: 'licenceExpiry', label: 'Expiry of the vehicle licence' },
  ])
  t.same(
    changes.map((change) => change.fact),
    ['incomeMonth', 'memberCount', 'tenure', 'licenceExpiry'],
  )
})

t.test('values that the reader may not see are not shown, nor hinted at', async (t) => {
  const told = JSON.stringify(
    explainSituation(SITUATIONS['ineligible by bounds and by a new car'] ?? {}, 'en', { isVisible: (id: string) => id !== 'incomeMonth' }),
  )
  t.match(told, /not shown to you/)
  t.notMatch(told, /900|Social Security/)
})

t.test('property: what could change never names protected or uncorrectable facts, and suffices', async (t) => {
  fc.assert(
    fc.property(ruleConditionJson, randomValues(), fc.infiniteStream(fc.boolean()), (json, values, coin) => {
      const condition = checked(json)
      const trace = newTrace(condition)
      const truth = compileCondition(condition)(values.lo, values.hi, trace)
      const correctable = new Map(household.types.map(({ id }) => [id, coin.next().value as boolean]))
      const changes = couldChange({ condition, trace, values, isCorrectable: (id) => correctable.get(id) === true })
      const supposed = trace.slice()
      for (const { leaf, positive } of changes) supposed[leaf.id] = positive ? 2 : 0
      const suppose = (node: (typeof condition)['root']): number => {
        if (node.kind === 'leaf') return supposed[node.id] as number
        const each = ('children' in node ? node.children : [node.child]).map(suppose)
        return node.kind === 'not' ? 2 - (each[0] as number) : node.kind === 'all' ? Math.min(...each) : Math.max(...each)
      }
      const allowed = changes.every(({ slot }) => correctable.get(household.types[slot]?.id ?? '') === true)
      return allowed && (truth === 2 ? changes.length === 0 : changes.length === 0 || suppose(condition.root) === 2)
    }),
    propertyRuns(3000, 61),
  )
  t.pass()
})

t.test('a protected fact is never offered for change, whatever the caller says', async (t) => {
  const { couldChange: changes } = explainSituation({ ...SITUATIONS.eligible, headIsCitizen: false }, 'ar', { isCorrectable: () => true })
  t.same(changes, [])
})

t.test('a list of one is told as the one', async (t) => {
  const told = (operator: 'in' | 'notIn', fact: string, value: unknown, language: 'en' | 'ar'): string => {
    const { rule: accepted } = checkRule(rule({ all: [{ fact, operator, value: [value] }] }), { space, definitions })
    const leaf = accepted?.condition.leaves[0]
    if (!leaf) throw new Error('the rule does not check')
    return renderRequirement(leaf, true, space.types, readFactValues(space, {}, '').values, voice(language))
  }
  t.equal(told('in', 'tenure', 'rent', 'en'), 'rented')
  t.equal(told('notIn', 'tenure', 'rent', 'en'), 'not rented')
  t.equal(told('in', 'memberCount', 4, 'en'), 'exactly 4 persons')
  t.equal(told('in', 'tenure', 'rent', 'ar'), 'مستأجر')
  t.equal(told('notIn', 'tenure', 'rent', 'ar'), 'غير «مستأجر»')
})

t.test('amounts in both languages: exact digits, plurals, duals by case, periods, either digits', async (t) => {
  const say = (
    ...[value, scale, unit, language, grammar, digits]: readonly [
      number,
      number,
      string | null,
      'en' | 'ar',
      ('nominative' | 'genitive')?,
      ('latn' | 'arab')?,
    ]
  ): string => renderAmount(value, scale, unit, voice(language, digits), grammar)
  t.equal(say(300_000, 3, 'JOD/month', 'en'), 'JOD 300 a month')
  t.equal(say(1_234_567_890, 3, 'JOD/year', 'en'), 'JOD 1,234,567.890 a year')
  t.equal(say(9_007_199_254_740_991, 6, 'ratio', 'en'), '9,007,199,254.740991')
  t.equal(say(1, 0, 'persons', 'en'), '1 person')
  t.equal(say(5, 0, 'USD', 'en'), 'USD 5')
  t.equal(say(5, 0, 'widgets/shelf', 'en'), '5 widgets per shelf')
  t.equal(say(7, 0, null, 'en'), '7')
  t.equal(say(0, 3, 'JOD', 'ar'), '0 دينار')
  t.equal(say(1000, 3, 'JOD', 'ar'), 'دينار واحد')
  t.equal(say(2000, 3, 'JOD', 'ar'), 'ديناران')
  t.equal(say(2000, 3, 'JOD', 'ar', 'genitive'), 'دينارين')
  t.equal(say(3000, 3, 'JOD/month', 'ar'), '3 دنانير شهريًا')
  t.equal(say(11_000, 3, 'JOD/month', 'ar'), '11 دينارًا شهريًا')
  t.equal(say(100_500, 3, 'JOD/month/persons', 'ar'), '100.500 دينار شهريًا للفرد')
  t.equal(say(40_000, 3, 'JOD/month', 'ar', 'nominative', 'arab'), '٤٠ دينارًا شهريًا')
})

t.test('what was read of a registry that is asked live tells how old its answers are', async (t) => {
  const read: Provenance = { custodian: { en: 'Keepers', ar: 'النحالون' }, answers: { oldest: '2026-09-01', newest: '2026-11-20' } }
  const told = (language: 'en' | 'ar'): string | null => renderSources([read], voice(language))
  t.match([told('en'), told('ar')], [/Keepers.*answers of .*2026.* to .*2026/, /النحالون.*الردود من .*2026.* إلى .*2026/])
  t.notMatch(renderSources([{ ...read, answers: { oldest: '', newest: '' } }], voice('en')), /answers of/)
})
