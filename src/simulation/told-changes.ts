/** What is told of those who are selected on both sides: how many are paid more and less, by how much, and how many the same. */
import type { AmountChange, AmountChanges } from './amount-changes.ts'
import { disclosedCell, exactCell, SUPPRESSED } from './disclose.ts'
import { type Cell, NOBODY } from './tabulate.ts'
import { SELECTED } from './unit-states.ts'
import type { ChangesOf, Withholding } from './withheld-cells.ts'

interface Counted {
  readonly units: number | null
  readonly persons: number | null
}

export interface ToldChanges {
  readonly gainers: (Counted & { readonly amount: number | null }) | null
  readonly losers: (Counted & { readonly amount: number | null }) | null
  readonly unchanged: Counted | null
}

/** `withheld`: cells that are not told; null where all are told as they are. */
export function toldChanges(of: ChangesOf, withheld: Withholding | null): ToldChanges {
  const tell = (cellOf: (changes: AmountChanges, kept: Cell) => Cell): (Counted & { readonly amount: number | null }) | null => {
    const cell = cellIn(of, cellOf)
    if (!cell) return null
    const isHidden = withheld !== null && withheld((one) => cellIn(one, cellOf))
    const { units, persons, before } = isHidden ? SUPPRESSED : (withheld ? disclosedCell : exactCell)(cell)
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
