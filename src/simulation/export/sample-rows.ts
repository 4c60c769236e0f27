/** What one policy comes to on an uploaded sample, as rows. */
import type { ToldResult } from '../result.ts'
import { type ResultRow, row } from './result-row.ts'

type Policy = ToldResult['baseline']
type OnSample = NonNullable<Policy['onSample']>
type Programme = OnSample['programmes'][number]
type CutOff = OnSample['formulas'][number]['cutOffs'][number]

const MICRO = 1_000_000

const ERRORS = {
  coverage: 'share',
  inclusionError: 'share',
  exclusionError: 'share',
  leakage: 'ratio',
  targetingAccuracy: 'share',
  balancedPovertyAccuracy: 'index',
} as const satisfies Partial<Record<keyof Programme['persons'], string>>
const INEQUALITY = { gini: 'index', s80s20: 'ratio', atRiskOfPoverty: 'share', medianGap: 'share' } as const
const HIDDEN = 'suppressed'
const WHO = ['persons', 'households'] as const

/** `scenario` null is the baseline, with which the sample before any transfer is told too. */
export function* sampleRows({ onSample }: Pick<Policy, 'onSample'>, scenario: string | null, { sample }: ToldResult): Generator<ResultRow> {
  if (!onSample || !sample) return
  const about = { scenario, reference: sample.synthetic ? 'synthetic-sample' : 'sample' }
  if (scenario === null) {
    for (const name of ['withoutWelfare', 'withoutSize'] as const)
      yield row('sample', { ...about, measure: name, value: sample[name], unit: 'rows' }, HIDDEN)
    yield* welfareRows(about, 'before.', sample.before)
  }
  yield* welfareRows(about, '', onSample)
  for (const programme of onSample.programmes) yield* programmeRows({ ...about, programme: programme.programme }, programme)
  for (const { formula, rows, cutOffs } of onSample.formulas) {
    yield* rowCounts({ ...about, formula }, 'rows', rows)
    for (const one of cutOffs) yield* cutOffRows({ ...about, formula }, one)
  }
}

function* welfareRows(about: Partial<ResultRow>, path: string, of: Pick<OnSample, 'persons' | 'households'>): Generator<ResultRow> {
  for (const who of WHO) {
    const { rows, poverty, sampling, inequality, lorenz } = of[who]
    yield* rowCounts(about, `${path}${who}.rows`, rows)
    for (const [name, value] of Object.entries(poverty))
      yield* estimateRows(
        { ...about, measure: `${path}${who}.poverty.${name}`, value, unit: 'share' },
        sampling?.[name as keyof typeof sampling],
      )
    for (const [name, unit] of Object.entries(INEQUALITY))
      yield row('sample', {
        ...about,
        measure: `${path}${who}.inequality.${name}`,
        value: inequality[name as keyof typeof INEQUALITY],
        unit,
      })
    yield* curveRows(about, `${path}${who}.lorenz`, lorenz)
  }
}

type Sampling = { readonly standardError: number; readonly low: number; readonly high: number } | null | undefined

const samplingOf = ({ sampling }: Programme['persons'], name: string): Sampling => sampling?.[name as keyof typeof sampling]

/** A figure with the ends of its interval, and its standard error where there is one. */
function* estimateRows(figure: Parameters<typeof row>[1], sampling: Sampling, missing?: typeof HIDDEN): Generator<ResultRow> {
  const [low, high] = [sampling?.low ?? null, sampling?.high ?? null]
  yield row('sample', { ...figure, low, high }, missing)
  if (sampling) yield row('sample', { ...figure, measure: `${figure.measure}.standardError`, value: sampling.standardError })
}

/** Rows of the sample behind figures. */
function* rowCounts(about: Partial<ResultRow>, path: string | null, counts: Readonly<Record<string, number | null>>): Generator<ResultRow> {
  for (const [name, value] of Object.entries(counts))
    yield row('sample', { ...about, measure: path === null ? name : `${path}.${name}`, value, unit: 'rows' }, HIDDEN)
}

function* curveRows(about: Partial<ResultRow>, measure: string, curve: OnSample['persons']['lorenz']): Generator<ResultRow> {
  for (const { population, amount } of curve) {
    const group = `${population}`
    yield row('sample', { ...about, breakdown: 'population', group, groupAr: group, measure, value: amount, unit: 'share' })
  }
}

/** A score is a group: those who are as poor as it or poorer. */
function* cutOffRows(about: Partial<ResultRow>, { score, rows, poorRows, households, persons }: CutOff): Generator<ResultRow> {
  const group = `${score / MICRO}`
  const at = { ...about, breakdown: 'cutOff', group, groupAr: group }
  yield* rowCounts(at, null, { rows, poorRows })
  for (const [who, errors] of [['households', households] as const, ['persons', persons] as const])
    for (const name of ['coverage', 'inclusionError', 'exclusionError', 'leakage'] as const)
      yield row('sample', { ...at, measure: `${who}.${name}`, value: errors[name], unit: ERRORS[name] }, HIDDEN)
}

function* programmeRows(about: Partial<ResultRow>, one: Programme): Generator<ResultRow> {
  const households = { ...about, unit: 'households' }
  const money = { ...about, unit: `JOD/${one.period}` }
  const hidden = HIDDEN
  yield* rowCounts(about, 'rows', one.rows)
  yield row('sample', { ...households, measure: 'selected', value: one.selected }, hidden)
  yield row('sample', { ...households, measure: 'places', value: one.places })
  yield row('sample', { ...money, measure: 'spent', value: one.spent === null ? null : one.spent / 1000 }, hidden)
  yield row('sample', { ...money, measure: 'budget', value: one.budget === null ? null : one.budget / 1000 })
  yield row('sample', { ...about, measure: 'stoppedByBudget', value: Number(one.stoppedByBudget), unit: 'flag' })
  for (const side of ['entrants', 'leavers'] as const) {
    const moved = one[side]
    if (!moved) continue
    yield* rowCounts(about, side, { rows: moved.rows })
    yield row('sample', { ...households, measure: `${side}.households`, value: moved.households }, hidden)
  }
  for (const who of WHO) {
    yield* rowCounts(about, `${who}.rows`, one[who].rows)
    for (const [name, unit] of Object.entries(ERRORS))
      yield* estimateRows(
        { ...about, measure: `${who}.${name}`, value: one[who][name as keyof typeof ERRORS], unit },
        samplingOf(one[who], name),
        hidden,
      )
    for (const { outcome, shareOfPoor } of one[who].missedBy)
      yield row(
        'sample',
        { ...about, breakdown: 'outcome', group: outcome, measure: `${who}.missedBy`, value: shareOfPoor, unit: 'share' },
        hidden,
      )
  }
  yield row('sample', { ...about, measure: 'coadyGroshHoddinott', value: one.coadyGroshHoddinott, unit: 'ratio' }, hidden)
  yield row('sample', { ...about, measure: 'concentrationIndex', value: one.concentrationIndex, unit: 'index' }, hidden)
  yield* curveRows(about, 'concentration', one.concentration)
  for (const [place, { coverage, shareOfBenefit }] of one.deciles.entries()) {
    const tenth = `${place + 1}`
    const decile = { ...about, breakdown: 'welfareDecile', group: tenth, groupAr: tenth, unit: 'share' }
    yield row('sample', { ...decile, measure: 'coverage', value: coverage }, hidden)
    yield row('sample', { ...decile, measure: 'shareOfBenefit', value: shareOfBenefit }, hidden)
  }
}
