/** A tally as it may be told: cells of fewer than ten units or households suppressed, the others moved by the noise of their contents, no extreme. */
import { LEAST_UNITS, noiseOf } from '../../access/disclosure/cell-noise.ts'
import { isoOfDay } from '../../kernel/date.ts'
import { formatDecimal } from '../../kernel/decimal.ts'
import type { FactType, Words } from '../../language/fact-space.ts'
import { type Cell, QUANTILES, type Tally } from './tally.ts'

/** Null where it is suppressed. */
export interface ToldCell {
  readonly units: number | null
  /** Of all units, to three places. */
  readonly share: number | null
}

/** Numbers and dates as answers write them. */
export type ToldValue = string | number

export interface ToldDistribution {
  readonly units: number | null
  readonly known: ToldCell
  readonly bounded: ToldCell
  readonly unknown: ToldCell
  readonly codes: readonly (ToldCell & { readonly code: string; readonly label: Words })[] | null
  readonly quantiles: readonly { readonly percent: number; readonly value: ToldValue | null }[] | null
  readonly histogram: readonly (ToldCell & { readonly from: ToldValue | null; readonly below: ToldValue | null })[] | null
}

export function toldDistribution(type: FactType, tally: Tally): ToldDistribution {
  const all = moved(tally.all)
  const cell = (one: Cell): ToldCell => {
    const units = moved(one)
    return { units, share: units === null || all === null || all === 0 ? null : Math.min(1, Math.round((units / all) * 1000) / 1000) }
  }
  const value = (scaled: number | null): ToldValue | null => (scaled === null ? null : valueOf(type, scaled))
  return {
    units: all,
    known: cell(tally.known),
    bounded: cell(tally.bounded),
    unknown: cell(tally.unknown),
    codes: tally.codes?.map((one, place) => ({ ...codeOf(type, place), ...cell(one) })) ?? null,
    quantiles: tally.quantiles?.map((one, place) => ({ percent: QUANTILES[place] as number, value: value(one) })) ?? null,
    histogram: tally.histogram?.map(({ from, below, ...one }) => ({ from: value(from), below: value(below), ...cell(one) })) ?? null,
  }
}

/** Ten members of one household are one household. */
function moved({ units, households, key }: Cell): number | null {
  if (units === 0) return 0
  if (units < LEAST_UNITS || households < LEAST_UNITS) return null
  return Math.max(LEAST_UNITS, units + noiseOf(key))
}

export function valueOf({ type, scale }: Pick<FactType, 'type' | 'scale'>, scaled: number): ToldValue {
  if (type === 'date') return isoOfDay(scaled)
  return type === 'decimal' ? formatDecimal(scaled, scale) : scaled
}

function codeOf({ codes, codeLabels }: FactType, place: number): { readonly code: string; readonly label: Words } {
  const code = codes?.[place]
  if (code !== undefined) return { code, label: codeLabels?.[code] ?? { en: code, ar: code } }
  return place === 1 ? { code: 'true', label: { en: 'Yes', ar: 'نعم' } } : { code: 'false', label: { en: 'No', ar: 'لا' } }
}
