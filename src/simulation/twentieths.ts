/** Who stands in each twentieth of persons before transfers, whom a programme reaches there, and what it pays them. */
import { countKeyed, keyedAt, keyedCounts } from '../kernel/keyed-counts.ts'
import { keptWith } from '../kernel/kept-with.ts'
import type { KeyedPersons, Twentieth } from './behind.ts'
import type { Measured } from './measure-policies.ts'
import { quantileGroups } from './measures/quantile.ts'

const TWENTIETHS = 20

/** The poorest first, behind those of unknown welfare. Beside each row that is reached, what it is paid. */
export function twentiethsOf(measured: Measured, rows: Uint32Array, amounts: Float64Array): readonly Twentieth[] {
  const { twentieth, all } = standingIn(measured)
  const reached = personsCounted()
  const paid = keyedCounts(TWENTIETHS + 1)
  const [sums, largest] = [new Float64Array(TWENTIETHS + 1), new Float64Array(TWENTIETHS + 1)]
  for (let i = 0; i < rows.length; i++) {
    const [row, amount] = [rows[i] as number, amounts[i] as number]
    const [at, key] = [twentieth[row] as number, measured.keys[row] as number]
    reached.count(at, key, measured.persons[row] as number)
    if (amount === 0) continue
    countKeyed(paid, at, key)
    sums[at] = (sums[at] as number) + amount
    largest[at] = Math.max(largest[at] as number, amount)
  }
  return Array.from(sums, (sum, at) => ({
    all: all[at] as KeyedPersons,
    reached: reached.at(at),
    paid: { ...keyedAt(paid, at), sum, largest: largest[at] as number },
  }))
}

/** The same for every programme. */
const standingIn = keptWith(({ order, keys, persons }: Measured) => {
  const twentieth = quantileGroups(order, TWENTIETHS)
  const all = personsCounted()
  for (let row = 0; row < twentieth.length; row++) all.count(twentieth[row] as number, keys[row] as number, persons[row] as number)
  return { twentieth, all: Array.from({ length: TWENTIETHS + 1 }, (_, at) => all.at(at)) }
})

function personsCounted() {
  const households = keyedCounts(TWENTIETHS + 1)
  const people = new Float64Array(TWENTIETHS + 1)
  return {
    count: (at: number, key: number, persons: number): void => {
      countKeyed(households, at, key)
      people[at] = (people[at] as number) + persons
    },
    at: (at: number): KeyedPersons => ({ ...keyedAt(households, at), persons: people[at] as number }),
  }
}
