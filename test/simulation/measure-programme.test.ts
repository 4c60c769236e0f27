/** Errors of a programme by group, by hand: ten households many times over. */
import t from 'tap'
import type { Measured } from '../../src/simulation/measure-policies.ts'
import { measureProgramme } from '../../src/simulation/measure-programme.ts'
import { poorBelow } from '../../src/simulation/measures/poverty-line.ts'
import { targetingOutcomeCode, type TargetingOutcome } from '../../src/simulation/measures/targeting-outcome.ts'
import { welfareOrder } from '../../src/simulation/measures/welfare-order.ts'

const TIMES = 20
const words = (text: string) => ({ en: text, ar: text })

interface Household {
  readonly welfare: number
  readonly persons: number
  readonly area: 0 | 1
  readonly outcome: TargetingOutcome
  readonly benefit: number
}

/** Below 100 is poor. */
const TEN: readonly Household[] = [
  { welfare: 40, persons: 5, area: 0, outcome: 'selected', benefit: 100 },
  { welfare: 60, persons: 4, area: 0, outcome: 'unregistered', benefit: 0 },
  { welfare: 80, persons: 5, area: 1, outcome: 'selected', benefit: 100 },
  { welfare: 90, persons: 6, area: 1, outcome: 'no-place', benefit: 0 },
  { welfare: 100, persons: 4, area: 0, outcome: 'selected', benefit: 60 },
  { welfare: 120, persons: 5, area: 1, outcome: 'selected', benefit: 40 },
  { welfare: 150, persons: 4, area: 0, outcome: 'ineligible', benefit: 0 },
  { welfare: NaN, persons: 3, area: 1, outcome: 'selected', benefit: 40 },
  { welfare: 240, persons: 2, area: 0, outcome: 'selected', benefit: 20 },
  { welfare: 400, persons: 2, area: 1, outcome: 'unregistered', benefit: 0 },
]
const all = Array.from({ length: TIMES }, () => TEN).flat()
const welfare = Float64Array.from(all, (one) => one.welfare)
const persons = Uint32Array.from(all, (one) => one.persons)
const registered = Uint32Array.from(all.keys()).filter((row) => all[row]?.outcome !== 'unregistered')
const measured: Measured = {
  welfare,
  persons,
  line: 100,
  poor: poorBelow(welfare, 100),
  order: welfareOrder(welfare, persons),
  rows: registered,
  breakdowns: [
    { id: 'area', label: words('area'), codes: Uint8Array.from(all, ({ area }) => area), groups: 2, labels: ['rural', 'urban'].map(words) },
  ],
}
/** Of the population, whose rows are those of the registered. */
const listed = Uint32Array.from(registered.keys()).filter((row) => all[registered[row] as number]?.outcome !== 'ineligible')
const paid = Uint32Array.from(all.keys()).filter((row) => (all[row]?.benefit ?? 0) > 0)
const list = {
  outcomes: {
    households: listed,
    outcome: Uint8Array.from(listed, (row) => targetingOutcomeCode(all[registered[row] as number]?.outcome as TargetingOutcome)),
  },
  undetermined: { totals: [], households: new Uint8Array(registered.length), standing: [0, 0, 0] },
  transfers: { rows: paid, amounts: Float64Array.from(paid, (row) => all[row]?.benefit as number) },
}
const measures = measureProgramme('cash', list, measured)

const close = (value: number | null | undefined, wanted: number): boolean => Math.abs((value ?? NaN) - wanted) < 1e-12

t.test('errors of exclusion and of inclusion by group', async (t) => {
  const of = (error: string) => measures.fairness.filter(({ measure }) => measure === error)
  // Of the poor of each area one of two is missed: twenty of forty, too few to speak of.
  t.match(of('exclusionError'), [{ breakdown: 'area', groups: [{ tooSmall: true, rate: null }, { tooSmall: true }] }])
  // Of three selected in the countryside two are not poor, of two in town one: forty are too few.
  const [inclusion] = of('inclusionError')
  t.match(inclusion?.groups, [
    { group: words('rural'), tooSmall: false, difference: null },
    { tooSmall: true, rate: null },
  ])
  t.ok(close(inclusion?.groups[0]?.rate, 2 / 3))
})
