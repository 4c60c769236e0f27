/** Programmes: sound ones, faulty ones with code and pointer, and all programmes together. */
import t from 'tap'
import { checkProgramme, parseProgramme } from '../../../src/language/programme/check.ts'
import { dependencyOrder, setProblems } from '../../../src/language/programme/order.ts'
import type { ProgrammeSource } from '../../../src/language/programme/schema.ts'
import { context, programme, targeting } from './fixtures.ts'

const T = '/targeting'
const [tiers, score, byIncome, byDate, tieBreak] = targeting.order

const faults: readonly (readonly [what: string, json: unknown, findings: readonly string[]])[] = [
  ['an unknown key', programme({ agencey: 'x' }), ['unknown-key /agencey']],
  ['an unknown unit', programme({ unit: 'family' }), ['wrong-value /unit']],
  ['a rule that does not exist', programme({ rule: { id: 'cash', version: 2 } }), ['rule-unknown /rule']],
  ['a formula that does not exist', programme({ formula: { id: 'welfair', version: 1 } }), ['formula-unknown /formula']],
  ['several members of a household programme', programme({ severalMembers: true }), ['members-unit /severalMembers']],
  ['a benefit that is not there', programme({ benefit: { fact: 'amount', period: 'month' } }), ['fact-unknown /benefit/fact']],
  ['a benefit that is not money', programme({ benefit: { fact: 'meter', period: 'month' } }), ['benefit-not-money /benefit/fact']],
  ['a benefit paid daily', programme({ benefit: { fact: 'benefitAmount', period: 'day' } }), ['wrong-value /benefit/period']],
  ['a negative budget', programme({}, { budget: -1 }), ['wrong-value /targeting/budget']],
  ['half a place', programme({}, { places: 1.5 }), ['wrong-value /targeting/places']],
  ['no tie-break', programme({}, { order: [score] }), [`order-tie-break ${T}/order`]],
  ['a tie-break before the end', programme({}, { order: [tieBreak, score] }), [`order-tie-break ${T}/order`]],
  ['an order key twice', programme({}, { order: [byIncome, byIncome, tieBreak] }), [`order-repeats ${T}/order/1`]],
  [
    'an order by a fact that is not there',
    programme({}, { order: [{ ...byIncome, fact: 'incomeMnth' }, tieBreak] }),
    [`fact-unknown ${T}/order/0/fact`],
  ],
  ['an order key that does not exist', programme({}, { order: [{ by: 'rank' }, tieBreak] }), [`wrong-value ${T}/order/0/by`]],
  [
    'an order by score without a formula',
    Object.fromEntries(Object.entries(programme({}, { thresholds: { entry: 1, exit: 2 } })).filter(([key]) => key !== 'formula')),
    [`formula-missing ${T}/order/1`, `formula-missing ${T}/thresholds`],
  ],
  [
    'a tier whose condition is faulty',
    programme({}, { order: [{ by: 'tiers', tiers: [{ name: 'a', label: { en: 'a', ar: 'أ' }, when: { any: [] } }] }, tieBreak] }),
    [`group-empty ${T}/order/0/tiers/0/when/any`],
  ],
  [
    'a tier by a protected fact without a basis',
    programme(
      {},
      {
        order: [
          {
            by: 'tiers',
            tiers: [{ name: 'a', label: { en: 'a', ar: 'أ' }, when: { fact: 'headIsCitizen', operator: 'equal', value: true } }],
          },
          tieBreak,
        ],
      },
    ),
    [`protected-without-basis ${T}/order/0/tiers/0/when/fact`],
  ],
  [
    'a tier without a label',
    programme({}, { order: [{ by: 'tiers', tiers: [{ name: 'a', when: { any: [] } }] }, tieBreak] }),
    [`missing-key ${T}/order/0/tiers/0`],
  ],
  [
    'quotas by something that is not an area',
    programme({}, { quotas: { ...targeting.quotas, by: 'memberCount' } }),
    [`quota-areas ${T}/quotas/by`],
  ],
  ['quotas by a fact that is not there', programme({}, { quotas: { ...targeting.quotas, by: 'liwa' } }), [`fact-unknown ${T}/quotas/by`]],
  [
    'a quota for an area that does not exist',
    programme({}, { quotas: { ...targeting.quotas, places: { '99': 1 } } }),
    [`quota-areas ${T}/quotas/places/99`],
  ],
  [
    'quotas beyond the places',
    programme({}, { quotas: { ...targeting.quotas, places: { '11': 60, '21': 41 } } }),
    [`quota-areas ${T}/quotas/places`],
  ],
  [
    'quotas beyond counting',
    programme({}, { quotas: { ...targeting.quotas, places: { '11': 9_007_199_254_740_991, '21': 1 } } }),
    [`quota-areas ${T}/quotas/places`],
  ],
  [
    'shares of a parameter that there is not, or that has another key',
    programme({}, { quotas: { method: 'proportional', by: 'governorate', to: { parameter: 'povertyLine' }, leftOver: 'none' } }),
    [`quota-areas ${T}/quotas/to/parameter`],
  ],
  [
    'amounts and scores finer than they are kept',
    programme({}, { budget: 0.0005, thresholds: { entry: 1.2345678, exit: 1e10 } }),
    [`targeting-places ${T}/budget`, `targeting-places ${T}/thresholds/entry`, `targeting-places ${T}/thresholds/exit`],
  ],
  ['proportional quotas of no places', withoutPlaces(), [`quota-areas ${T}/quotas`]],
  [
    'an exclusion of itself',
    programme({}, { exclusions: [{ programme: 'cash', when: 'enrolled' }] }),
    [`precedence-order ${T}/exclusions/0/programme`],
  ],
]

