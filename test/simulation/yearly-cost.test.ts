/** What programmes of different periods cost together. */
import t from 'tap'
import { resultRows } from '../../src/simulation/export/result-rows.ts'
import { toldResult } from '../../src/simulation/result.ts'
import { yearly, yearlyCost } from '../../src/simulation/yearly-cost.ts'
import { HOSTILE_SCENARIO, madeOutcome } from './support/made-result.ts'

const cost = (period: string, before: number | null, after: number | null, budget: number | null) => ({
  period,
  spent: { before, after },
  budget: { before: budget, after: budget },
})

t.test('by hand: a month twelve times, a quarter four times, a year once, to the thousandth', async (t) => {
  t.same(yearlyCost([cost('month', 100, 101, 200), cost('quarter', 1_001, 1_000, 2_000), cost('year', 7, 0, 7)]), {
    spent: { before: 1_200 + 4_004 + 7, after: 1_212 + 4_000, difference: 1 },
    budget: { before: 2_400 + 8_000 + 7, after: 2_400 + 8_000 + 7 },
  })
  t.equal(yearly(null, 'month'), null)
})

t.test('a part that is withheld withholds its side, and a programme without a limit the budget', async (t) => {
  t.same(yearlyCost([cost('month', 100, null, 200), cost('quarter', 1, 1, null)]), {
    spent: { before: 1_204, after: null, difference: null },
    budget: { before: null, after: null },
  })
})

t.test('told beside the programmes, and in the files', async (t) => {
  for (const exact of [true, false]) {
    const told = toldResult(madeOutcome(), exact)
    const [scenario] = told.scenarios
    // The first programme pays by the quarter, the second by the month.
    const [cash, care] = scenario?.programmes ?? []
    const sum = (side: 'before' | 'after'): number | null => {
      const [quarter, month] = [cash?.spent[side] ?? null, care?.spent[side] ?? null]
      return quarter === null || month === null ? null : quarter * 4 + month * 12
    }
    const { before, after, difference } = scenario?.yearly.spent ?? {}
    t.equal(before, sum('before'))
    t.equal(after, sum('after'))
    t.equal(difference, exact ? (sum('after') ?? NaN) - (sum('before') ?? NaN) : null, 'few of the second programme are selected')
    const rows = [...resultRows(told)].filter((one) => one.scenario === HOSTILE_SCENARIO && one.measure.startsWith('yearly.'))
    const inJod = (value: number | null | undefined): number | null => (value === null || value === undefined ? null : value / 1000)
    t.same(
      rows.map(({ table, programme, measure, value, unit, note }) => [table, programme, measure, value, unit, note]),
      [
        ['totals', null, 'yearly.budget.before', null, 'JOD/year', 'none'],
        ['totals', null, 'yearly.spent.before', inJod(before), 'JOD/year', exact ? null : 'suppressed'],
        ['totals', null, 'yearly.budget.after', null, 'JOD/year', 'none'],
        ['totals', null, 'yearly.spent.after', inJod(after), 'JOD/year', exact ? null : 'suppressed'],
        ['totals', null, 'yearly.spent.difference', inJod(difference), 'JOD/year', exact ? null : 'suppressed'],
      ],
    )
  }
})
