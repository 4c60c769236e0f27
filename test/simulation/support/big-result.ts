/** A made-up outcome of the breadth of a real one: seven programmes, eight breakdowns, of which every scenario touches some. */
import type { ScenarioOutcome, SimulationOutcome } from '../../../src/simulation/simulation-outcome.ts'
import type { PolicyMeasures } from '../../../src/simulation/measure-policies.ts'
import { TARGETING_OUTCOMES } from '../../../src/simulation/measures/targeting-outcome.ts'
import type { SimulationRequest } from '../../../src/simulation/scenario-schema.ts'
import { tabulate } from '../../../src/simulation/tabulate.ts'
import { SELECTED, STATES } from '../../../src/simulation/unit-states.ts'
import { statesByRow } from './states-by-row.ts'
import { seeded } from '../../bench/support/random-household.ts'

const PROGRAMMES = ['cash', 'monthly', 'health', 'energy', 'housing', 'rehabilitation', 'in-kind']
const BREAKDOWNS = {
  governorate: 12,
  householdSize: 8,
  headSex: 2,
  disability: 2,
  children: 2,
  elders: 2,
  welfareDecile: 10,
  scoreDecile: 10,
}
const HOUSEHOLDS = 20_000
const POINTS = Array.from({ length: 21 }, (_, at) => at / 20)

const labels = (count: number) => Array.from({ length: count }, (_, at) => ({ en: `Group ${at + 1}`, ar: `مجموعة ${at + 1}` }))

export const bigRequest = (scenarios: number): SimulationRequest => ({
  name: 'A report of the usual breadth',
  baseline: { run: 'latest' },
  scenarios: Array.from({ length: scenarios }, (_, at) => ({
    name: `Scenario ${at + 1}`,
    changes: [{ object: 'parameter', id: 'povertyLine', value: 100 + at }],
  })),
})

/** `touched`: programmes that a scenario touches. */
export function bigOutcome({ scenarios }: SimulationRequest, touched: number): SimulationOutcome {
  const random = seeded(3)
  const breakdowns = Object.entries(BREAKDOWNS).map(([id, groups]) => ({
    id,
    label: { en: id, ar: 'تصنيف' },
    codes: Uint8Array.from({ length: HOUSEHOLDS }, () => Math.floor(random() * groups)),
    groups,
    labels: labels(groups),
  }))
  const persons = new Uint32Array(HOUSEHOLDS).fill(5)
  const keys = Uint32Array.from({ length: HOUSEHOLDS }, () => Math.floor(random() * 2 ** 32))
  const states = () => {
    const state = Uint8Array.from({ length: HOUSEHOLDS }, () => Math.floor(random() * STATES.length))
    return statesByRow({ state, benefit: Float64Array.from(state, (one) => (one === SELECTED ? 40_000 : 0)) })
  }
  const totals = { selected: 4_000, spent: 160_000_000, budget: 200_000_000, places: 5_000, stoppedByBudget: false }
  const scenario = (name: string): ScenarioOutcome => ({
    name,
    versionSet: 'e'.repeat(64),
    programmes: PROGRAMMES.map((programme, place) => {
      const before = states()
      const isTouched = place < touched
      return {
        programme,
        unit: 'household',
        period: 'month',
        before: totals,
        after: { ...totals, spent: totals.spent + (isTouched ? Math.floor(random() * 1e7) : 0) },
        transitions: tabulate({ before, after: isTouched ? states() : before, householdOf: null, persons, keys }, breakdowns),
      }
    }),
    ranks: [
      {
        formula: 'welfare-ranking',
        spearman: random(),
        kendall: random(),
        meanDistance: 9,
        quantiles: [1, 5, 10, 25, 50, 75, 90, 95, 99].map((percent) => ({ percent, move: percent - 50 })),
        sameTenth: 5_000,
      },
    ],
    filters: null,
    nearCutOffs: PROGRAMMES.map((programme) => ({
      programme,
      cutOff: 5_000_000,
      within: 50_000,
      below: 30,
      at: 1,
      contests: [],
      above: Math.floor(random() * 90),
    })),
    measures: measures(random, breakdowns),
  })
  const { nearCutOffs, measures: before } = scenario('')
  return {
    run: '00000000-0000-7000-8000-000000000000',
    asOf: '2026-11-01',
    snapshot: 'a'.repeat(64),
    inputs: 'b'.repeat(64),
    versionSet: 'f'.repeat(64),
    households: HOUSEHOLDS,
    persons: HOUSEHOLDS * 5,
    key: 1,
    breakdowns: breakdowns.map(({ codes: _codes, ...shown }) => shown),
    reference: { kind: 'synthetic', line: 100_000 },
    baseline: { nearCutOffs, filters: null, measures: before },
    scenarios: scenarios.map(({ name }) => scenario(name)),
  }
}

function measures(random: () => number, breakdowns: readonly { readonly id: string; readonly groups: number }[]): PolicyMeasures {
  const curve = () => {
    const power = 0.5 + random()
    return POINTS.map((population) => ({ population, amount: population ** power }))
  }
  return {
    poverty: { headcount: random(), povertyGap: random(), severity: random() },
    inequality: { gini: random(), s80s20: 3, atRiskOfPoverty: random(), medianGap: random() },
    lorenz: curve(),
    programmes: PROGRAMMES.map((programme) => ({
      programme,
      coverage: random(),
      inclusionError: random(),
      exclusionError: random(),
      leakage: random(),
      targetingAccuracy: random(),
      balancedPovertyAccuracy: random(),
      missedBy: TARGETING_OUTCOMES.slice(1).map((outcome) => ({ outcome, shareOfPoor: random() / 7 })),
      coadyGroshHoddinott: random(),
      concentrationIndex: -random(),
      concentration: curve(),
      deciles: labels(10).map(() => ({ coverage: random(), shareOfBenefit: random() })),
      fairness: (['exclusionError', 'inclusionError'] as const).flatMap((measure) =>
        breakdowns.slice(0, 6).map(({ id, groups }) => ({
          measure,
          breakdown: id,
          groups: labels(groups).map((group) => ({
            group,
            tooSmall: false,
            rate: 0.5,
            interval: { low: 0.4, high: 0.6 },
            difference: { value: 0, interval: null },
            ratio: { value: 1, interval: null },
          })),
        })),
      ),
    })),
  }
}
