/** The one walk over all units, held against counting each cell by itself. */
import t, { type Test } from 'tap'
import type { AmountChanges } from '../../src/simulation/amount-changes.ts'
import { toldProgramme, type ToldGroup } from '../../src/simulation/result.ts'
import {
  entrants,
  leavers,
  marginAfter,
  marginBefore,
  sumOf,
  tabulate,
  totalsOf,
  type Cell,
  type Tabulation,
  type Transitions,
} from '../../src/simulation/tabulate.ts'
import { NOBODY_JUDGED, SELECTED, STATES } from '../../src/simulation/unit-states.ts'
import { propertyRuns } from '../support/property-runs.ts'
import { type Draw, drawFrom } from '../support/random-draw.ts'
import { statesByRow, type StatesByRow } from './support/states-by-row.ts'

const randomStates = (draw: Draw, units: number): StatesByRow => {
  const state = Uint8Array.from({ length: units }, () => draw.between(0, STATES.length - 1))
  return { state, benefit: Float64Array.from(state, (one) => (one === SELECTED ? draw.between(0, 3) * 40_500 : 0)) }
}

interface Unit {
  readonly from: number
  readonly to: number
  readonly household: number
  readonly paid: readonly [number, number]
}

/** By the definition of a cell. */
function naive(units: readonly Unit[], people: (unit: Unit) => number, key: (unit: Unit) => number): Cell {
  const sum = (of: (unit: Unit) => number): number => units.reduce((total, unit) => total + of(unit), 0)
  const greatest = (side: 0 | 1): number => Math.max(0, ...units.map(({ paid }) => paid[side]))
  return {
    units: units.length,
    persons: sum(people),
    before: sum(({ paid }) => paid[0]),
    after: sum(({ paid }) => paid[1]),
    paidBefore: units.filter(({ paid }) => paid[0] > 0).length,
    paidAfter: units.filter(({ paid }) => paid[1] > 0).length,
    largestBefore: greatest(0),
    largestAfter: greatest(1),
    key: sum(key) % 2 ** 32,
  }
}

/** By the definition of who is paid more, and less, among those who are selected on both sides. */
function naiveChanges(units: readonly Unit[], people: (unit: Unit) => number, key: (unit: Unit) => number): AmountChanges {
  const way = (sign: 1 | -1) => {
    const own = units.filter(({ from, to, paid }) => from === SELECTED && to === SELECTED && sign * (paid[1] - paid[0]) > 0)
    const sum = (of: (unit: Unit) => number): number => own.reduce((total, unit) => total + of(unit), 0)
    const by = ({ paid }: Unit): number => Math.abs(paid[1] - paid[0])
    return { units: own.length, persons: sum(people), amount: sum(by), largest: Math.max(0, ...own.map(by)), key: sum(key) % 2 ** 32 }
  }
  return { rises: way(1), falls: way(-1) }
}

