/** Whom a measure speaks of: how many rows and how much weight it counted, and what it left out because something was unknown. */
import { ExactSum } from './exact-sum.ts'

/** By row: what the row stands for, such as 1, a household's survey weight, or its persons. Finite, 0 or more; absent: 1 for every row. */
export type Weights = Float64Array | Uint32Array | Uint8Array

/** Rows of weight 0 stand for nobody and are in neither. */
export interface Counted {
  readonly units: number
  readonly weight: number
  /** Left out: a value that the measure needs is unknown. Neither zero nor poor. */
  readonly unknownUnits: number
  readonly unknownWeight: number
}

/** The weight of a row. A negative one, or one that is no number, is a RangeError: nobody can be left out silently. */
export function weightOf(weights: Weights | undefined, row: number): number {
  if (weights === undefined) return 1
  const weight = weights[row]
  if (weight === undefined || !(weight >= 0 && weight < Infinity)) throw new RangeError(`row ${row} has the weight ${weight}`)
  return weight
}

/** Counts while a measure goes over its rows. */
export class Counter {
  private units = 0
  private unknownUnits = 0
  private readonly weight = new ExactSum()
  private readonly unknownWeight = new ExactSum()

  /** Whether the row is to be used: it has a weight, and what is asked of it is known. */
  take(weight: number, known: boolean): boolean {
    if (weight === 0) return false
    if (known) {
      this.units++
      this.weight.add(weight)
    } else {
      this.unknownUnits++
      this.unknownWeight.add(weight)
    }
    return known
  }

  value(): Counted {
    return {
      units: this.units,
      weight: this.weight.value(),
      unknownUnits: this.unknownUnits,
      unknownWeight: this.unknownWeight.value(),
    }
  }
}

/** part / whole, or null where there is no whole: a share of nobody is not 0. */
export const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)
