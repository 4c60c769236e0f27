/** Plain language: nothing that decides is left out, and each kind of sentence says what it should, in both languages. */
import t from 'tap'
import { dayNumber } from '../../../src/kernel/date.ts'
import { noDefinitions } from '../../../src/language/condition/definition.ts'
import type { FactType } from '../../../src/language/fact-space.ts'
import { factSpace } from '../../../src/language/fact-space.ts'
import { checkFormula } from '../../../src/language/formula/check.ts'
import { slotsOf } from '../../../src/language/formula/formula.ts'
import { voice } from '../../../src/language/messages.ts'
import { tellFormula } from '../../../src/language/plain/plain-formula.ts'
import { tellParameter } from '../../../src/language/plain/plain-parameter.ts'
import { sentencesOf, textOf } from '../../../src/language/plain/plain-text.ts'
import type { PlainSection } from '../../../src/language/plain/plain-text.ts'
import type { ProgrammeSource } from '../../../src/language/programme/schema.ts'
import type { RuleSource } from '../../../src/language/rule/schema.ts'
import { programmeOf } from '../../../src/programmes/bundle.ts'
import { compileBundle } from '../../../src/programmes/compile-bundle.ts'
import { describeFormula, describeProgramme, languages } from '../../../src/programmes/descriptions/describe.ts'
import { shippedBundle } from '../../../src/programmes/shipped-bundle.ts'
import { shippedTexts } from '../../../src/programmes/shipped-files.ts'

const TODAY = dayNumber('2026-11-01') as number
const bundle = shippedBundle().bundle
if (!bundle) throw new Error('the shipped files do not compile')
const sentences = (sections: readonly PlainSection[]): string[] =>
  sections.flatMap(({ nodes }) => sentencesOf(nodes)).map(({ text }) => text)

