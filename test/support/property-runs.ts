/**
 * How often a property is tried, and from which seed. `npm test` tries a fixed share, the same every time; `npm run
 * test:long` multiplies the runs and moves the seed through the environment, and adds up the lines that this prints.
 */

/** Factor on the number of runs; absent in `npm test`. */
export const TIMES = 'MIZAN_PROPERTY_TIMES'
/** Added to each property's own seed. */
export const SEED = 'MIZAN_PROPERTY_SEED'

/** Parameters for `fc.assert`: `numRuns` runs from `seed` on in `npm test`. */
export function propertyRuns(numRuns: number, seed: number): { readonly numRuns: number; readonly seed: number } {
  const { [TIMES]: times, [SEED]: moved } = process.env
  if (times === undefined) return { numRuns, seed }
  const long = { numRuns: Math.ceil(numRuns * Number(times)), seed: (seed + Number(moved ?? 0)) % 0x7fff_ffff }
  tellCount(long.numRuns, 'runs', long.seed)
  return long
}

/** A line that the long run adds up; a comment to TAP. */
export const tellCount = (count: number, what: string, seed: number): void => console.log(`# counted: ${count} ${what}, seed ${seed}`)