function withoutPlaces(): unknown {
  const json = programme({}, { quotas: { method: 'proportional', by: 'governorate', to: 'population', leftOver: 'none' } })
  return { ...json, targeting: Object.fromEntries(Object.entries(json.targeting as object).filter(([key]) => key !== 'places')) }
}

t.test(`${faults.length} faulty programmes, each with its findings`, async (t) => {
  for (const [what, json, findings] of faults) {
    const { programme: accepted, diagnostics } = checkProgramme(json, context)
    t.equal(accepted, undefined, `${what}: not accepted`)
    t.same(
      diagnostics.map((d) => `${d.code} ${d.pointer}`),
      findings,
      what,
    )
  }
})

t.test('a sound programme is accepted, with its tiers compiled', async (t) => {
  const { programme: accepted, diagnostics } = parseProgramme(JSON.stringify(programme()), context)
  t.same(diagnostics, [])
  t.same(
    accepted?.tiers.map((tier) => [tier.name, tier.condition.leaves.length]),
    [['large', 1]],
  )
  t.ok(checkProgramme(programme({ unit: 'person', severalMembers: true }), context).programme)
  for (const [id, thresholds] of [
    ['welfare', { entry: 5, exit: 5 }],
    ['deprivation', { entry: 5, exit: 5 }],
    ['deprivation', { entry: 5, exit: 4 }],
  ] as const)
    t.ok(checkProgramme(programme({ formula: { id, version: 1 } }, { thresholds }), context).programme, `${id}, wider or the same`)
  for (const [id, exit] of [
    ['welfare', 4],
    ['deprivation', 5.000001],
  ] as const) {
    const { programme: warned, diagnostics: found } = checkProgramme(
      programme({ formula: { id, version: 1 } }, { thresholds: { entry: 5, exit } }),
      context,
    )
    t.same(
      found.map(({ code, pointer, severity }) => [code, pointer, severity]),
      [['thresholds-crossed', `${T}/thresholds/exit`, 'warning']],
    )
    t.ok(warned, 'what was accepted before stays in force')
  }
  const [crossed] = checkProgramme(programme({}, { thresholds: { entry: 5, exit: 4 } }), context).diagnostics
  t.match(crossed, { message: /5.*4/, messageAr: /5.*4/, expected: 'at least 5', severity: 'warning' })
  t.ok(
    checkProgramme(
      programme(
        {},
        {
          order: [tiers, byDate, tieBreak],
          quotas: { method: 'proportional', by: 'governorate', to: { parameter: 'shares' }, leftOver: 'none' },
        },
      ),
      context,
    ).programme,
  )
  t.same(
    parseProgramme('{', context).diagnostics.map((d) => d.code),
    ['json-syntax'],
  )
})

t.test('programmes are judged after those whose status they read; circles are errors', async (t) => {
  const order = dependencyOrder([
    { id: 'energy', reads: ['cash', 'health'] },
    { id: 'health', reads: ['cash'] },
    { id: 'cash', reads: [] },
    { id: 'housing', reads: [] },
  ])
  t.same(order, { order: ['cash', 'health', 'energy', 'housing'], diagnostics: [] })
  const circle = dependencyOrder([
    { id: 'a', reads: ['b'] },
    { id: 'b', reads: ['c'] },
    { id: 'c', reads: ['b'] },
  ])
  t.same(
    circle.diagnostics.map((d) => `${d.code} ${d.pointer}`),
    ['programme-cyclic /b/rule'],
  )
  t.match(circle.diagnostics[0]?.message, 'b → c → b')
  t.same(
    dependencyOrder([{ id: 'cash', reads: ['helth'] }]).diagnostics.map((d) => `${d.code} ${d.pointer}`),
    ['programme-unknown /cash/rule'],
  )
})

t.test('the set of programmes: ids, precedence, exclusions', async (t) => {
  const one = (id: string, precedence: number, excluded?: string, when = 'selected'): ProgrammeSource =>
    programme(
      { id },
      { precedence, exclusions: excluded === undefined ? [] : [{ programme: excluded, when }] },
    ) as unknown as ProgrammeSource
  const codes = (...list: ProgrammeSource[]): string[] => setProblems(list).map((d) => `${d.code} ${d.pointer}`)
  t.same(codes(one('a', 1), one('b', 2, 'a'), one('c', 3, 'b')), [])
  t.same(codes(one('a', 1), one('a', 2)), ['programme-repeats /a'])
  t.same(codes(one('a', 1), one('b', 1)), ['precedence-repeats /b/targeting/precedence'])
  t.same(codes(one('a', 1, 'b'), one('b', 2)), ['precedence-order /a/targeting/exclusions/0/programme'])
  t.same(codes(one('a', 1, 'b', 'enrolled'), one('b', 2)), [])
  t.same(codes(one('a', 1, 'z')), ['programme-unknown /a/targeting/exclusions/0/programme'])
})
