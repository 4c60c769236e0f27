/** A programme that selects fewer than ten: whoever may not see exact results is told nothing of whom. */
import t from 'tap'
import type { ProgrammeMeasures } from '../../src/simulation/measure-programme.ts'
import { toldResult } from '../../src/simulation/result.ts'
import { madeOutcome, PROGRAMMES } from './support/made-result.ts'

const outcome = madeOutcome()
const told = toldResult(outcome, false)
const exact = toldResult(outcome, true)
const FEW = PROGRAMMES[1]

const figures = (value: unknown): number[] =>
  typeof value === 'number' ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(figures) : []

t.test('no share, index or cut-off is told of few, of the baseline nor of a scenario; of many they are', async (t) => {
  for (const { measures, nearCutOffs } of [told.baseline, ...told.scenarios]) {
    const of = (id: string) => measures?.programmes.find(({ programme }) => programme === id) as ProgrammeMeasures
    const { concentration, ...others } = of(FEW)
    t.same(figures(others), [])
    t.ok(concentration.every(({ amount }) => amount === null))
    t.ok(figures(of(PROGRAMMES[0])).length > 50)
    t.match(
      nearCutOffs.find(({ programme }) => programme === FEW),
      { cutOff: null, below: null, above: null },
    )
  }
  t.same(exact.scenarios[0]?.measures, outcome.scenarios[0]?.measures, 'exact results are as they are')
})

t.test('no group of a breakdown is nought where all are few: that would tell the group of those few', async (t) => {
  const [programme] = told.scenarios.flatMap(({ programmes }) => programmes.filter((one) => one.programme === FEW))
  const [whole] = exact.scenarios.flatMap(({ programmes }) => programmes.filter((one) => one.programme === FEW))
  const selected = whole?.all.selectedAfter.units ?? 0
  t.ok(selected > 0 && selected < 10, `${selected} selected`)
  t.equal(programme?.all.selectedAfter.units, null)
  const groups = Object.values(programme?.by ?? {}).flat()
  t.ok(groups.length >= 13)
  for (const { selectedAfter, transitions } of groups) {
    t.same(selectedAfter, { units: null, persons: null, before: null, after: null })
    for (const { from, to } of transitions) {
      const all = whole?.all.transitions.find((one) => one.from === from && one.to === to)
      t.ok((all?.units ?? 0) >= 10, `${from} to ${to} is told of a group`)
    }
  }
  t.ok(Object.values(whole?.by ?? {}).some((of) => of.some(({ selectedAfter }) => selectedAfter.units === 0)))
})