t.test('random populations, by household and by person', async (t) => {
  const { numRuns, seed } = propertyRuns(40, 11)
  let changed = 0
  for (let run = 0; run < numRuns; run++) {
    const draw = drawFrom(seed + run)
    const households = draw.between(0, 30)
    const byPerson = draw.happens(0.5)
    const householdOf = byPerson ? Uint32Array.from({ length: households * 3 }, (_, person) => Math.floor(person / 3)) : null
    const size = householdOf?.length ?? households
    const [before, after] = [randomStates(draw, size), randomStates(draw, size)]
    const persons = Uint32Array.from({ length: households }, () => draw.between(1, 9))
    const keys = Uint32Array.from({ length: households }, () => draw.between(0, 2 ** 32 - 1))
    const groups = draw.between(1, 4)
    // Beyond the groups, and 255, is the unknown group.
    const codes = Uint8Array.from({ length: households }, () => draw.pick([draw.between(0, groups + 1), 255]))
    const table = tabulate({ before: statesByRow(before), after: statesByRow(after), householdOf, persons, keys }, [
      { id: 'group', codes, groups },
    ])
    const units = Array.from({ length: size }, (_, unit): Unit => ({
      from: before.state[unit] as number,
      to: after.state[unit] as number,
      household: householdOf ? (householdOf[unit] as number) : unit,
      paid: [before.benefit[unit] as number, after.benefit[unit] as number],
    }))
    const expected = (some: readonly Unit[]): Transitions =>
      STATES.map((_, from) =>
        STATES.map((__, to) =>
          naive(
            some.filter((unit) => unit.from === from && unit.to === to),
            ({ household }) => (byPerson ? 1 : (persons[household] as number)),
            ({ household }) => keys[household] as number,
          ),
        ),
      )
    t.same(table.all, expected(units), `seed ${seed + run}`)
    const changesOf = (some: readonly Unit[]): AmountChanges =>
      naiveChanges(
        some,
        ({ household }) => (byPerson ? 1 : (persons[household] as number)),
        ({ household }) => keys[household] as number,
      )
    t.same(table.changes?.all, changesOf(units))
    changed += (table.changes?.all.rises.units ?? 0) + (table.changes?.all.falls.units ?? 0)
    for (const exact of [true, false]) balance(t, table, exact)
    t.equal(table.by['group']?.length, groups + 1)
    table.by['group']?.forEach((found, group) => {
      const isIn = ({ household }: Unit): boolean => Math.min(codes[household] as number, groups) === group
      t.same(found, expected(units.filter(isIn)), `seed ${seed + run}, group ${group}`)
      t.same(table.changes?.by['group']?.[group], changesOf(units.filter(isIn)))
    })
    const all = naive(
      units,
      ({ household }) => (byPerson ? 1 : (persons[household] as number)),
      ({ household }) => keys[household] as number,
    )
    t.same(sumOf(table.all.flat()), all)
    const count = (is: (unit: Unit) => boolean): number => units.filter(is).length
    t.equal(
      marginBefore(table.all, SELECTED).units,
      count(({ from }) => from === SELECTED),
    )
    t.equal(
      marginAfter(table.all, SELECTED).units,
      count(({ to }) => to === SELECTED),
    )
    t.equal(
      entrants(table.all).units,
      count(({ from, to }) => from !== SELECTED && to === SELECTED),
    )
    t.equal(
      leavers(table.all).units,
      count(({ from, to }) => from === SELECTED && to !== SELECTED),
    )
    t.equal(entrants(table.all).before, 0, 'who enters was paid nothing')
    t.equal(leavers(table.all).after, 0)
  }
  t.ok(changed > 10, `${changed} amounts change`)
})

/** What is paid more less what is paid less is what the cost changes by, to the thousandth; of what is told to all nothing negative. */
function balance(t: Test, transitions: Tabulation, exact: boolean): void {
  const totals = { selected: 0, budget: null, places: null, stoppedByBudget: false }
  const [before, after] = [marginBefore(transitions.all, SELECTED).before, marginAfter(transitions.all, SELECTED).after]
  const outcome = {
    programme: 'p',
    unit: 'household',
    period: 'month',
    before: { ...totals, spent: before },
    after: { ...totals, spent: after },
    transitions,
  } as const
  const breakdown = { id: 'group', label: { en: 'g', ar: 'م' }, groups: 1, labels: [] }
  const { all, by, spent } = toldProgramme(outcome, [breakdown], exact)
  const rest = (one: ToldGroup, own: 'units' | 'persons'): number =>
    (one.gainers?.[own] ?? 0) + (one.losers?.[own] ?? 0) + (one.unchanged?.[own] ?? 0)
  if (!exact) return void t.ok(rest(all, 'units') >= 0 && rest(all, 'persons') >= 0)
  for (const one of [all, ...(by['group'] ?? [])]) {
    const change = (one.gainers?.amount ?? NaN) - (one.losers?.amount ?? NaN) + (one.entrants.after ?? NaN) - (one.leavers.before ?? NaN)
    t.equal(change, (one.selectedAfter.after ?? NaN) - (one.selectedBefore.before ?? NaN))
    t.equal(rest(one, 'units'), one.transitions.find(({ from, to }) => from === 'selected' && to === 'selected')?.units ?? 0)
    t.equal(rest(one, 'persons'), one.transitions.find(({ from, to }) => from === 'selected' && to === 'selected')?.persons ?? 0)
    if (one === all) t.equal(change, spent.difference)
  }
}

