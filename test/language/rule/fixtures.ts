/** A small catalogue and definitions for tests of rules, with a protected fact, periods, and a person's space. */
import type { Definition } from '../../../src/language/condition/definition.ts'
import { factSpace } from '../../../src/language/fact-space.ts'
import { factType } from '../generators.ts'

const householdTypes = [
  factType('incomeMonth', 'decimal', { scale: 3, unit: 'JOD/month', label: { en: 'Monthly income', ar: 'الدخل الشهري' } }),
  factType('incomeYear', 'decimal', { scale: 3, unit: 'JOD/year', label: { en: 'Yearly income', ar: 'الدخل السنوي' } }),
  factType('povertyLine', 'decimal', { scale: 3, unit: 'JOD/month', label: { en: 'Poverty line', ar: 'خط الفقر' } }),
  factType('memberCount', 'integer', { unit: 'persons', label: { en: 'Household members', ar: 'عدد أفراد الأسرة' } }),
  factType('carAge', 'integer', { unit: 'years', label: { en: 'Age of the newest car', ar: 'عمر أحدث مركبة' } }),
  factType('headIsCitizen', 'boolean', { protected: true, label: { en: 'The head is a Jordanian citizen', ar: 'رب الأسرة أردني الجنسية' } }),
  factType('ownsHome', 'boolean', { label: { en: 'Owns the dwelling', ar: 'تملك الأسرة المسكن' } }),
  factType('licenceExpiry', 'date', { label: { en: 'Expiry of the vehicle licence', ar: 'انتهاء رخصة المركبة' } }),
  factType('tenure', 'category', {
    codes: ['own', 'rent', 'free'],
    codeLabels: { own: { en: 'owned', ar: 'ملك' }, rent: { en: 'rented', ar: 'مستأجر' }, free: { en: 'rent-free', ar: 'دون مقابل' } },
    label: { en: 'Tenure of the dwelling', ar: 'حيازة المسكن' },
  }),
  factType('governorate', 'category', { codes: ['11', '21', '34'], label: { en: 'Governorate', ar: 'المحافظة' } }),
  factType('benefitAmount', 'decimal', { scale: 3, unit: 'JOD/month', label: { en: 'Monthly benefit', ar: 'المنفعة الشهرية' } }),
  factType('meter', 'decimal', { scale: 2, unit: 'kWh/month', label: { en: 'Electricity used', ar: 'استهلاك الكهرباء' } }),
]

export const space = factSpace('household', householdTypes)
export const personSpace = factSpace('person', [
  ...householdTypes,
  factType('age', 'integer', { unit: 'years', label: { en: 'Age', ar: 'العمر' } }),
])

const definition = (id: string, scope: 'household' | 'person', conditions: unknown): Definition => ({
  id,
  label: { en: `Label of ${id}`, ar: `تسمية ${id}` },
  scope,
  conditions,
})

const deep = (levels: number): unknown => (levels === 0 ? { fact: 'ownsHome', operator: 'equal', value: true } : { not: deep(levels - 1) })
const wide = (count: number): unknown => ({
  any: Array.from({ length: count }, (_, value) => ({ fact: 'memberCount', operator: 'equal', value })),
})

export const definitions: ReadonlyMap<string, Definition> = new Map(
  [
    definition('isPoor', 'household', { all: [{ fact: 'incomeMonth', operator: 'lessThan', value: { fact: 'povertyLine' } }] }),
    definition('isElder', 'person', { all: [{ fact: 'age', operator: 'greaterThanInclusive', value: 60 }] }),
    definition('isCitizen', 'household', { all: [{ fact: 'headIsCitizen', operator: 'equal', value: true }] }),
    definition('circleA', 'household', { all: [{ condition: 'circleB' }] }),
    definition('circleB', 'household', { not: { condition: 'circleA' } }),
    definition('broken', 'household', { all: [{ fact: 'nothing', operator: 'equal', value: 1 }] }),
    definition('deep', 'household', deep(15)),
    definition('wide', 'household', wide(300)),
    definition('wider', 'household', { any: [{ condition: 'wide' }, { condition: 'wide' }, { condition: 'wide' }] }),
  ].map((item) => [item.id, item]),
)

export const rule = (conditions: unknown, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  id: 'cash',
  version: 1,
  illustrative: true,
  effectiveFrom: '2026-01-01',
  description: { en: 'A rule', ar: 'قاعدة' },
  conditions,
  event: { type: 'eligible' },
  ...more,
})
