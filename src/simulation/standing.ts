/** Whether households are poor before any transfer, which every programme is held against. */
import { keptWith } from '../kernel/kept-with.ts'
import { countKeyed, keyedCounts } from '../kernel/keyed-counts.ts'
import type { Measured } from './measure-policies.ts'
import { countPersons, type PersonCounts, personCounts, personsAt, personsRest } from './person-counts.ts'

/** Kinds of standing. */
export const [NON_POOR, POOR, UNKNOWN] = [0, 1, 2]
export const KINDS = 3

/**
 * Kind by household row of the snapshot, the poor and those of unknown welfare in each group, and of each kind who are registered and who are not, with
 * their persons.
 */
export const standingOf = keptWith(({ poor, persons, breakdowns, rows, keys }: Measured) => {
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
  const count = (counts: PersonCounts, row: number): void =>
    countPersons(counts, standing[row] as number, keys[row] as number, persons[row] as number)
  const [all, registered] = [personCounts(KINDS), personCounts(KINDS)]
  for (let row = 0; row < standing.length; row++) count(all, row)
  for (const row of rows) count(registered, row)
  const unregistered = Array.from({ length: KINDS }, (_, kind) => personsRest(personsAt(all, kind), personsAt(registered, kind)))
  return { standing, groups, registered, unregistered }
})
