/** Units counted by what became of them before and after a change, in all and by group: exact, with what disclosure control needs beside. */
import { SELECTED, STATES, type UnitStates } from './unit-states.ts'

/** One group for each household of the population. */
export interface Breakdown {
  readonly id: string
  /** By household row; a code of UNKNOWN_GROUP or beyond the end is unknown. */
  readonly codes: Uint8Array
  readonly groups: number
}

export const UNKNOWN_GROUP = 255

/** Sums over the units of one cell. Amounts are whole units of the benefit's scale. */
export interface Cell {
  readonly units: number
  /** Persons of the households; units themselves where persons are judged. */
  readonly persons: number
  readonly before: number
  readonly after: number
  /** Units that the amounts are of, and the greatest amount of one of them, on either side. */
  readonly paidBefore: number
  readonly paidAfter: number
  readonly largestBefore: number
  readonly largestAfter: number
  /** Sum of the households' record keys, modulo 2^32. */
  readonly key: number
}

/** By state before, then state after. */
export type Transitions = readonly (readonly Cell[])[]

export interface Tabulation {
  readonly all: Transitions
  /** By breakdown, then by group, the unknown last. */
  readonly by: Readonly<Record<string, readonly Transitions[]>>
}

export interface Counted {
  readonly before: UnitStates
  readonly after: UnitStates
  /** Household row by row of the states; null where they are the same. */
  readonly householdOf: Uint32Array | null
  /** Persons by household row. */
  readonly persons: Uint32Array
  /** Record key by household row. */
  readonly keys: Uint32Array
}

const SIDE = STATES.length
const PER_GROUP = SIDE * SIDE

/** What stands in each group, whatever became of it. */
export interface Totals {
  readonly units: Float64Array
  readonly persons: Float64Array
  readonly key: Uint32Array
}

/** Of all, then by breakdown; worked out once for all programmes of one unit. */
export function totalsOf(
  { householdOf, persons, keys }: Omit<Counted, 'before' | 'after'>,
  breakdowns: readonly Breakdown[],
): readonly Totals[] {
  const everybody = { id: '', codes: new Uint8Array(persons.length), groups: 1 }
  return [everybody, ...breakdowns].map(({ codes, groups }) => {
    const totals = { units: new Float64Array(groups + 1), persons: new Float64Array(groups + 1), key: new Uint32Array(groups + 1) }
    const count = householdOf?.length ?? persons.length
    for (let unit = 0; unit < count; unit++) {
      const household = householdOf ? (householdOf[unit] as number) : unit
      const group = Math.min(codes[household] as number, groups)
      totals.units[group] = (totals.units[group] as number) + 1
      totals.persons[group] = (totals.persons[group] as number) + (householdOf ? 1 : (persons[household] as number))
      totals.key[group] = (totals.key[group] as number) + (keys[household] as number)
    }
    return totals
  })
}

/** One walk over the units for all breakdowns. Most are ineligible before and after: their cell is what the others leave of the totals. */
export function tabulate(counted: Counted, breakdowns: readonly Breakdown[], totals = totalsOf(counted, breakdowns)): Tabulation {
  const { before, after, householdOf, persons, keys } = counted
  const whole = newSums(1)
  const sums = breakdowns.map(({ groups }) => newSums(groups + 1))
  for (let unit = 0; unit < before.state.length; unit++) {
    const step = (before.state[unit] as number) * SIDE + (after.state[unit] as number)
    if (step === 0) continue
    const household = householdOf ? (householdOf[unit] as number) : unit
    const from = before.benefit[unit] as number
    const to = after.benefit[unit] as number
    const people = householdOf ? 1 : (persons[household] as number)
    const key = keys[household] as number
    add(whole, step, people, from, to, key)
    for (let b = 0; b < breakdowns.length; b++) {
      const { codes, groups } = breakdowns[b] as Breakdown
      const code = codes[household] as number
      add(sums[b] as Sums, (code < groups ? code : groups) * PER_GROUP + step, people, from, to, key)
    }
  }
  leaveRest(whole, totals[0] as Totals)
  sums.forEach((own, b) => leaveRest(own, totals[b + 1] as Totals))
  return {
    all: transitionsAt(whole, 0),
    by: Object.fromEntries(
      breakdowns.map(({ id, groups }, b) => [id, Array.from({ length: groups + 1 }, (_, group) => transitionsAt(sums[b] as Sums, group))]),
    ),
  }
}

