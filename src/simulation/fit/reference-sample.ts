/** A reference sample: households whose welfare a survey measured, with the facts of the catalogue, weights, strata and clusters. */
import type { FactSpace } from '../../language/fact-space.ts'

/** Rows of one survey by column; every column has `rows` places. */
export interface ReferenceSample {
  /** The facts whose types the values have. */
  readonly space: FactSpace
  readonly rows: number
  /** Measured welfare in its unit; NaN where it is unknown. */
  readonly welfare: Float64Array
  /** Sampling weights, 0 or more; null: all rows count alike. */
  readonly weights: Float64Array | null
  readonly strata: readonly string[] | null
  /** Primary sampling units. The same name in two strata means two clusters. */
  readonly clusters: readonly string[] | null
  /** By fact id, the language's exact integers (scaled decimals, 0/1, index of a code, day number); NaN where unknown. */
  readonly facts: ReadonlyMap<string, Float64Array>
}

/**
 * Rows in an order that follows from their content alone: stratum, cluster, welfare, weight, facts by id. Rows that are
 * equal in all of these can be exchanged, so a fit in this order comes to the same bytes however the file was sorted.
 */
export function contentOrder(sample: ReferenceSample): Int32Array {
  const texts = [sample.strata, sample.clusters].filter((column) => column !== null)
  const facts = [...sample.facts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, values]) => values)
  const numbers = [sample.welfare, ...(sample.weights ? [sample.weights] : []), ...facts]
  const compare = (a: number, b: number): number => {
    for (const column of texts) {
      const [x, y] = [column[a] as string, column[b] as string]
      if (x !== y) return x < y ? -1 : 1
    }
    for (const column of numbers) {
      const difference = compareNumbers(column[a] as number, column[b] as number)
      if (difference !== 0) return difference
    }
    return 0
  }
  return Int32Array.from({ length: sample.rows }, (_, row) => row).sort(compare)
}

/** Unknown comes last. */
function compareNumbers(x: number, y: number): number {
  if (x === y || (Number.isNaN(x) && Number.isNaN(y))) return 0
  return x < y || Number.isNaN(y) ? -1 : 1
}
