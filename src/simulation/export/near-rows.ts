/** Who stands near a cut-off as rows: in all, and by each area and tier that has a cut-off of its own. */
import type { ToldResult } from '../result.ts'
import { type ResultRow, row } from './result-row.ts'

type Near = ToldResult['baseline']['nearCutOffs'][number]
type Contest = Near['contests'][number]

const MICRO = 1_000_000
const SIDES = ['below', 'at', 'above'] as const

export function* nearRows({ cutOff, within, contests, ...near }: Near, about: Partial<ResultRow>, unit: string): Generator<ResultRow> {
  yield row('cutOffs', { ...about, measure: 'cutOff', value: inPoints(cutOff), unit: 'points' })
  yield row('cutOffs', { ...about, measure: 'within', value: inPoints(within), unit: 'points' })
  for (const side of SIDES) yield row('cutOffs', { ...about, measure: side, value: near[side], unit }, 'suppressed')
  for (const contest of contests) {
    if (contest.area === null && contest.tier === null) continue
    const own = { ...about, breakdown: 'contest', group: nameOf(contest, 'en'), groupAr: nameOf(contest, 'ar') }
    yield row('cutOffs', { ...own, measure: 'cutOff', value: inPoints(contest.cutOff), unit: 'points' }, 'suppressed')
    yield row('cutOffs', { ...own, measure: 'selected', value: contest.selected, unit }, 'suppressed')
    for (const side of SIDES) yield row('cutOffs', { ...own, measure: side, value: contest[side], unit }, 'suppressed')
  }
}

const inPoints = (micro: number | null): number | null => (micro === null ? null : micro / MICRO)

const NO_TIER = { en: 'no tier', ar: 'بلا فئة' } as const

/** Area and tier, as far as the programme has them. */
const nameOf = ({ area, tier }: Contest, language: 'en' | 'ar'): string =>
  [...(area ? [area.label[language]] : []), ...(tier ? [(tier.label ?? NO_TIER)[language]] : [])].join(' / ')
