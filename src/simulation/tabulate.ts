/** Units counted by what became of them before and after a change, in all and by group: exact, with what disclosure control needs beside. */
import { addChange, type AmountChanges, changesBy, newChangeSums, type ChangeSums } from './amount-changes.ts'
import { type Breakdown, type Member, type Pack, packsFor, placesOf } from './breakdown.ts'
import { SELECTED, STATES, UNDETERMINED, type UnitStates } from './unit-states.ts'

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
  /** Of those who are selected on both sides, in all and by breakdown as above; absent in results from before they were counted. */
  readonly changes?: { readonly all: AmountChanges; readonly by: Readonly<Record<string, readonly AmountChanges[]>> }
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
  /** Of all, then by breakdown: units that are undetermined before and after, and in neither's states. */
  readonly undetermined?: readonly Totals[] | null
}

const SIDE = STATES.length
const PER_GROUP = SIDE * SIDE
/** Selected before and after. */
const KEPT = SELECTED * SIDE + SELECTED

/** What stands in each group, whatever became of it. */
export interface Totals {
  readonly units: Float64Array
  readonly persons: Float64Array
  readonly key: Uint32Array
}

/** Of all, then by breakdown; `rows`: of these units only. Units are added to one cell for several breakdowns together. */
export function totalsOf(
  counted: Omit<Counted, 'before' | 'after' | 'undetermined'> & { readonly rows?: Uint32Array | null },
  breakdowns: readonly Breakdown[],
): readonly Totals[] {
  const packs = packsFor(breakdowns, counted.persons.length)
  const packed = packs.map((pack) => totalsByCode(counted, pack))
  const by = placesOf(packs, breakdowns).map(({ place, member }) => totalsOfMember(packed[place] as Totals, member))
  // Everybody is in the one group, and nobody in the unknown one.
  return [totalsOfMember(packed[0] as Totals, { times: Infinity, groups: 2 }), ...by]
}

function totalsByCode(
  { householdOf, persons, keys, rows = null }: Parameters<typeof totalsOf>[0],
  { codes, groups }: Pick<Pack, 'codes' | 'groups'>,
): Totals {
  const totals = newTotals(groups)
  const count = (rows ?? householdOf ?? persons).length
  for (let i = 0; i < count; i++) {
    const unit = rows ? (rows[i] as number) : i
    const household = householdOf ? (householdOf[unit] as number) : unit
    addTotals(totals, codes[household] as number, 1, householdOf ? 1 : (persons[household] as number), keys[household] as number)
  }
  return totals
}

function totalsOfMember({ units, persons, key }: Totals, { times, groups }: Pick<Member, 'times' | 'groups'>): Totals {
  const own = newTotals(groups)
  for (let code = 0; code < units.length; code++)
    addTotals(own, Math.floor(code / times) % groups, units[code] as number, persons[code] as number, key[code] as number)
  return own
}

const newTotals = (groups: number): Totals => ({
  units: new Float64Array(groups),
  persons: new Float64Array(groups),
  key: new Uint32Array(groups),
})

function addTotals(totals: Totals, group: number, units: number, persons: number, key: number): void {
  totals.units[group] = (totals.units[group] as number) + units
  totals.persons[group] = (totals.persons[group] as number) + persons
  totals.key[group] = (totals.key[group] as number) + key
}

/**
 * One walk over the units that have a state before or after, which adds each to one cell for several breakdowns together. All others are ineligible:
 * their cell is what these leave of the totals.
 */
export function tabulate(counted: Counted, breakdowns: readonly Breakdown[], totals = totalsOf(counted, breakdowns)): Tabulation {
  const { before, after, householdOf, persons, keys, undetermined = null } = counted
  const packs = packsFor(breakdowns, persons.length)
  const tables = packs.map(({ groups }) => newSums(groups))
  const changes = packs.map(({ groups }) => newChangeSums(groups))
  let [was, is] = [0, 0]
  while (was < before.rows.length || is < after.rows.length) {
    const [old, now] = [rowAt(before, was), rowAt(after, is)]
    const unit = Math.min(old, now)
    const from = old === unit ? was++ : NOBODY_THERE
    const to = now === unit ? is++ : NOBODY_THERE
    const step = stateAt(before, from) * SIDE + stateAt(after, to)
    const [paidBefore, paidAfter] = [paidAt(before, from), paidAt(after, to)]
    const household = householdOf ? (householdOf[unit] as number) : unit
    const people = householdOf ? 1 : (persons[household] as number)
    const key = keys[household] as number
    const more = step === KEPT ? paidAfter - paidBefore : 0
    for (let pack = 0; pack < packs.length; pack++) {
      const code = (packs[pack] as Pack).codes[household] as number
      add(tables[pack] as Sums, code * PER_GROUP + step, people, paidBefore, paidAfter, key)
      if (more !== 0) addChange(changes[pack] as ChangeSums, code, people, more, key)
    }
  }
  const sumsOf = ({ times, groups }: Member, place: number, one: number): Transitions[] => {
    const sums = unpacked(tables[place] as Sums, times, groups)
    if (undetermined) addUndetermined(sums, undetermined[one] as Totals)
    leaveRest(sums, totals[one] as Totals)
    return Array.from({ length: groups }, (_, group) => transitionsAt(sums, group))
  }
  const placed = placesOf(packs, breakdowns)
  return {
    all: sumsOf({ place: 0, times: 1, groups: 1 }, 0, 0)[0] as Transitions,
    by: Object.fromEntries(placed.map(({ id, place, member }, b) => [id, sumsOf(member, place, b + 1)])),
    changes: {
      all: changesBy(changes[0] as ChangeSums, 1, 1)[0] as AmountChanges,
      by: Object.fromEntries(
        placed.map(({ id, place, member }) => [id, changesBy(changes[place] as ChangeSums, member.times, member.groups)]),
      ),
    },
  }
}

