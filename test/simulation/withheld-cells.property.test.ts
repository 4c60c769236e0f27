/** Of a group of one to nine units a protected result says the same whatever became of them: by random tables, and the attack by equal cells. */
import fc from 'fast-check'
import t from 'tap'
import { toldProgramme } from '../../src/simulation/result.ts'
import { marginBefore, tabulate, type Tabulation } from '../../src/simulation/tabulate.ts'
import { SELECTED, STATES } from '../../src/simulation/unit-states.ts'
import { statesByRow } from './support/states-by-row.ts'

const words = (text: string) => ({ en: text, ar: text })
type States = readonly (readonly [from: number, to: number])[]

/** Units one after another, the first `sizes[0]` in the first group; the group of nobody is unknown. */
function worldOf(sizes: readonly number[], states: States, salt = 0) {
  const codes = Uint8Array.from(sizes.flatMap((size, group) => Array<number>(size).fill(group)))
  const side = (at: 0 | 1) => {
    const state = Uint8Array.from(states, (pair) => pair[at])
    return statesByRow({ state, benefit: Float64Array.from(state, (one, unit) => (one === SELECTED ? 1_000 + at * (unit % 3) : 0)) })
  }
  const breakdown = { id: 'group', label: words('group'), codes, groups: sizes.length, labels: sizes.map((_, at) => words(`${at}`)) }
  const persons = new Uint32Array(codes.length).fill(4)
  const keys = Uint32Array.from(codes, (_, unit) => Math.imul(unit + 1 + salt * 1_000, 2_654_435_761))
  const transitions = tabulate({ before: side(0), after: side(1), householdOf: null, persons, keys }, [breakdown])
  const totals = { selected: 0, spent: 0, budget: null, places: null, stoppedByBudget: false }
  const outcome = { programme: 'p', unit: 'household', period: 'month', before: totals, after: totals, transitions } as const
  return { transitions, told: toldProgramme(outcome, [breakdown], false), exact: toldProgramme(outcome, [breakdown], true) }
}

const state = fc.integer({ min: 0, max: STATES.length - 1 })
const pair = fc.tuple(state, state)
/** All of one state, of two, or of any. */
const pairs = (size: number): fc.Arbitrary<States> =>
  fc.oneof(
    pair.map((one) => Array<readonly [number, number]>(size).fill(one)),
    fc.tuple(pair, pair).chain(([one, other]) => fc.array(fc.constantFrom(one, other), { minLength: size, maxLength: size })),
    fc.array(pair, { minLength: size, maxLength: size }),
  )
/** Two others of any size, then few, with two fates of the few. */
const worlds = fc
  .record({ sizes: fc.tuple(fc.integer({ min: 0, max: 70 }), fc.integer({ min: 10, max: 70 })), few: fc.integer({ min: 1, max: 9 }) })
  .chain(({ sizes, few }) =>
    fc.record({ sizes: fc.constant([...sizes, few]), others: pairs(sizes[0] + sizes[1]), one: pairs(few), other: pairs(few) }),
  )

const kindOf = (units: number): string => (units === 0 ? 'nobody' : units < 10 ? 'few' : 'many')
const SUPPRESSED = { units: null, persons: null, before: null, after: null }

/** Which cells of the whole are of nobody, of few and of many: as much of the few as the whole tells. */
const kindsOf = ({ all, changes }: Tabulation): string =>
  JSON.stringify([
    all.map((row) => row.map(({ units }) => kindOf(units))),
    STATES.map((_, at) => [marginBefore(all, at)].map(({ units }) => kindOf(units))),
    [SELECTED].map((at) => kindOf(all.reduce((sum, row) => sum + (row[at]?.units ?? 0), 0))),
    kindOf(all.reduce((sum, row, from) => sum + (from === SELECTED ? 0 : (row[SELECTED]?.units ?? 0)), 0)),
    kindOf((all[SELECTED] ?? []).reduce((sum, { units }, to) => sum + (to === SELECTED ? 0 : units), 0)),
    [changes?.all.rises, changes?.all.falls].map((change) => kindOf(change?.units ?? 0)),
    kindOf((all[SELECTED]?.[SELECTED]?.units ?? 0) - (changes?.all.rises.units ?? 0) - (changes?.all.falls.units ?? 0)),
  ])

t.test('of a group of few nothing follows from what became of them', async (t) => {
  let alike = 0
  fc.assert(
    fc.property(worlds, ({ sizes, others, one, other }) => {
      const [left, right] = [worldOf(sizes, [...others, ...one]), worldOf(sizes, [...others, ...other])]
      const [few, fewOther] = [left, right].map(({ told }) => told.by['group']?.[2])
      t.same(few, fewOther, 'the group itself')
      t.same(few?.transitions, [])
      for (const cell of [few?.selectedBefore, few?.selectedAfter, few?.entrants, few?.leavers]) t.same(cell, SUPPRESSED)
      for (const change of [few?.gainers, few?.losers, few?.unchanged]) t.equal(change?.units, null)
      if (kindsOf(left.transitions) !== kindsOf(right.transitions)) return
      alike++
      t.same(left.told.by, right.told.by, 'nor the other groups beside it')
      t.same(left.told.undeterminedShare, right.told.undeterminedShare)
    }),
    { numRuns: 400, seed: 11 },
  )
  t.ok(alike > 40, `${alike} pairs that the whole does not tell apart`)
})

t.test('no cell of a large group is told that the whole has of it and of few alone', async (t) => {
  // A cell of the same units has the same noise: whether it is the whole's would say that none of the few is in it.
  for (const [from, to] of [
    [SELECTED, SELECTED],
    [0, 0],
    [1, 2],
  ] as const) {
    const large = Array.from({ length: 80 }, (_, unit) => (unit % 2 === 0 ? ([SELECTED, SELECTED] as const) : ([0, 0] as const)))
    const { told } = worldOf([80, 0, 5], [...large, ...Array<readonly [number, number]>(5).fill([from, to])])
    const [first, empty, few] = told.by['group'] ?? []
    t.same(first?.transitions, [])
    t.same(few?.transitions, [])
    t.same(first?.selectedBefore, SUPPRESSED)
    t.equal(empty?.entrants.units, first?.entrants.units)
    t.ok(
      told.all.transitions.some(({ units }) => (units ?? 0) > 30),
      'of everybody it is told',
    )
  }
  const mixed: States = Array.from({ length: 160 }, (_, unit) => (unit % 2 === 0 ? [SELECTED, SELECTED] : [0, 0]))
  const { told, exact } = worldOf([80, 80, 5], [...mixed, ...Array<readonly [number, number]>(5).fill([0, 0])])
  for (const at of [0, 1]) t.equal(told.by['group']?.[at]?.transitions.length, 2, 'two that are large hide the few')
  t.equal(exact.by['group']?.[2]?.transitions[0]?.units, 5, 'exact results are as they are')
})

t.test('a whole of one to nine units tells no state', async (t) => {
  for (const size of [1, 5, 9])
    for (const [from, to] of [
      [SELECTED, SELECTED],
      [0, SELECTED],
      [1, 1],
    ] as const) {
      const { told } = worldOf([size], Array<readonly [number, number]>(size).fill([from, to]))
      t.same(told.all.transitions, [])
      t.same([told.all.selectedBefore, told.all.entrants], [SUPPRESSED, SUPPRESSED])
      t.same(told.spent, { before: null, after: null, difference: null })
      t.match(told.undeterminedShare?.before[0]?.groups, [{ tooSmall: true, rate: null }])
    }
})
