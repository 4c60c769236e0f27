/** Households whose score rests on a value that was imputed for an unknown fact, by group: whom a formula knows less of than of others. */
import type { ScoreColumns } from '../language/formula/compile-bulk.ts'
import { wholeTotals } from './measure-list.ts'
import type { MeasuringBasis } from './measure-tasks.ts'
import { type Totals, totalsOf } from './tabulate.ts'

/** Households, with the sum of their record keys modulo 2^32. */
export interface KeyedCount {
  readonly units: number
  readonly key: number
}

export interface ScoredGroup {
  /** With a score. */
  readonly scored: KeyedCount
  /** Among them, with a score whose interval is not a point. */
  readonly imputed: KeyedCount
}

export interface ImputedCounts {
  readonly all: ScoredGroup
  /** By breakdown, then by group, the unknown last. */
  readonly by: Readonly<Record<string, readonly ScoredGroup[]>>
}

export interface FormulaImputed extends ImputedCounts {
  readonly formula: string
}

/** `scores` of the population: NaN where there is none. An unknown input that cannot move a score leaves its interval a point, and is not counted. */
export function countImputed(basis: MeasuringBasis, { point, lo, hi }: ScoreColumns): ImputedCounts {
  const { breakdowns, persons, keys } = basis
  const [imputed, unscored] = [new Uint32Array(point.length), new Uint32Array(point.length)]
  let [imputedCount, unscoredCount] = [0, 0]
  for (let row = 0; row < point.length; row++) {
    const hasScore = !Number.isNaN(point[row] as number)
    unscored[unscoredCount] = row
    unscoredCount += hasScore ? 0 : 1
    imputed[imputedCount] = row
    imputedCount += hasScore && lo[row] !== hi[row] ? 1 : 0
  }
  const of = (rows: Uint32Array): readonly Totals[] => totalsOf({ householdOf: null, persons, keys, rows }, breakdowns)
  const whole = wholeTotals(basis)('household')
  const [without, own] = [of(unscored.subarray(0, unscoredCount)), of(imputed.subarray(0, imputedCount))]
  const groupsAt = (place: number): ScoredGroup[] => {
    const [all, none, part] = [whole[place] as Totals, without[place] as Totals, own[place] as Totals]
    return Array.from(all.units, (units, group) => ({
      scored: {
        units: units - (none.units[group] as number),
        key: ((all.key[group] as number) - (none.key[group] as number) + 2 ** 32) % 2 ** 32,
      },
      imputed: { units: part.units[group] as number, key: part.key[group] as number },
    }))
  }
  return {
    all: groupsAt(0)[0] as ScoredGroup,
    by: Object.fromEntries(breakdowns.map(({ id }, place) => [id, groupsAt(place + 1)])),
  }
}
