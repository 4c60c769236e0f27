/** Measures come to the same by any number of threads, asked once or again, with a budget and a weight changed. */
import t from 'tap'
import { openLaboratory } from '../../src/simulation/laboratory.ts'
import { quietly } from '../targeting/support/seeded-runs.ts'
import { CASH, scenario, seededLaboratory } from './support/seeded-laboratory.ts'

const { depsWith, run, simulate } = await seededLaboratory(t, 120)
const scenarios = [
  scenario('budget', { object: 'programme', id: CASH, set: { '/targeting/budget': 3000 } }),
  scenario('weight', { object: 'formula', id: 'welfare-ranking', set: { '/terms/0/weight': -0.9 } }),
]

t.test('one, two and three threads', async (t) => {
  const one = await simulate(scenarios, { sensitivity: true })
  t.ok(one.scenarios[0]?.measures, 'there is a reference welfare to measure by')
  t.equal(one.baseline.sensitivity?.formulas[0]?.terms.length, 57, 'every term is tried')
  t.equal(one.scenarios[1]?.ranks.length, 1, 'a changed weight orders the population anew')
  t.same(await simulate(scenarios, { sensitivity: true }), one, 'again, from what is kept')
  for (const threads of [2, 3]) {
    const other = openLaboratory(depsWith(threads))
    t.teardown(() => other.close())
    t.same(await other.simulate({ name: 'test', baseline: { run }, sensitivity: true, scenarios }, quietly), one, `${threads} threads`)
  }
})
