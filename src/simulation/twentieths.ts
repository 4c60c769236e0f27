/** Who stands in each twentieth of persons, or of households, before transfers, whom a programme reaches there, and what it pays them. */
import { countKeyed, type KeyedCounts, keyedAt, keyedCounts } from '../kernel/keyed-counts.ts'
import { keptWith } from '../kernel/kept-with.ts'
import type { KeyedPersons, Twentieth } from './behind.ts'
import type { Measured } from './measure-policies.ts'
import { householdsOf, type WelfareOrder } from './measures/welfare-order.ts'
import { quantileGroups } from './measures/quantile.ts'

const TWENTIETHS = 20
/** With those of unknown welfare, who stand in front. */
const GROUPS = TWENTIETHS + 1

export interface Ordered {
  readonly measured: Measured
  /** Of persons, or of households. */
  readonly order: WelfareOrder
}

/** The poorest first, behind those of unknown welfare. Beside each row that is reached, what it is paid. */
export function twentiethsOf({ measured, order }: Ordered, rows: Uint32Array, amounts: Float64Array): readonly Twentieth[] {
  const { twentieth, all } = (order === measured.order ? personsIn : householdsIn)(measured)
  const { keys, persons } = measured
  const [reached, paid] = [keyedCounts(GROUPS), keyedCounts(GROUPS)]
  const [people, sums, largest] = [new Float64Array(GROUPS), new Float64Array(GROUPS), new Float64Array(GROUPS)]
  for (let i = 0; i < rows.length; i++) {
    const [row, amount] = [rows[i] as number, amounts[i] as number]
    const [at, key] = [twentieth[row] as number, keys[row] as number]
    countKeyed(reached, at, key)
    people[at] = (people[at] as number) + (persons[row] as number)
    if (amount === 0) continue
    countKeyed(paid, at, key)
    sums[at] = (sums[at] as number) + amount
    if (amount > (largest[at] as number)) largest[at] = amount
  }
  const ofReached = withPersons(reached, people)
  return Array.from(sums, (sum, at) => ({
    all: all[at] as KeyedPersons,
    reached: ofReached[at] as KeyedPersons,
    paid: { ...keyedAt(paid, at), sum, largest: largest[at] as number },
  }))
}

/** The same for every programme. */
const personsIn = keptWith((measured: Measured) => standingIn(measured, measured.order))
const householdsIn = keptWith((measured: Measured) => standingIn(measured, householdsOf(measured.order)))

function standingIn({ keys, persons }: Measured, order: WelfareOrder) {
  const twentieth = quantileGroups(order, TWENTIETHS)
  const [all, people] = [keyedCounts(GROUPS), new Float64Array(GROUPS)]
  for (let row = 0; row < twentieth.length; row++) {
    const at = twentieth[row] as number
    countKeyed(all, at, keys[row] as number)
    people[at] = (people[at] as number) + (persons[row] as number)
  }
  return { twentieth, all: withPersons(all, people) }
}

const withPersons = (counts: KeyedCounts, people: Float64Array): KeyedPersons[] =>
  Array.from(people, (persons, at) => ({ ...keyedAt(counts, at), persons }))