interface Sums {
  readonly units: Float64Array
  readonly persons: Float64Array
  readonly before: Float64Array
  readonly after: Float64Array
  readonly paidBefore: Float64Array
  readonly paidAfter: Float64Array
  readonly largestBefore: Float64Array
  readonly largestAfter: Float64Array
  readonly key: Uint32Array
}

function newSums(groups: number): Sums {
  const doubles = (): Float64Array => new Float64Array(groups * PER_GROUP)
  return {
    units: doubles(),
    persons: doubles(),
    before: doubles(),
    after: doubles(),
    paidBefore: doubles(),
    paidAfter: doubles(),
    largestBefore: doubles(),
    largestAfter: doubles(),
    key: new Uint32Array(groups * PER_GROUP),
  }
}

function leaveRest(sums: Sums, { units, persons, key }: Totals): void {
  for (let group = 0; group * PER_GROUP < sums.units.length; group++) {
    const at = group * PER_GROUP
    const rest = (all: Float64Array | Uint32Array, own: Float64Array | Uint32Array): number => {
      let left = all[group] as number
      for (let step = 1; step < PER_GROUP; step++) left -= own[at + step] as number
      return left
    }
    sums.units[at] = rest(units, sums.units)
    sums.persons[at] = rest(persons, sums.persons)
    // Modulo 2^32, as the array stores it.
    sums.key[at] = rest(key, sums.key)
  }
}

/** Whole numbers below 2^53: the sums are exact, in whatever order. */
function add(sums: Sums, at: number, people: number, before: number, after: number, key: number): void {
  sums.units[at] = (sums.units[at] as number) + 1
  sums.persons[at] = (sums.persons[at] as number) + people
  sums.key[at] = (sums.key[at] as number) + key
  if (before !== 0) {
    sums.before[at] = (sums.before[at] as number) + before
    sums.paidBefore[at] = (sums.paidBefore[at] as number) + 1
    sums.largestBefore[at] = Math.max(sums.largestBefore[at] as number, before)
  }
  if (after !== 0) {
    sums.after[at] = (sums.after[at] as number) + after
    sums.paidAfter[at] = (sums.paidAfter[at] as number) + 1
    sums.largestAfter[at] = Math.max(sums.largestAfter[at] as number, after)
  }
}

const transitionsAt = (sums: Sums, group: number): Transitions =>
  STATES.map((_, from) =>
    STATES.map((__, to): Cell => {
      const at = group * PER_GROUP + from * SIDE + to
      return {
        units: sums.units[at] as number,
        persons: sums.persons[at] as number,
        before: sums.before[at] as number,
        after: sums.after[at] as number,
        paidBefore: sums.paidBefore[at] as number,
        paidAfter: sums.paidAfter[at] as number,
        largestBefore: sums.largestBefore[at] as number,
        largestAfter: sums.largestAfter[at] as number,
        key: sums.key[at] as number,
      }
    }),
  )

export const NOBODY: Cell = {
  units: 0,
  persons: 0,
  before: 0,
  after: 0,
  paidBefore: 0,
  paidAfter: 0,
  largestBefore: 0,
  largestAfter: 0,
  key: 0,
}

/** Cells put together: what a margin holds is what its cells hold. */
export const sumOf = (cells: readonly Cell[]): Cell =>
  cells.reduce(
    (sum, cell) => ({
      units: sum.units + cell.units,
      persons: sum.persons + cell.persons,
      before: sum.before + cell.before,
      after: sum.after + cell.after,
      paidBefore: sum.paidBefore + cell.paidBefore,
      paidAfter: sum.paidAfter + cell.paidAfter,
      largestBefore: Math.max(sum.largestBefore, cell.largestBefore),
      largestAfter: Math.max(sum.largestAfter, cell.largestAfter),
      key: (sum.key + cell.key) % 2 ** 32,
    }),
    NOBODY,
  )

/** Units in a state before, and after. */
export const marginBefore = (transitions: Transitions, state: number): Cell => sumOf(transitions[state] as readonly Cell[])
export const marginAfter = (transitions: Transitions, state: number): Cell => sumOf(transitions.map((row) => row[state] as Cell))

/** Units that a change selects, and that it no longer selects. */
export const entrants = (transitions: Transitions): Cell =>
  sumOf(transitions.flatMap((row, from) => (from === SELECTED ? [] : [row[SELECTED] as Cell])))
export const leavers = (transitions: Transitions): Cell =>
  sumOf((transitions[SELECTED] as readonly Cell[]).filter((_, to) => to !== SELECTED))
