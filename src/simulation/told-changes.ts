/** What is told of those who are selected on both sides: how many are paid more and less, by how much, and how many the same. */
import type { AmountChange, AmountChanges } from './amount-changes.ts'
import { disclosedCell, exactCell, isFew, SUPPRESSED } from './disclose.ts'
import { type Cell, NOBODY, type Transitions } from './tabulate.ts'
import { SELECTED } from './unit-states.ts'

/** Of everybody or of a group. */
export interface ChangesOf {
  readonly transitions: Transitions
  /** Absent in results from before they were counted. */
  readonly changes: AmountChanges | undefined
}

interface Counted {
  readonly units: number | null
  readonly persons: number | null
}

export interface ToldChanges {
  readonly gainers: (Counted & { readonly amount: number | null }) | null
  readonly losers: (Counted & { readonly amount: number | null }) | null
  readonly unchanged: Counted | null
}

/** `whole`: what the group is a part of; of whom there are few in it, no group tells. */
export function toldChanges(of: ChangesOf, whole: ChangesOf | null, exact: boolean): ToldChanges {
  const tell = (cellOf: (changes: AmountChanges, kept: Cell) => Cell): (Counted & { readonly amount: number | null }) | null => {
    const cell = cellIn(of, cellOf)
    if (!cell) return null
    const all = whole && cellIn(whole, cellOf)
    const isHidden = !exact && all !== null && isFew(all.units)
    const { units, persons, before } = isHidden ? SUPPRESSED : (exact ? exactCell : disclosedCell)(cell)
    return { units, persons, amount: before }
  }
  const unchanged = tell(({ rises, falls }, kept) => less(kept, rises, falls))
  return {
    gainers: tell(({ rises }) => cellOfChange(rises)),
    losers: tell(({ falls }) => cellOfChange(falls)),
    unchanged: unchanged && { units: unchanged.units, persons: unchanged.persons },
  }
}

const cellIn = ({ transitions, changes }: ChangesOf, cellOf: (changes: AmountChanges, kept: Cell) => Cell): Cell | null =>
  changes ? cellOf(changes, transitions[SELECTED]?.[SELECTED] ?? NOBODY) : null

/** By how much they gain, or lose, stands in the place of an amount. */
const cellOfChange = ({ units, persons, amount, largest, key }: AmountChange): Cell => ({
  ...NOBODY,
  units,
  persons,
  before: amount,
  paidBefore: units,
  largestBefore: largest,
  key,
})

const less = ({ units, persons, key }: Cell, rises: AmountChange, falls: AmountChange): Cell => ({
  ...NOBODY,
  units: units - rises.units - falls.units,
  persons: persons - rises.persons - falls.persons,
  // Modulo 2^32, of whole numbers that may be below zero.
  key: (key - rises.key - falls.key + 2 ** 33) % 2 ** 32,
})
