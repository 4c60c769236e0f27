/** Random choices from a seed (mulberry32, a small generator of well-mixed 32-bit numbers), so that a seed names a failure. */
export interface Draw {
  readonly pick: <T>(choices: readonly T[]) => T
  /** True in this share of calls. */
  readonly happens: (share: number) => boolean
  /** A whole number from `least` to `most`. */
  readonly between: (least: number, most: number) => number
  /** As many of what `make` makes as `between` says. */
  readonly list: <T>(least: number, most: number, make: () => T) => T[]
}

export function drawFrom(seed: number): Draw {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number): number => Math.floor(next() * end)
  const between = (least: number, most: number): number => least + below(most - least + 1)
  return {
    pick: (choices) => choices[below(choices.length)] as (typeof choices)[number],
    happens: (share) => next() < share,
    between,
    list: (least, most, make) => Array.from({ length: between(least, most) }, make),
  }
}
