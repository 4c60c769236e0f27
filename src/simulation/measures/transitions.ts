/** Who is better or worse off under a change: units from each status before to each status after, with the money they gain or lose. */
import { type Money, MoneySum } from './money-sum.ts'

/** Columns by row. */
export interface Compared {
  /** Status codes from 0, before and after the change. */
  readonly before: Uint8Array
  readonly after: Uint8Array
  /** How many codes there are. */
  readonly statuses: number
  /** Persons of the unit, for a count of people; absent: one each. */
  readonly persons?: Uint8Array | Uint32Array | undefined
  /** Whole smallest units of money of the whole unit; 0 where it gets nothing, NaN where unknown. Both or neither. */
  readonly benefit?: { readonly before: Float64Array; readonly after: Float64Array } | undefined
}

export interface Transition {
  /** Status codes. */
  readonly before: number
  readonly after: number
  readonly units: number
  readonly persons: number
  /** Σ of what units get more than before, and of what they get less; each 0 or more, exact. */
  readonly gained: Money
  readonly lost: Money
  /** Units whose amount is unknown before or after: counted above, in neither sum. */
  readonly unknownBenefitUnits: number
}

/** Cells in the order of before, then after: cell `before × statuses + after`. All of them, also those of nobody. */
export type TransitionMatrix = readonly Transition[]

/** The matrix over all rows: its units add up to the rows, its persons to all persons. Source: transition tables, Jenkins 2011, ch. 5. */
export function transitions(compared: Compared): TransitionMatrix {
  return transitionsByGroup(compared, new Uint8Array(compared.before.length), 1)[0] as TransitionMatrix
}

/** A matrix for each of `groups` groups, by the group code of each row; cell by cell they add up to that of all. A code beyond is a RangeError. */
export function transitionsByGroup(compared: Compared, group: Uint8Array, groups: number): readonly TransitionMatrix[] {
  const { before, after, statuses, persons, benefit } = compared
  const size = statuses * statuses
  const units = new Float64Array(groups * size)
  const people = new Float64Array(groups * size)
  const unknown = new Float64Array(groups * size)
  const gained = Array.from(units, () => new MoneySum())
  const lost = Array.from(units, () => new MoneySum())
  for (let row = 0; row < before.length; row++) {
    const from = before[row] as number
    const to = after[row] as number
    const code = group[row] as number
    if (!(from < statuses && to < statuses && code < groups))
      throw new RangeError(`row ${row} has the statuses ${from} and ${to}, group ${code}`)
    const cell = (code * statuses + from) * statuses + to
    units[cell] = (units[cell] as number) + 1
    people[cell] = (people[cell] as number) + (persons === undefined ? 1 : (persons[row] as number))
    if (benefit === undefined) continue
    const change = (benefit.after[row] as number) - (benefit.before[row] as number)
    if (Number.isNaN(change)) unknown[cell] = (unknown[cell] as number) + 1
    else if (change > 0) gained[cell]?.add(change)
    else lost[cell]?.add(-change)
  }
  return Array.from({ length: groups }, (_, code) =>
    Array.from({ length: size }, (_, place) => {
      const cell = code * size + place
      return {
        before: Math.floor(place / statuses),
        after: place % statuses,
        units: units[cell] as number,
        persons: people[cell] as number,
        gained: (gained[cell] as MoneySum).value(),
        lost: (lost[cell] as MoneySum).value(),
        unknownBenefitUnits: unknown[cell] as number,
      }
    }),
  )
}
