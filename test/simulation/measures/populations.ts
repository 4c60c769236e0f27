/** Random populations for the properties of the measures, in columns; and the same rows in another order. */
import fc from 'fast-check'

/** Rows of a population, to be turned into columns by `columnOf`. */
export interface Row {
  readonly welfare: number
  readonly other: number
  readonly weight: number
  readonly benefit: number
  readonly group: number
}

/** Small whole welfare, so that ties are common; sometimes unknown. Weights 1 to 4. */
const row = (unknown: boolean): fc.Arbitrary<Row> => {
  const small = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 100_000 }))
  const maybe = unknown ? fc.oneof({ arbitrary: small, weight: 8 }, fc.constant(NaN)) : small
  return fc.record({
    welfare: maybe,
    other: maybe,
    weight: fc.integer({ min: 1, max: 4 }),
    benefit: fc.integer({ min: 0, max: 50 }),
    group: fc.integer({ min: 0, max: 2 }),
  })
}

/** Up to 40 rows of positive known welfare. */
export const knownRows = fc.array(row(false), { minLength: 1, maxLength: 40 })
/** The same, some unknown. */
export const someRows = fc.array(row(true), { minLength: 1, maxLength: 40 })

export const columnOf = (rows: readonly Row[], name: keyof Row): Float64Array => Float64Array.from(rows, (one) => one[name])
export const groupOf = (rows: readonly Row[]): Uint8Array => Uint8Array.from(rows, ({ group }) => group)

/** Each row as often as its weight says, with weight 1. */
export const replicated = (rows: readonly Row[]): readonly Row[] =>
  rows.flatMap((one) => Array.from({ length: one.weight }, () => ({ ...one, weight: 1 })))

/** The same rows in another order, by a seed. */
export function shuffled<T>(rows: readonly T[], seed: number): T[] {
  const copy = [...rows]
  let state = seed >>> 0
  for (let i = copy.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const j = state % (i + 1)
    ;[copy[i], copy[j]] = [copy[j] as T, copy[i] as T]
  }
  return copy
}

/** Equal within rounding. */
export const close = (a: number | null, b: number | null, tolerance = 1e-9): boolean =>
  a === null || b === null ? a === b : Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b))
