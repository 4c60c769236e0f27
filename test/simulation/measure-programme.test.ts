/** Errors of a programme by group, by hand: ten households many times over. */
import t, { type Test as Tap } from 'tap'
import type { Measured } from '../../src/simulation/measure-policies.ts'
import { withoutFigures } from '../../src/simulation/few-selected.ts'
import { measureProgramme, type ProgrammeErrors } from '../../src/simulation/measure-programme.ts'
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
  { welfare: 40, persons: 12, area: 0, outcome: 'selected', benefit: 100 },
  { welfare: 60, persons: 4, area: 0, outcome: 'unregistered', benefit: 0 },
  { welfare: 80, persons: 5, area: 1, outcome: 'selected', benefit: 100 },
  { welfare: 90, persons: 6, area: 1, outcome: 'undetermined', benefit: 0 },
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
  keys: new Uint32Array(all.length),
  line: 100,
  lines: [100],
  poor: poorBelow(welfare, 100),
  order: welfareOrder(welfare, persons),
  rows: registered,
  breakdowns: [
    { id: 'area', label: words('area'), codes: Uint8Array.from(all, ({ area }) => area), groups: 2, labels: ['rural', 'urban'].map(words) },
  ],
}
/** Of the population, whose rows are those of the registered. */
const listed = Uint32Array.from(registered.keys()).filter(
  (row) => all[registered[row] as number]?.outcome !== 'ineligible' && all[registered[row] as number]?.outcome !== 'undetermined',
)
const paid = Uint32Array.from(all.keys()).filter((row) => (all[row]?.benefit ?? 0) > 0)
const list = {
  outcomes: {
    households: listed,
    outcome: Uint8Array.from(listed, (row) => targetingOutcomeCode(all[registered[row] as number]?.outcome as TargetingOutcome)),
  },
  undetermined: {
    totals: [],
    households: Uint8Array.from(registered, (row) => Number(all[row]?.outcome === 'undetermined')),
    standing: { units: Float64Array.of(0, TIMES, 0), key: new Uint32Array(3), persons: Float64Array.of(0, 6 * TIMES, 0) },
  },
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

const held = (told: object, wanted: Readonly<Record<string, number>>, t: Tap): void => {
  for (const [name, value] of Object.entries(wanted)) t.ok(close(told[name as keyof typeof told], value), name)
}

t.test('errors count households, and beside them their persons', async (t) => {
  // A to D are poor, A and C of them selected; E, F and I are selected and not poor; of H nothing is known.
  const accuracy = { targetingAccuracy: (2 + 2) / 9, balancedPovertyAccuracy: 1 / 2 - 1 / 4 }
  held(measures, { coverage: 5 / 9, exclusionError: 2 / 4, inclusionError: 3 / 5, leakage: 3 / 4, ...accuracy }, t)
  const people = { targetingAccuracy: (17 + 6) / 44, balancedPovertyAccuracy: 17 / 27 - 1 / 27 }
  held(measures.persons ?? {}, { coverage: 28 / 44, exclusionError: 10 / 27, inclusionError: 11 / 28, leakage: 11 / 27, ...people }, t)
  const missed = ({ missedBy = [] }: Partial<ProgrammeErrors>, reason: string) =>
    missedBy.find(({ outcome }) => outcome === reason)?.shareOfPoor
  t.same([missed(measures, 'unregistered'), missed(measures, 'undetermined'), missed(measures, 'ineligible')], [1 / 4, 1 / 4, 0])
  t.ok(close(missed(measures.persons ?? {}, 'unregistered'), 4 / 27))
  t.ok(close(missed(measures.persons ?? {}, 'undetermined'), 6 / 27))
})

t.test('incidence by tenths of persons, and of households', async (t) => {
  // The poorest two fifths of 44 persons are A, B and 1.6 of the five of C; of nine households A, B, C and part of D.
  t.ok(close(measures.coadyGroshHoddinott, (100 + (100 * 1.6) / 5) / 320 / 0.4))
  t.ok(close(measures.households?.coadyGroshHoddinott, 200 / 320 / 0.4))
  t.same(measures.deciles.slice(0, 2), [
    { coverage: null, shareOfBenefit: 0 },
    { coverage: 1, shareOfBenefit: 100 / 360 },
  ])
  t.same(measures.households?.deciles.slice(0, 2), [
    { coverage: 1, shareOfBenefit: 100 / 360 },
    { coverage: 0, shareOfBenefit: 0 },
  ])
})

t.test('of a programme that selects few every figure is withheld', async (t) => {
  const figures = (value: unknown): number =>
    typeof value === 'number'
      ? 1
      : typeof value === 'object' && value !== null
        ? Object.values(value).reduce((sum: number, one) => sum + figures(one), 0)
        : 0
  const { concentration, ...told } = withoutFigures(measures)
  t.ok(concentration.every(({ amount }) => amount === null))
  t.equal(figures(told), 0)
  t.same(Object.keys(told.persons ?? {}), Object.keys(measures.persons ?? {}))
})