t.test('totals of all or of some units are each group counted by itself', async (t) => {
  const draw = drawFrom(77)
  for (let run = 0; run < 40; run++) {
    const households = draw.between(1, 60)
    const column = (from: number, to: number): number[] => Array.from({ length: households }, () => draw.between(from, to))
    const sizes = Array.from({ length: draw.between(0, 5) }, () => draw.between(1, 12))
    // Codes past the last group are unknown.
    const breakdowns = sizes.map((groups, at) => ({ id: `${at}`, codes: Uint8Array.from(column(0, groups + 1)), groups }))
    const [persons, keys] = [Uint32Array.from(column(0, 9)), Uint32Array.from(column(0, 2 ** 31), (key) => key * 2 + 1)]
    const householdOf = run % 2 === 0 ? null : Uint32Array.from({ length: 2 * households }, (_, person) => person >> 1)
    const units = Array.from((householdOf ?? persons).keys())
    const rows = run % 3 === 0 ? null : Uint32Array.from(units.filter(() => draw.between(0, 2) === 0))
    const counted = rows ? [...rows] : units
    const found = totalsOf({ householdOf, persons, keys, rows }, breakdowns)
    const everybody = { codes: new Uint8Array(households), groups: 1 }
    const byHand = [everybody, ...breakdowns].map(({ codes, groups }) => {
      const of = (amount: (household: number) => number): number[] =>
        Array.from({ length: groups + 1 }, (_, group) =>
          counted
            .map((unit) => (householdOf ? (householdOf[unit] as number) : unit))
            .filter((household) => Math.min(codes[household] as number, groups) === group)
            .reduce((sum, household) => sum + amount(household), 0),
        )
      return {
        units: Float64Array.from(of(() => 1)),
        persons: Float64Array.from(of((household) => (householdOf ? 1 : (persons[household] as number)))),
        key: Uint32Array.from(
          of((household) => keys[household] as number),
          (sum) => sum % 2 ** 32,
        ),
      }
    })
    t.same(found, byHand)
  }
})

t.test('told: of fewer than ten who gain nothing, neither in all nor in a group', async (t) => {
  const size = 40
  // Nine gain 50, eleven lose 7 of which one loses 300, the others are paid the same.
  const state = new Uint8Array(size).fill(SELECTED)
  const before = { state, benefit: new Float64Array(size).fill(1_000) }
  const after = { state, benefit: Float64Array.from(state, (_, unit) => (unit < 9 ? 1_050 : unit < 19 ? 993 : unit < 20 ? 700 : 1_000)) }
  const persons = new Uint32Array(size).fill(2)
  const keys = Uint32Array.from({ length: size }, (_, unit) => unit * 2 ** 27)
  const codes = Uint8Array.from({ length: size }, (_, unit) => Number(unit >= 9))
  const transitions = tabulate({ before: statesByRow(before), after: statesByRow(after), householdOf: null, persons, keys }, [
    { id: 'group', codes, groups: 2 },
  ])
  const totals = { selected: size, spent: 0, budget: null, places: null, stoppedByBudget: false }
  const outcome = { programme: 'p', unit: 'household', period: 'month', before: totals, after: totals, transitions } as const
  const breakdown = { id: 'group', label: { en: 'g', ar: 'م' }, groups: 2, labels: [] }
  const exact = toldProgramme(outcome, [breakdown], true)
  t.match(exact.all, {
    gainers: { units: 9, persons: 18, amount: 450 },
    losers: { units: 11, persons: 22, amount: 370 },
    unchanged: { units: 20, persons: 40 },
  })
  const told = toldProgramme(outcome, [breakdown], false)
  t.same(told.all.gainers, { units: null, persons: null, amount: null })
  t.equal(told.all.losers?.amount, null, 'one of them loses most of it')
  t.ok(Math.abs((told.all.losers?.units ?? 0) - 11) <= 4)
  t.ok(Math.abs((told.all.unchanged?.units ?? 0) - 20) <= 4)
  const [first, second] = told.by['group'] ?? []
  t.same(
    [first?.gainers, second?.gainers].map((one) => one?.units),
    [null, null],
    'nought in a group would name the other',
  )
  const old = toldProgramme({ ...outcome, transitions: { all: transitions.all, by: transitions.by } }, [breakdown], true)
  t.match(old.all, { gainers: null, losers: null, unchanged: null }, 'a result from before they were counted')
})

t.test('nobody', async (t) => {
  const sides = { before: NOBODY_JUDGED, after: NOBODY_JUDGED }
  const table = tabulate({ ...sides, householdOf: null, persons: new Uint32Array(0), keys: new Uint32Array(0) }, [])
  t.same(
    sumOf(table.all.flat()),
    naive(
      [],
      () => 0,
      () => 0,
    ),
  )
  t.same(table.by, {})
})