/** The place of a unit in the states of a side that finds it ineligible. */
const NOBODY_THERE = -1
const BEHIND_ALL = 2 ** 32

const rowAt = ({ rows }: UnitStates, place: number): number => (place < rows.length ? (rows[place] as number) : BEHIND_ALL)
const stateAt = ({ state }: UnitStates, place: number): number => (place < 0 ? 0 : (state[place] as number))
const paidAt = ({ benefit }: UnitStates, place: number): number => (place < 0 ? 0 : (benefit[place] as number))

interface Sums {
  /** By cell: units, persons, amounts, how many are paid, the greatest amount. */
  readonly numbers: Float64Array
  readonly key: Uint32Array
}

const UNITS = 0
const PERSONS = 1
const BEFORE = 2
const AFTER = 3
const PAID_BEFORE = 4
const PAID_AFTER = 5
const LARGEST_BEFORE = 6
const LARGEST_AFTER = 7
const NUMBERS = 8

const newSums = (groups: number): Sums => ({
  numbers: new Float64Array(groups * PER_GROUP * NUMBERS),
  key: new Uint32Array(groups * PER_GROUP),
})

/** The table of one member of a pack: cells of the same group put together. */
function unpacked({ numbers, key }: Sums, times: number, groups: number): Sums {
  const own = newSums(groups)
  for (let cell = 0; cell < key.length; cell++) {
    const from = cell * NUMBERS
    if (numbers[from + UNITS] === 0) continue
    const into = (Math.floor(cell / PER_GROUP / times) % groups) * PER_GROUP + (cell % PER_GROUP)
    own.key[into] = (own.key[into] as number) + (key[cell] as number)
    const to = into * NUMBERS
    for (let n = 0; n < NUMBERS; n++) {
      const [sum, term] = [own.numbers[to + n] as number, numbers[from + n] as number]
      own.numbers[to + n] = n < LARGEST_BEFORE ? sum + term : Math.max(sum, term)
    }
  }
  return own
}

function addUndetermined({ numbers, key: keys }: Sums, { units, persons, key }: Totals): void {
  for (let group = 0; group * PER_GROUP < keys.length; group++) {
    const cell = group * PER_GROUP + UNDETERMINED * SIDE + UNDETERMINED
    const at = cell * NUMBERS
    numbers[at + UNITS] = (numbers[at + UNITS] as number) + (units[group] as number)
    numbers[at + PERSONS] = (numbers[at + PERSONS] as number) + (persons[group] as number)
    keys[cell] = (keys[cell] as number) + (key[group] as number)
  }
}

function leaveRest({ numbers, key: keys }: Sums, { units, persons, key }: Totals): void {
  for (let group = 0; group * PER_GROUP < keys.length; group++) {
    const at = group * PER_GROUP
    const rest = (all: number, of: (cell: number) => number): number => {
      let left = all
      for (let step = 1; step < PER_GROUP; step++) left -= of(at + step)
      return left
    }
    numbers[at * NUMBERS + UNITS] = rest(units[group] as number, (cell) => numbers[cell * NUMBERS + UNITS] as number)
    numbers[at * NUMBERS + PERSONS] = rest(persons[group] as number, (cell) => numbers[cell * NUMBERS + PERSONS] as number)
    // Modulo 2^32, as the array stores it.
    keys[at] = rest(key[group] as number, (cell) => keys[cell] as number)
  }
}

/** Whole numbers below 2^53: the sums are exact, in whatever order. */
function add({ numbers, key: keys }: Sums, cell: number, people: number, before: number, after: number, key: number): void {
  const at = cell * NUMBERS
  numbers[at + UNITS] = (numbers[at + UNITS] as number) + 1
  numbers[at + PERSONS] = (numbers[at + PERSONS] as number) + people
  keys[cell] = (keys[cell] as number) + key
  if (before !== 0) {
    numbers[at + BEFORE] = (numbers[at + BEFORE] as number) + before
    numbers[at + PAID_BEFORE] = (numbers[at + PAID_BEFORE] as number) + 1
    if (before > (numbers[at + LARGEST_BEFORE] as number)) numbers[at + LARGEST_BEFORE] = before
  }
  if (after !== 0) {
    numbers[at + AFTER] = (numbers[at + AFTER] as number) + after
    numbers[at + PAID_AFTER] = (numbers[at + PAID_AFTER] as number) + 1
    if (after > (numbers[at + LARGEST_AFTER] as number)) numbers[at + LARGEST_AFTER] = after
  }
}

const transitionsAt = ({ numbers, key }: Sums, group: number): Transitions =>
  STATES.map((_, from) =>
    STATES.map((__, to): Cell => {
      const cell = group * PER_GROUP + from * SIDE + to
      const number = (n: number): number => numbers[cell * NUMBERS + n] as number
      return {
        units: number(UNITS),
        persons: number(PERSONS),
        before: number(BEFORE),
        after: number(AFTER),
        paidBefore: number(PAID_BEFORE),
        paidAfter: number(PAID_AFTER),
        largestBefore: number(LARGEST_BEFORE),
        largestAfter: number(LARGEST_AFTER),
        key: key[cell] as number,
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
