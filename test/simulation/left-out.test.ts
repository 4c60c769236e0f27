/** Whom measures leave out because what they go by is unknown: by hand, told and in rows. */
import t from 'tap'
import { resultRows } from '../../src/simulation/export/result-rows.ts'
import { leftOutOfList, withoutScore, withoutWelfare } from '../../src/simulation/left-out.ts'
import type { Measured } from '../../src/simulation/measure-policies.ts'
import { toldResult } from '../../src/simulation/result.ts'
import { toldLeftOut } from '../../src/simulation/told-left-out.ts'
import { type Reason, reasonCode, statusCode } from '../../src/targeting/outcome.ts'
import { madeOutcome, PROGRAMMES } from './support/made-result.ts'

/** Five households of the snapshot; the run is about the last four, of which the second and fourth have no known welfare. */
const measured: Measured = {
  welfare: Float64Array.of(NaN, 50_000, NaN, 200_000, NaN),
  persons: Uint32Array.of(2, 3, 4, 5, 6),
  lines: [],
  line: 100_000,
  breakdowns: [],
  order: { rows: new Uint32Array(0) } as unknown as Measured['order'],
  poor: Float64Array.of(NaN, 1, NaN, 0, NaN),
  rows: Uint32Array.of(1, 2, 3, 4),
  keys: Uint32Array.of(1, 10, 100, 1_000, 10_000),
}

const list = (units: readonly (readonly [household: number, reason: Reason])[]) => ({
  programme: 'cash',
  household: Uint32Array.from(units, ([household]) => household),
  allocation: {
    status: Uint8Array.from(units, ([, reason]) => statusCode(/^within|^enrolled-kept/.test(reason) ? 'selected' : 'left-out')),
    reason: Uint8Array.from(units, ([, reason]) => reasonCode(reason)),
  },
})

t.test('of the whole snapshot, whoever the run was about', async (t) => {
  t.same(withoutWelfare(measured), { households: 3, persons: 12, behind: { households: 10_101 } })
})

t.test('of a list: who has no score, and the households reached whose welfare is unknown, each once', async (t) => {
  const keys = Uint32Array.of(1, 10, 100, 1_000)
  const persons = list([
    [0, 'within-quota'],
    [1, 'within-quota'],
    [1, 'enrolled-kept'],
    [2, 'no-score'],
    [3, 'no-places'],
    [3, 'no-score'],
  ])
  t.same(leftOutOfList(persons, { keys, measured }), {
    programme: 'cash',
    withoutScore: 2,
    withoutWelfare: 1,
    behind: { withoutScore: 1_100, withoutWelfare: 10 },
  })
  t.same(leftOutOfList(persons, { keys, measured: null }), {
    programme: 'cash',
    withoutScore: 2,
    withoutWelfare: null,
    behind: { withoutScore: 1_100, withoutWelfare: 0 },
  })
})

t.test('by a formula: households without a score', async (t) => {
  t.same(withoutScore(Float64Array.of(NaN, 1, NaN), Uint32Array.of(2 ** 32 - 1, 5, 3)), { units: 2, key: 2 })
})

t.test('told: as other counts, and nothing of whom a programme of few reaches', async (t) => {
  const told = toldResult(madeOutcome(), false)
  const wanted = {
    welfare: { households: 20, persons: 100 },
    programmes: [
      { programme: PROGRAMMES[0], withoutScore: 10, withoutWelfare: null },
      { programme: PROGRAMMES[1], withoutScore: 0, withoutWelfare: null },
    ],
    formulas: [{ formula: 'welfare-ranking', withoutScore: 30 }],
  }
  for (const { leftOut } of [told.baseline, ...told.scenarios]) t.same(leftOut, wanted)
  const { leftOut } = madeOutcome().baseline
  t.same(toldResult(madeOutcome(), true).baseline.leftOut, leftOut)
  t.same(toldLeftOut({ welfare: { households: 3, persons: 12 }, programmes: [], formulas: [] }, new Set(), false)?.welfare, {
    households: null,
    persons: null,
  })
  t.equal(toldLeftOut(undefined, new Set(), true), null, 'a result from before it was counted')
})

t.test('in the files', async (t) => {
  const rows = [...resultRows(toldResult(madeOutcome(), true))].filter(({ table, scenario }) => table === 'leftOut' && scenario === null)
  t.same(
    rows.map(({ programme, formula, measure, value, unit, reference }) => [programme ?? formula, measure, value, unit, reference]),
    [
      [null, 'welfare.households', 23, 'households', 'synthetic'],
      [null, 'welfare.persons', 96, 'persons', 'synthetic'],
      [PROGRAMMES[0], 'withoutScore', 12, 'households', null],
      [PROGRAMMES[0], 'withoutWelfare', 6, 'households', 'synthetic'],
      [PROGRAMMES[1], 'withoutScore', 0, 'persons', null],
      [PROGRAMMES[1], 'withoutWelfare', 1, 'households', 'synthetic'],
      ['welfare-ranking', 'withoutScore', 31, 'households', null],
    ],
  )
})
