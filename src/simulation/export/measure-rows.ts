/** Poverty, inequality, targeting, fairness and nearness to the cut-off of one policy as rows. */
import type { ToldResult } from '../result.ts'
import { leftOutRows } from './left-out-rows.ts'
import { nearRows } from './near-rows.ts'
import { likelihoodRows, rateRows } from './rate-rows.ts'
import { type ResultRow, row } from './result-row.ts'
import { welfareRows } from './welfare-rows.ts'

type Policy = ToldResult['baseline']
type Measures = NonNullable<Policy['measures']>
type Targeting = Measures['programmes'][number]

/** Units as in the reference of the measures. */
const ERRORS = {
  coverage: 'share',
  inclusionError: 'share',
  exclusionError: 'share',
  leakage: 'ratio',
  targetingAccuracy: 'share',
  balancedPovertyAccuracy: 'index',
} as const satisfies Partial<Record<keyof Targeting, string>>
const TARGETING = {
  ...ERRORS,
  coadyGroshHoddinott: 'ratio',
  concentrationIndex: 'index',
} as const satisfies Partial<Record<keyof Targeting, string>>

/** `scenario` null is the baseline. */
export function* measureRows(
  { measures, nearCutOffs, filters, leftOut, imputed, likelihoods }: Policy,
  scenario: string | null,
  told: ToldResult,
): Generator<ResultRow> {
  for (const one of nearCutOffs) yield* nearRows(one, { scenario, programme: one.programme }, unitOf(told, one.programme))
  yield* leftOutRows(leftOut, { scenario, reference: told.reference?.kind ?? null }, (programme) => unitOf(told, programme))
  yield* filterRows(filters ?? [], scenario, told)
  for (const { formula, fairness } of imputed ?? []) yield* rateRows({ scenario, formula }, 'imputed', fairness, told)
  yield* likelihoodRows({ scenario }, likelihoods ?? [], told)
  if (!measures) return
  const about = { scenario, reference: told.reference?.kind ?? null }
  yield* welfareRows(about, measures)
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
  yield* missedRows(about, 'missedBy', one.missedBy)
  yield* decileRows(about, '', one.deciles)
  const { persons, households } = one
  if (persons) {
    for (const [measure, unit] of Object.entries(ERRORS))
      yield row('measures', { ...about, measure: `persons.${measure}`, value: persons[measure as keyof typeof ERRORS], unit })
    yield* missedRows(about, 'persons.missedBy', persons.missedBy)
  }
  if (households) {
    const { coadyGroshHoddinott: value, deciles } = households
    yield row('measures', { ...about, measure: 'households.coadyGroshHoddinott', value, unit: 'ratio' })
    yield* decileRows(about, 'households.', deciles)
  }
  for (const { measure = 'exclusionError', ...rates } of one.fairness) yield* rateRows(about, measure, [rates])
  yield* curveRows(about, 'concentration', one.concentration)
}

function* missedRows(about: Partial<ResultRow>, measure: string, missedBy: Targeting['missedBy']): Generator<ResultRow> {
  for (const { outcome, shareOfPoor } of missedBy)
    yield row('measures', { ...about, breakdown: 'outcome', group: outcome, measure, value: shareOfPoor, unit: 'share' })
}

function* decileRows(about: Partial<ResultRow>, path: string, deciles: Targeting['deciles']): Generator<ResultRow> {
  for (const [place, { coverage, shareOfBenefit }] of deciles.entries()) {
    const tenth = `${place + 1}`
    const decile = { ...about, breakdown: 'welfareDecile', group: tenth, groupAr: tenth, unit: 'share' }
    yield row('deciles', { ...decile, measure: `${path}coverage`, value: coverage })
    yield row('deciles', { ...decile, measure: `${path}shareOfBenefit`, value: shareOfBenefit })
  }
}
