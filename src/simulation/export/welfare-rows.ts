/** Poverty and inequality of a whole population as rows, before and after transfers, and at every line. */
import type { ToldResult } from '../result.ts'
import { type ResultRow, row } from './result-row.ts'

type Measures = NonNullable<ToldResult['baseline']['measures']>
type Welfare = Pick<Measures, 'poverty' | 'inequality'>

const POVERTY = { headcount: 'share', povertyGap: 'share', severity: 'share', watts: 'index' } as const
const INEQUALITY = {
  gini: 'index',
  s80s20: 'ratio',
  atRiskOfPoverty: 'share',
  medianGap: 'share',
  meanLogDeviation: 'index',
  theil: 'index',
  atkinsonHalf: 'index',
  atkinsonOne: 'index',
} as const satisfies Record<keyof Welfare['inequality'], string>
const LINE = ['headcount', 'povertyGap', 'severity'] as const

export function* welfareRows(about: Partial<ResultRow>, { before, lines, ...after }: Measures): Generator<ResultRow> {
  yield* ofWelfare(about, '', after)
  if (before) yield* ofWelfare(about, 'before.', before)
  for (const { line, ...sides } of lines ?? []) {
    const group = `${line / 1000}`
    for (const side of ['before', 'after', 'change'] as const)
      for (const name of LINE)
        yield row('measures', {
          ...about,
          breakdown: 'line',
          group,
          groupAr: group,
          measure: `lines.${side}.${name}`,
          value: sides[side][name],
          unit: side === 'change' ? 'difference' : 'share',
        })
  }
}

/** What an older result does not have is in no row. */
function* ofWelfare(about: Partial<ResultRow>, path: string, { poverty, inequality }: Welfare): Generator<ResultRow> {
  for (const [name, unit] of Object.entries(POVERTY)) {
    const value = poverty[name as keyof typeof POVERTY]
    if (value !== undefined) yield row('measures', { ...about, measure: `${path}poverty.${name}`, value, unit })
  }
  const { shortfall } = poverty
  if (shortfall) {
    const { households, amount } = shortfall
    const measure = `${path}poverty.shortfall`
    yield row('measures', { ...about, measure: `${measure}.households`, value: households, unit: 'households' }, 'suppressed')
    const money = amount === null ? null : amount / 1000
    yield row('measures', { ...about, measure: `${measure}.amount`, value: money, unit: 'JOD/month' }, 'suppressed')
  }
  for (const [name, unit] of Object.entries(INEQUALITY)) {
    const value = inequality[name as keyof typeof INEQUALITY]
    if (value !== undefined) yield row('measures', { ...about, measure: `${path}inequality.${name}`, value, unit })
  }
}