t.test('of every shipped programme, all that decides is told, in both languages', async (t) => {
  for (const compiled of bundle.programmes) {
    for (const language of languages) {
      const told = sentences(describeProgramme(bundle, compiled, TODAY, language))
      const text = told.join('\n')
      const { rule, programme, formula } = compiled
      for (const condition of [rule.condition, ...programme.tiers.map((tier) => tier.condition)]) {
        for (const { annotations } of condition.nodes) if (annotations.because) t.ok(text.includes(annotations.because[language]))
        for (const leaf of condition.leaves) {
          const { label } = condition.space.types[leaf.slot] as FactType
          t.ok(
            told.some((line) => line.startsWith(`${label[language]}: `)),
            `${compiled.id}: ${label.en}`,
          )
        }
      }
      for (const term of formula?.formula.terms ?? [])
        t.ok(
          told.some((line) => line.startsWith(term.label[language])),
          term.id,
        )
      t.notMatch(text, /undefined|NaN|Infinity|\[object|[{}]/)
      if (language === 'ar')
        t.same(
          told.filter((line) => /[a-z]{2}/i.test(line.replace(/ \[.*\]$/, '')) && !compiled.programme.source.sources.includes(line)),
          [],
          'Arabic is in Arabic',
        )
    }
  }
})

t.test('a limit that is the same for everybody is told with its amount', async (t) => {
  const compiled = programmeOf(bundle, 'unified-cash-transfer')
  if (!compiled) throw new Error('no such programme')
  const line = (language: 'ar' | 'en', digits?: 'arab'): string | undefined =>
    sentences(describeProgramme(bundle, compiled, TODAY, language, digits)).find((text) => /poverty line, per|خط الفقر للفرد/i.test(text))
  t.equal(line('en'), 'Income per member: less than “Poverty line, per person” (JOD 100 a month per person)')
  t.equal(line('ar', 'arab'), 'حصة الفرد من دخل الأسرة: أن تقل القيمة عن «خط الفقر للفرد» (١٠٠ دينار شهريًا للفرد)')
})

/** The shipped cash transfer with another programme and rule. */
function spoilt(targeting: object, conditions: unknown, more: object = {}, ofRule: object = {}) {
  const texts = shippedTexts().map((text) => {
    const is = (kind: string): boolean => text.kind === kind && text.id === 'unified-cash-transfer'
    if (is('programme')) {
      const source = JSON.parse(text.source) as ProgrammeSource
      return { ...text, source: JSON.stringify({ ...source, ...more, targeting: { ...source.targeting, ...targeting } }) }
    }
    if (is('rule')) return { ...text, source: JSON.stringify({ ...(JSON.parse(text.source) as RuleSource), ...ofRule, conditions }) }
    return text
  })
  const made = compileBundle(texts.filter(({ kind }) => kind !== 'cases').map((text) => ({ ...text, version: text.version ?? 1 })))
  const compiled = made.bundle && programmeOf(made.bundle, 'unified-cash-transfer')
  if (!made.bundle || !compiled) throw new Error(JSON.stringify(made.diagnostics))
  return (language: 'ar' | 'en') => describeProgramme(made.bundle as NonNullable<typeof made.bundle>, compiled, TODAY, language)
}
const without = (keys: readonly string[]): object => Object.fromEntries(keys.map((key) => [key, undefined]))

t.test('negations are turned round, shared definitions told by their labels', async (t) => {
  const size = { fact: 'householdSize', operator: 'greaterThan', value: 2 }
  const tell = spoilt(
    {},
    {
      all: [
        { not: { any: [size, { fact: 'hasElectricityMeter', operator: 'isKnown', value: true }] } },
        { not: { all: [size, size] }, because: { en: 'Small', ar: 'صغيرة' } },
        { not: { condition: 'no-young-car-cash' } },
      ],
    },
    { agency: 'NEW' },
    { effectiveTo: '2027-01-01' },
  )
  const [, rule] = tell('en')
  t.matchOnly(
    textOf([rule as PlainSection])
      .split('\n')
      .slice(2),
    [
      /- In force from 1 January 2026, until the day before 1 January 2027\./,
      /- This text is illustrative/,
      /^- All of the following must hold$/,
      /^ {2}- All of the following must hold$/,
      /^ {4}- Household members: at most 2 persons$/,
      /^ {4}- .*: not known$/,
      /^ {2}- All of the following must hold \(reason: Small\)$/,
      /^ {4}- At least one of the following must hold$/,
      /^ {6}- Household members: at most 2 persons$/,
      /^ {6}- Household members: at most 2 persons$/,
      /^ {2}- This must not hold: No car under/,
      /^ {4}- All of the following must hold$/,
      /^ {6}- .*: anything but 0 vehicles$/,
      /^ {6}- .*less than/,
      /^- Where what is known settles it neither way/,
      /^- Legal basis for using/,
      /^$/,
    ],
  )
  t.match(sentences(tell('ar')).join('\n'), /الجهة المسؤولة: NEW\./)
})

t.test('targeting: quotas, exclusions, orders and what is not limited', async (t) => {
  const always = { all: [{ fact: 'householdSize', operator: 'greaterThan', value: 0 }] }
  const selection = (targeting: object, language: 'ar' | 'en' = 'en'): string[] =>
    sentences(spoilt(targeting, always)(language).slice(3, 4)).filter((line) => !line.startsWith('Programmes are taken'))
  const order = [
    { by: 'fact', fact: 'householdSize', direction: 'descending' },
    { by: 'fact', fact: 'headAge', direction: 'ascending' },
    { by: 'tieBreak' },
  ]
  t.same(
    selection({
      ...without(['budget', 'places', 'quotas', 'exclusions', 'waitlist', 'thresholds', 'keepUndeterminedMonths']),
      order,
      period: 'year',
    }),
    [
      'Selection is for a year at a time.',
      'No budget limits it.',
      'No number of places limits it.',
      'They are taken in this order; where one line does not tell two apart, the next one decides:',
      'The higher “Household members” first',
      'The lower “Age of the head of household” first',
      'At last by lot, by a word that is fixed before the data are read and that lets everybody draw again',
    ],
  )
  const quotas = { method: 'absolute', by: 'governorate', places: { 11: 2, 21: 1 }, leftOver: 'none' }
  const exclusions = [{ programme: 'health-insurance', when: 'enrolled' }]
  t.same(selection({ quotas, places: 3, exclusions, budget: 10.5 }).slice(1, 8), [
    'No more than JOD 10.500 is spent in that time.',
    'There are places for 3 households.',
    'The places are divided by “Governorate”:',
    'Amman: 2',
    'Irbid: 1',
    'A place that finds nobody there stays free.',
    'Left out: whoever is enrolled in “Health insurance for poor households”.',
  ])
  const byPopulation = { method: 'proportional', by: 'governorate', to: 'population', leftOver: 'none' }
  t.match(selection({ quotas: byPopulation, places: 1 }), [
    /./,
    /./,
    'There is a place for one household.',
    'The places are divided by “Governorate” in proportion to the persons who live there.',
  ])
})

t.test('every kind of term and table of a formula', async (t) => {
  const words = (en: string): { en: string; ar: string } => ({ en, ar: `${en}ع` })
  const fact = (id: string, type: FactType['type'], more: Partial<FactType> = {}): FactType => ({
    id,
    type,
    scale: 0,
    unit: null,
    codes: null,
    codeLabels: null,
    label: words(id),
    protected: false,
    ...more,
  })
  const space = factSpace('household', [
    fact('size', 'integer', { unit: 'persons' }),
    fact('wage', 'decimal', { scale: 3, unit: 'JOD/month' }),
    fact('limit', 'decimal', { scale: 3, unit: 'JOD/month' }),
    fact('tenure', 'category', {
      codes: ['owned', 'rented', 'free'],
      codeLabels: { owned: words('Owned'), rented: words('Rented'), free: words('Free') },
    }),
    fact('sex', 'category', { codes: ['M', 'F'], protected: true }),
  ])
  const linear = (transform: string, more: object = {}) => ({
    id: transform,
    label: words(transform),
    fact: 'wage',
    weight: 0.5,
    transform,
    clamp: [1, 500.5],
    unknown: 'undetermined',
    ...more,
  })
  const { formula, diagnostics } = checkFormula(
    {
      id: 'example',
      version: 1,
      effectiveFrom: '2026-01-01',
      label: words('Example'),
      description: words('What it is'),
      predicts: words('want'),
      unit: 'perHousehold',
      direction: 'higherIsPoorer',
      intercept: 1,
      legalBasis: [{ fact: 'sex', basis: words('A law') }],
      terms: [
        linear('identity', { citation: 'A book' }),
        linear('ln'),
        linear('ln1p'),
        linear('sqrt'),
        {
          id: 'bands',
          label: words('Bands'),
          fact: 'size',
          bands: [
            { below: 3, points: 2 },
            { below: 6, points: 1 },
          ],
          otherwise: 0,
          unknown: { imputed: { points: 0.5, reason: words('as most') } },
        },
        { id: 'tenure', fact: 'tenure', points: { owned: 1 }, otherwise: 0.5, unknown: 'undetermined' },
        { id: 'sex', fact: 'sex', points: { M: 1, F: 0 }, unknown: 'undetermined' },
        {
          id: 'rich',
          label: words('Rich'),
          when: { fact: 'wage', operator: 'greaterThan', value: { fact: 'limit' } },
          points: 3,
          else: 0,
          unknown: 'undetermined',
        },
      ],
      tables: {
        band: {
          kind: 'bands',
          label: words('Band'),
          bands: [{ below: 5, value: 'poor', label: words('Poor') }],
          otherwise: { value: 'not', label: words('Not poor') },
        },
        chance: {
          kind: 'lookUp',
          unit: 'percent',
          rows: [
            [0, 90],
            [10, 12.5],
          ],
        },
      },
    },
    { space, definitions: noDefinitions },
  )
  if (!formula) throw new Error(JSON.stringify(diagnostics))
  t.equal(formula.terms.flatMap(slotsOf).length > 0, true)
  const referred = { definitions: noDefinitions, amountOf: () => undefined }
  const clamp = 'below JOD 1 a month it counts as JOD 1 a month, above JOD 500.500 a month as JOD 500.500 a month.'
  const none = '  - Where this is not known there is no score.'
  t.equal(
    textOf(tellFormula(formula, referred, voice('en'))),
    [
      'Example',
      '- What it is',
      '- It estimates: want.',
      '- A higher score means a poorer household.',
      '- Scores lie between 2.846574 and 275.652535.',
      '- In force from 1 January 2026.',
      '',
      'How the score is made',
      '- The score is 1 plus the contributions of 8 indicators.',
      `- identity: 0.5 times the value; ${clamp} [A book]`,
      none,
      `- ln: 0.5 times the natural logarithm of the value; ${clamp}`,
      none,
      `- ln1p: 0.5 times the natural logarithm of the value plus one; ${clamp}`,
      none,
      `- sqrt: 0.5 times the square root of the value; ${clamp}`,
      none,
      '- Bands, by its value:',
      '  - below 3 persons: 2',
      '  - from 3 persons to below 6 persons: 1',
      '  - from 6 persons: 0',
      '  - Where this is not known, 0.5 is counted for now (as most).',
      '- tenure, by its value:',
      '  - Owned: 1',
      '  - Rented or Free: 0.5',
      none,
      '- sex, by its value:',
      '  - M: 1',
      '  - F: 0',
      none,
      '- Rich: 3 where the following holds, 0 where it does not:',
      '  - wage: more than “limit”',
      none,
      '',
      'What a score means',
      '- Band',
      '  - below a score of 5: Poor',
      '  - from a score of 5: Not poor',
      '- chance',
      '  - from a score of 0: 90%',
      '  - from a score of 10: 12.5%',
      '',
      'Legal basis',
      '- Legal basis for using “sex”: A law',
      '',
    ].join('\n'),
  )
})

t.test('a scorecard from elsewhere is told too', async (t) => {
  const compiled = bundle.formulas.find(({ ref }) => ref.id === 'jordan-poverty-scorecard-2010')
  if (!compiled) throw new Error('no such formula')
  for (const language of languages) t.notMatch(textOf(describeFormula(bundle, compiled.formula, TODAY, language)), /undefined|NaN/)
})

t.test('parameters: of no day, of truth, and by several keys', async (t) => {
  const words = { en: 'P', ar: 'م' }
  const { catalogue } = bundle
  const parameter = { id: 'p', label: words, type: 'boolean', scale: 0, unit: null, illustrative: false, keys: [] } as const
  const en = voice('en')
  const first = { from: 0, citation: null, value: 1, rows: [] }
  t.equal(tellParameter({ ...parameter, epochs: [first] }, -1, catalogue, en).text, 'P: no value on this day')
  t.equal(tellParameter({ ...parameter, epochs: [first] }, 5, catalogue, en).text, 'P: yes, from 1 January 1970')
  t.equal(tellParameter({ ...parameter, epochs: [{ ...first, value: 0 }] }, 5, catalogue, voice('ar')).text, 'م: لا، من 1 كانون الثاني 1970')
  const table = {
    ...parameter,
    type: 'integer',
    unit: 'persons',
    keys: ['governorate', 'householdSize', 'x'],
    epochs: [{ from: 0, citation: 'C', value: null, rows: [{ keys: ['11', 2, 'y'], value: 3 }] }],
  } as const
  t.same(tellParameter(table, 5, catalogue, en), {
    text: 'P, from 1 January 1970:',
    citation: 'C',
    children: [{ text: 'Amman, 2 persons, y: 3 persons', citation: null, children: [] }],
  })
  t.equal(tellParameter(table, 5, catalogue, voice('ar')).children[0]?.text.includes('، '), true)
})
