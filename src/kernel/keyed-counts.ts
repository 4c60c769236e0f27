/** Units counted with the sums of their record keys: what a count is of decides the noise of what is told of it. */

export interface Keyed {
  readonly units: number
  /** Sum of the households' record keys, modulo 2^32. */
  readonly key: number
}

export interface KeyedCounts {
  readonly units: Float64Array
  readonly key: Uint32Array
}

export const keyedCounts = (length: number): KeyedCounts => ({ units: new Float64Array(length), key: new Uint32Array(length) })

/** One unit more at a place. */
export function countKeyed({ units, key: keys }: KeyedCounts, at: number, key: number): void {
  units[at] = (units[at] as number) + 1
  // Modulo 2^32, in whole numbers of the processor's.
  keys[at] = ((keys[at] as number) + key) | 0
}

export const keyedAt = ({ units, key }: KeyedCounts, at: number): Keyed => ({ units: units[at] as number, key: key[at] as number })

export const NO_UNITS: Keyed = { units: 0, key: 0 }

/** Of units that are in one of them only. */
export const keyedSum = (all: readonly Keyed[]): Keyed =>
  all.reduce((sum, one) => ({ units: sum.units + one.units, key: (sum.key + one.key) >>> 0 }), NO_UNITS)

/** The units of `all` that are not in `part`, which is in it. */
export const keyedRest = (all: Keyed, part: Keyed): Keyed => ({ units: all.units - part.units, key: (all.key - part.key) >>> 0 })
