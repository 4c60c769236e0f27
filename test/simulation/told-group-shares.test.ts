/** Shares undetermined and of imputed scores by group: by hand, and of a protected result nothing but what its cells tell. */
import t from 'tap'
import { disclosedCell } from '../../src/simulation/disclose.ts'
import { countImputed } from '../../src/simulation/imputed-scores.ts'
import type { MeasuringBasis } from '../../src/simulation/measure-tasks.ts'
import { NOBODY, sumOf, tabulate } from '../../src/simulation/tabulate.ts'
import { imputedShares, undeterminedShares } from '../../src/simulation/told-group-shares.ts'
import { SELECTED, UNDETERMINED } from '../../src/simulation/unit-states.ts'
import { statesByRow } from './support/states-by-row.ts'

const HOUSEHOLDS = 220
const NaNs = NaN
const words = (text: string) => ({ en: text, ar: text })
// A hundred in the north, eighty in the south, forty in the east; the group of nobody is unknown.
const area = {
  id: 'area',
  label: words('area'),
  codes: Uint8Array.from({ length: HOUSEHOLDS }, (_, row) => (row < 100 ? 0 : row < 180 ? 1 : 2)),
  groups: 3,
  labels: ['north', 'south', 'east'].map(words),
}
const persons = new Uint32Array(HOUSEHOLDS).fill(4)
const keys = Uint32Array.from({ length: HOUSEHOLDS }, (_, row) => Math.imul(row + 1, 2_654_435_761))

/** `undetermined`: of the north, the south and the east, the first so many; whoever else is in an odd row is selected. */
function outcome(before: readonly number[], after: readonly number[]) {
  const first = [0, 100, 180]
  const states = (undetermined: readonly number[]) =>
    statesByRow({
      state: Uint8Array.from({ length: HOUSEHOLDS }, (_, row) => {
        const group = area.codes[row] as number
        return row - (first[group] as number) < (undetermined[group] as number) ? UNDETERMINED : row % 2 === 1 ? SELECTED : 0
      }),
      benefit: new Float64Array(HOUSEHOLDS),
    })
  return { transitions: tabulate({ before: states(before), after: states(after), householdOf: null, persons, keys }, [area]) }
}

t.test('undetermined of the judged units, before and after, each group beside the rest', async (t) => {
  const { before, after } = undeterminedShares(outcome([20, 40, 10], [10, 40, 10]), [area], true)
  t.match(before, [
    {
      breakdown: 'area',
      groups: [
        { group: words('north'), tooSmall: false, rate: 0.2, difference: { value: 0.2 - 0.5 }, ratio: { value: 0.4 } },
        { rate: 0.5, difference: { value: 0.3 } },
        { group: words('east'), tooSmall: true, rate: null, interval: null, difference: null, ratio: null },
      ],
    },
  ])
  t.match(after[0]?.groups, [{ rate: 0.1 }, { rate: 0.5 }, { tooSmall: true }])
  const [north] = before[0]?.groups ?? []
  t.ok((north?.interval?.low ?? 1) < 0.2 && (north?.interval?.high ?? 0) > 0.2)
})

t.test('protected: by moved counts, and no group of few nor anything where all are few', async (t) => {
  const told = outcome([20, 40, 10], [4, 40, 0])
  const { before, after } = undeterminedShares(told, [area], false)
  const [north] = told.transitions.by['area'] ?? []
  const moved = (cells: NonNullable<typeof north>) => disclosedCell(sumOf(cells.flat())).units as number
  const undetermined = disclosedCell(sumOf(north?.[UNDETERMINED] ?? [])).units as number
  t.equal(before[0]?.groups[0]?.rate, undetermined / moved(north ?? []))
  t.match(after[0]?.groups, [{ tooSmall: true, rate: null }, { tooSmall: false }, { tooSmall: true }], 'four are not told')
  t.equal(after[0]?.groups[1]?.difference, null, 'and do not follow from the rest')
  const few = undeterminedShares(outcome([5, 0, 0], [0, 0, 0]), [area], false)
  t.match(few.before[0]?.groups, Array(3).fill({ tooSmall: true, rate: null }), 'nought of the south would tell that they are in the north')
  t.match(few.after[0]?.groups, [{ rate: 0 }, { rate: 0 }, { tooSmall: true }])
})

t.test('imputed: an interval that is not a point, of those with a score', async (t) => {
  const lo = new Float64Array(HOUSEHOLDS).fill(5)
  const [hi, point] = [lo.slice(), lo.slice()]
  for (let row = 0; row < 10; row++) [lo[row], hi[row], point[row]] = [NaNs, NaNs, NaNs]
  // Thirty of the ninety scored in the north, and sixteen of eighty in the south.
  for (let row = 10; row < 40; row++) hi[row] = 6
  for (let row = 100; row < 116; row++) lo[row] = 4
  const basis = { breakdowns: [area], persons, keys, householdOf: persons, orders: [], measured: null } satisfies MeasuringBasis
  const counts = countImputed(basis, { point, lo, hi })
  t.match(counts.all, { scored: { units: 210 }, imputed: { units: 46 } })
  t.match(counts.by['area'], [
    { scored: { units: 90 }, imputed: { units: 30 } },
    { scored: { units: 80 }, imputed: { units: 16 } },
    { scored: { units: 40 }, imputed: { units: 0 } },
    { scored: { units: 0 } },
  ])
  const keyOf = (from: number, to: number) => keys.subarray(from, to).reduce((sum, key) => (sum + key) % 2 ** 32, 0)
  t.equal(counts.by['area']?.[0]?.scored.key, keyOf(10, 100), 'keys are those of the counted')
  t.equal(counts.by['area']?.[0]?.imputed.key, keyOf(10, 40))
  t.match(imputedShares(counts, [area], true)[0]?.groups, [
    { rate: 1 / 3, difference: { value: 1 / 3 - 0.2 } },
    { rate: 0.2 },
    { tooSmall: true, rate: null },
  ])
  const moved = (units: number, key: number) => disclosedCell({ ...NOBODY, units, key }).units as number
  t.equal(imputedShares(counts, [area], false)[0]?.groups[1]?.rate, moved(16, keyOf(100, 116)) / moved(80, keyOf(100, 180)))
})
