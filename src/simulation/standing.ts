/** Whether households are poor before any transfer, which every programme is held against. */
import { keptWith } from '../kernel/kept-with.ts'
import { countKeyed, keyedAt, keyedCounts, keyedRest } from '../kernel/keyed-counts.ts'
import type { Measured } from './measure-policies.ts'

/** Kinds of standing. */
export const [NON_POOR, POOR, UNKNOWN] = [0, 1, 2]
export const KINDS = 3

/** Kind by household row of the snapshot, and how many stand in each group, are registered and are not. */
export const standingOf = keptWith(({ poor, breakdowns, rows, keys }: Measured) => {
  const standing = new Uint8Array(poor.length)
  for (let row = 0; row < poor.length; row++) standing[row] = Number.isNaN(poor[row] as number) ? UNKNOWN : (poor[row] as number)
  const groups = breakdowns.map(({ codes, groups: size }) => {
    const poorOf = keyedCounts(size + 1)
    const unknownUnits = new Float64Array(size + 1)
    for (let row = 0; row < standing.length; row++) {
      if (standing[row] === NON_POOR) continue
      const code = Math.min(codes[row] as number, size)
      if (standing[row] === POOR) countKeyed(poorOf, code, keys[row] as number)
      else unknownUnits[code] = (unknownUnits[code] as number) + 1
    }
    return { poor: poorOf, unknownUnits }
  })
  const [all, registered] = [keyedCounts(KINDS), keyedCounts(KINDS)]
  for (let row = 0; row < standing.length; row++) countKeyed(all, standing[row] as number, keys[row] as number)
  for (const row of rows) countKeyed(registered, standing[row] as number, keys[row] as number)
  const unregistered = Array.from({ length: KINDS }, (_, kind) => keyedRest(keyedAt(all, kind), keyedAt(registered, kind)))
  return { standing, groups, registered, unregistered }
})
