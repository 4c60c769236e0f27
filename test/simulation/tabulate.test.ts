/** The one walk over all units, held against counting each cell by itself. */
import t from 'tap'
import {
  entrants,
  leavers,
  marginAfter,
  marginBefore,
  sumOf,
  tabulate,
  type Cell,
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

t.test('random populations, by household and by person', async (t) => {
  const { numRuns, seed } = propertyRuns(40, 11)
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
    t.equal(table.by['group']?.length, groups + 1)
    table.by['group']?.forEach((found, group) => {
      const isIn = ({ household }: Unit): boolean => Math.min(codes[household] as number, groups) === group
      t.same(found, expected(units.filter(isIn)), `seed ${seed + run}, group ${group}`)
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
