/** Whether households are poor before any transfer, which every programme is held against. */
import { keptWith } from '../kernel/kept-with.ts'
import type { Measured } from './measure-policies.ts'

/** Kinds of standing. */
export const [NON_POOR, POOR, UNKNOWN] = [0, 1, 2]
export const KINDS = 3

/** Kind by household row of the snapshot, and how many stand in each group; how many, and with how many persons, are registered and are not. */
export const standingOf = keptWith(({ poor, persons, breakdowns, rows }: Measured) => {
  const standing = new Uint8Array(poor.length)
  for (let row = 0; row < poor.length; row++) standing[row] = Number.isNaN(poor[row] as number) ? UNKNOWN : (poor[row] as number)
  const groups = breakdowns.map(({ codes, groups: size }) => {
    const poorUnits = new Float64Array(size + 1)
    const unknownUnits = new Float64Array(size + 1)
    for (let row = 0; row < standing.length; row++) {
      if (standing[row] === NON_POOR) continue
      const into = standing[row] === POOR ? poorUnits : unknownUnits
      const code = Math.min(codes[row] as number, size)
      into[code] = (into[code] as number) + 1
    }
    return { poorUnits, unknownUnits }
  })
  const registered = { households: [0, 0, 0], persons: [0, 0, 0] }
  const everybody = { households: [0, 0, 0], persons: [0, 0, 0] }
  const add = ({ households, persons: people }: typeof registered, row: number): void => {
    const kind = standing[row] as number
    households[kind] = (households[kind] as number) + 1
    people[kind] = (people[kind] as number) + (persons[row] as number)
  }
  for (let place = 0; place < rows.length; place++) add(registered, rows[place] as number)
  for (let row = 0; row < standing.length; row++) add(everybody, row)
  const rest = (who: keyof typeof registered): number[] => everybody[who].map((all, kind) => all - (registered[who][kind] as number))
  return { standing, groups, registered, unregistered: { households: rest('households'), persons: rest('persons') } }
})
