/** Rates by group as rows: the rate, its difference to the rest and their ratio, each with its interval. */
import type { GroupRates } from '../group-fairness.ts'
import type { ToldResult } from '../result.ts'
import { MEASURED, type ResultRow, row } from './result-row.ts'

type Interval = { readonly low: number; readonly high: number } | null

const ends = (of: Interval): Pick<ResultRow, 'low' | 'high'> => ({ low: of?.low ?? null, high: of?.high ?? null })

/** `of`: what is a rate. `told`: where the rate itself does not depend on the reference welfare, of which some groups are made. */
export function* rateRows(about: Partial<ResultRow>, of: string, rates: readonly GroupRates[], told?: ToldResult): Generator<ResultRow> {
  for (const { breakdown, groups } of rates)
    for (const { group, tooSmall, rate, interval, difference, ratio } of groups) {
      const reference = told && MEASURED.has(breakdown) ? { reference: told.reference?.kind ?? null } : {}
      const named = { ...about, ...reference, breakdown, group: group.en, groupAr: group.ar }
      const missing = tooSmall ? 'tooSmall' : 'none'
      const compared = (measure: string, one: typeof difference, unit: string): ResultRow =>
        row('fairness', { ...named, measure: `${of}.${measure}`, value: one?.value ?? null, ...ends(one?.interval ?? null), unit }, missing)
      yield row('fairness', { ...named, measure: `${of}.rate`, value: rate, ...ends(interval), unit: 'share' }, missing)
      yield compared('difference', difference, 'difference')
      yield compared('ratio', ratio, 'ratio')
    }
}

/** Poverty rates from likelihoods, of everybody and by group. */
export function* likelihoodRows(
  about: Partial<ResultRow>,
  all: NonNullable<ToldResult['baseline']['likelihoods']>,
  told: ToldResult,
): Generator<ResultRow> {
  for (const { formula, table, rate, groups: breakdowns } of all) {
    const measure = `likelihoods.${table}.rate`
    const one = { ...about, formula, measure, unit: 'share' }
    yield row('fairness', { ...one, value: rate }, 'tooSmall')
    for (const { breakdown, groups } of breakdowns) {
      const reference = MEASURED.has(breakdown) ? { reference: told.reference?.kind ?? null } : {}
      for (const { group, rate: value } of groups)
        yield row('fairness', { ...one, ...reference, breakdown, group: group.en, groupAr: group.ar, value }, 'tooSmall')
    }
  }
}
