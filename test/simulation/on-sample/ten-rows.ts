/** Ten rows that are reckoned by hand in the documentation, and versions under which one programme alone decides about them. */
import { compileBundle, type NumberedText } from '../../../src/programmes/compile-bundle.ts'
import type { Bundle } from '../../../src/programmes/bundle.ts'
import { shippedTexts } from '../../../src/programmes/shipped-files.ts'
import type { ReferenceSample } from '../../../src/simulation/fit/reference-sample.ts'
import type { OpenedSample } from '../../../src/simulation/on-sample/open-sample.ts'
import type { SampleAsked } from '../../../src/simulation/on-sample/sample-asked.ts'
import type { Change } from '../../../src/simulation/scenario-schema.ts'
import { scenarioTexts } from '../../../src/simulation/scenario-texts.ts'
import { day } from '../../rules/real-rows.ts'
import { CASH, programmeSet, scenario } from '../support/seeded-laboratory.ts'

export const asOf = day('2026-11-01')

const texts = shippedTexts()
  .filter(({ kind }) => kind !== 'cases')
  .map((text): NumberedText => ({ ...text, version: text.version ?? 1 }))

const formula = {
  id: 'welfare-ranking',
  version: 1,
  illustrative: true,
  effectiveFrom: '2026-01-01',
  label: { en: 'Rooms', ar: 'الغرف' },
  description: { en: 'Rooms alone.', ar: 'الغرف وحدها.' },
  predicts: { en: 'Rooms', ar: 'الغرف' },
  unit: 'perHousehold',
  direction: 'lowerIsPoorer',
  intercept: 0,
  terms: [
    {
      id: 'rooms',
      fact: 'rooms',
      label: { en: 'Rooms', ar: 'الغرف' },
      weight: 1,
      clamp: [0, 20],
      transform: 'identity',
      unknown: 'undetermined',
    },
  ],
}

/** Households of two or more, in the order of their rooms; one hundred households have forty places. */
const BASE: readonly Change[] = [
  { object: 'formula', id: 'welfare-ranking', source: formula },
  {
    object: 'rule',
    id: CASH,
    set: { '/conditions': { all: [{ fact: 'householdSize', operator: 'greaterThanInclusive', value: 2 }] }, '/legalBasis': null },
  },
  programmeSet(CASH, {
    '/targeting/places': 40,
    '/targeting/quotas': null,
    '/targeting/exclusions': null,
    '/targeting/thresholds': null,
    '/targeting/order': [{ by: 'score' }, { by: 'tieBreak' }],
  }),
]

export function bundleWith(...changes: Change[]): Bundle {
  const answer = scenarioTexts(texts, scenario('made', ...BASE, ...changes), asOf, '')
  if (!answer.ok) throw new Error(JSON.stringify(answer.errors, null, 1))
  return answer.bundle
}

export const shippedAgain = (): Bundle => compileBundle(texts).bundle as Bundle

export const HOUSEHOLDS = 100

const WEIGHTS = [5, 10, 15, 10, 10, 10, 10, 10, 10, 10]
const WELFARE = [50, 60, 70, 80, 90, 110, 120, 150, 200, 300]
const SIZES = [4, 6, 5, 3, 1, 4, 2, 5, 3, 4]
const ROOMS = [1, 2, 2, 1, 3, 3, 2, 4, 5, NaN]

/** `order`: of the rows; `times`: what each weight is multiplied by. */
export function tenRows(order: readonly number[] = SIZES.map((_, row) => row), times = 1): ReferenceSample {
  const of = (values: readonly number[]): Float64Array => Float64Array.from(order, (row) => values[row] as number)
  return {
    space: shippedAgain().catalogue.household,
    rows: order.length,
    welfare: of(WELFARE),
    weights: of(WEIGHTS).map((weight) => weight * times),
    strata: null,
    clusters: null,
    facts: new Map([
      ['householdSize', of(SIZES)],
      ['rooms', of(ROOMS)],
    ]),
  }
}

/** With a line of JOD 100. */
export const opened = (rows: ReferenceSample, welfareUnit: SampleAsked['welfareUnit'] = 'JOD/person/month'): OpenedSample => ({
  provenance: { id: 'made', name: 'Ten', source: 'made up', synthetic: true, contentHash: '', rowsUsed: rows.rows, rowsFaulty: 0 },
  asked: { sample: 'made', welfareUnit },
  line: 100_000,
  rows,
})
