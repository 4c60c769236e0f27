/** Poverty, inequality, targeting, fairness and nearness to the cut-off of one policy as rows. */
import type { ToldResult } from '../result.ts'
import { leftOutRows } from './left-out-rows.ts'
import { nearRows } from './near-rows.ts'
import { type ResultRow, row } from './result-row.ts'

type Policy = ToldResult['baseline']
type Measures = NonNullable<Policy['measures']>
type Targeting = Measures['programmes'][number]

/** Units as in the reference of the measures. */
const TARGETING = {
  coverage: 'share',
  inclusionError: 'share',
  exclusionError: 'share',
  leakage: 'ratio',
  targetingAccuracy: 'share',
  balancedPovertyAccuracy: 'index',
  coadyGroshHoddinott: 'ratio',
  concentrationIndex: 'index',
} as const satisfies Partial<Record<keyof Targeting, string>>
const INEQUALITY = { gini: 'index', s80s20: 'ratio', atRiskOfPoverty: 'share', medianGap: 'share' } as const

/** `scenario` null is the baseline. */
export function* measureRows(
  { measures, nearCutOffs, filters, leftOut }: Policy,
  scenario: string | null,
  told: ToldResult,
): Generator<ResultRow> {
  for (const one of nearCutOffs) yield* nearRows(one, { scenario, programme: one.programme }, unitOf(told, one.programme))
  yield* leftOutRows(leftOut, { scenario, reference: told.reference?.kind ?? null }, (programme) => unitOf(told, programme))
  yield* filterRows(filters ?? [], scenario, told)
  if (!measures) return
  const about = { scenario, reference: told.reference?.kind ?? null }
  for (const [name, value] of Object.entries(measures.poverty))
    yield row('measures', { ...about, measure: `poverty.${name}`, value, unit: 'share' })
  for (const [name, unit] of Object.entries(INEQUALITY))
    yield row('measures', { ...about, measure: `inequality.${name}`, value: measures.inequality[name as keyof typeof INEQUALITY], unit })
  yield* curveRows(about, 'lorenz', measures.lorenz)
  for (const one of measures.programmes) yield* targetingRows({ ...about, programme: one.programme }, one)
}

const unitOf = ({ scenarios }: ToldResult, programme: string): string =>
  scenarios.some(({ programmes }) => programmes.some((one) => one.programme === programme && one.unit === 'person'))
    ? 'persons'
    : 'households'

/** What each condition of a rule keeps out; the condition is named by its place, and in words where the rule says why it is there. */
function* filterRows(all: NonNullable<Policy['filters']>, scenario: string | null, told: ToldResult): Generator<ResultRow> {
  for (const { programme, filters } of all)
    for (const { pointer, definition, because, excluded, alone, poorExcluded, poorAlone } of filters) {
      const place = definition === null ? pointer : `${definition}#${pointer}`
      const about = { scenario, programme, breakdown: 'filter', group: place, groupAr: because?.ar ?? place }
      const units = unitOf(told, programme)
      const reference = told.reference?.kind ?? null
      yield row('filters', { ...about, measure: 'excluded', value: excluded, unit: units }, 'suppressed')
      yield row('filters', { ...about, measure: 'alone', value: alone, unit: units }, 'suppressed')
      yield row('filters', { ...about, measure: 'poorExcluded', value: poorExcluded, unit: units, reference }, 'suppressed')
      yield row('filters', { ...about, measure: 'poorAlone', value: poorAlone, unit: units, reference }, 'suppressed')
    }
}

function* curveRows(about: Partial<ResultRow>, measure: string, curve: Measures['lorenz']): Generator<ResultRow> {
  for (const { population, amount } of curve) {
    const group = `${population}`
    yield row('curves', { ...about, breakdown: 'population', group, groupAr: group, measure, value: amount, unit: 'share' })
  }
}

function* targetingRows(about: Partial<ResultRow>, one: Targeting): Generator<ResultRow> {
  for (const [measure, unit] of Object.entries(TARGETING))
    yield row('measures', { ...about, measure, value: one[measure as keyof typeof TARGETING], unit })
  for (const { outcome, shareOfPoor } of one.missedBy)
    yield row('measures', { ...about, breakdown: 'outcome', group: outcome, measure: 'missedBy', value: shareOfPoor, unit: 'share' })
  for (const [place, { coverage, shareOfBenefit }] of one.deciles.entries()) {
    const tenth = `${place + 1}`
    const decile = { ...about, breakdown: 'welfareDecile', group: tenth, groupAr: tenth, unit: 'share' }
    yield row('deciles', { ...decile, measure: 'coverage', value: coverage })
    yield row('deciles', { ...decile, measure: 'shareOfBenefit', value: shareOfBenefit })
  }
  for (const { breakdown, groups } of one.fairness)
    for (const { group, tooSmall, rate, interval, difference, ratio } of groups) {
      const named = { ...about, breakdown, group: group.en, groupAr: group.ar }
      const missing = tooSmall ? 'tooSmall' : 'none'
      const ends = (of: typeof interval) => ({ low: of?.low ?? null, high: of?.high ?? null })
      yield row('fairness', { ...named, measure: 'rate', value: rate, ...ends(interval), unit: 'share' }, missing)
      yield row(
        'fairness',
        { ...named, measure: 'difference', value: difference?.value ?? null, ...ends(difference?.interval ?? null), unit: 'difference' },
        missing,
      )
      yield row(
        'fairness',
        { ...named, measure: 'ratio', value: ratio?.value ?? null, ...ends(ratio?.interval ?? null), unit: 'ratio' },
        missing,
      )
    }
  yield* curveRows(about, 'concentration', one.concentration)
}
