/** A sound programme to spoil, and the context in which programmes are checked. */
import type { ProgrammeContext } from '../../../src/language/programme/check.ts'
import { definitions, personSpace, space } from '../rule/fixtures.ts'

const directions = { welfare: 'lowerIsPoorer', deprivation: 'higherIsPoorer' } as const

export const context: ProgrammeContext = {
  spaces: { household: space, person: personSpace },
  definitions,
  sharesExist: (parameter, fact) => parameter === 'shares' && fact === 'governorate',
  ruleExists: (id, version) => id === 'cash' && version === 1,
  directionOf: (id, version) => (version === 1 && id in directions ? directions[id as keyof typeof directions] : null),
}

export const targeting = {
  period: 'month',
  budget: 1_000_000.5,
  places: 100,
  quotas: { method: 'absolute', by: 'governorate', places: { '11': 60, '21': 30 }, leftOver: 'nationalOrder' },
  order: [
    {
      by: 'tiers',
      tiers: [{ name: 'large', label: { en: 'Large', ar: 'كبيرة' }, when: { fact: 'memberCount', operator: 'greaterThan', value: 6 } }],
    },
    { by: 'score' },
    { by: 'fact', fact: 'incomeMonth', direction: 'ascending' },
    { by: 'applicationDate' },
    { by: 'tieBreak' },
  ],
  precedence: 2,
  exclusions: [{ programme: 'other', when: 'selected' }],
  waitlist: { length: 50 },
  thresholds: { entry: 10.5, exit: 12 },
  keepUndeterminedMonths: 6,
}

export const programme = (more: object = {}, ofTargeting: object = {}): Record<string, unknown> => ({
  id: 'cash',
  names: { en: 'Cash', ar: 'نقدي' },
  agency: 'NAF',
  unit: 'household',
  rule: { id: 'cash', version: 1 },
  formula: { id: 'welfare', version: 1 },
  benefit: { fact: 'benefitAmount', period: 'quarter' },
  targeting: { ...targeting, ...ofTargeting },
  illustrative: true,
  sources: ['illustrative'],
  ...more,
})
