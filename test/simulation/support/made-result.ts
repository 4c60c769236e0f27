/** A made-up outcome of a simulation: two programmes, two scenarios, groups of every size, names that try to be more than text. */
import type { Database } from '../../../src/db/database.ts'
import { newId } from '../../../src/kernel/new-id.ts'
import type { Words } from '../../../src/language/fact-space.ts'
import { loadShippedVersions } from '../../../src/programmes/load-shipped.ts'
import { readActive, storeVersionSet } from '../../../src/programmes/version-store.ts'
import type { ScenarioOutcome, SimulationOutcome } from '../../../src/simulation/simulation-outcome.ts'
import type { FormulaImputed } from '../../../src/simulation/imputed-scores.ts'
import type { FormulaLikelihoods } from '../../../src/simulation/likelihood-rates.ts'
import type { PolicyMeasures } from '../../../src/simulation/measure-policies.ts'
import { TARGETING_OUTCOMES } from '../../../src/simulation/measures/targeting-outcome.ts'
import { simulationManifest } from '../../../src/simulation/perform-simulation.ts'
import { storedResult } from '../../../src/simulation/result.ts'
import type { SimulationRequest } from '../../../src/simulation/scenario-schema.ts'
import { beginSimulation, completeSimulation, storeSimulation } from '../../../src/simulation/simulation-store.ts'
import type { ProgrammeOutcome } from '../../../src/simulation/simulate.ts'
import { tabulate } from '../../../src/simulation/tabulate.ts'
import { SELECTED, STATES } from '../../../src/simulation/unit-states.ts'
import { statesByRow } from './states-by-row.ts'
import { linePoverty, type WelfareMeasures } from '../../../src/simulation/welfare-measures.ts'
import { seeded } from '../../bench/support/random-household.ts'
import { startedRun } from '../../targeting/support/published.ts'

export const HOSTILE = `<script>alert("1")</script> & 'x' =1+1`
export const HOSTILE_SCENARIO = `=cmd|'<img src=x onerror=alert(1)>'!A1, "q"\nsecond line`
export const PROGRAMMES = ['unified-cash-transfer', 'pwd-rehabilitation'] as const

const HOUSEHOLDS = 900
const words = (text: string) => ({ en: text, ar: `${text} ع` })

const governorates = ['Amman', 'Ma"an', '<b>Zarqa</b>'].map(words)
const tenths = Array.from({ length: 10 }, (_, tenth) => ({ en: `${tenth + 1}`, ar: `${tenth + 1}` }))

export const madeRequest: SimulationRequest = {
  name: HOSTILE,
  baseline: { run: 'latest' },
  scenarios: [
    {
      name: HOSTILE_SCENARIO,
      changes: [{ object: 'programme', id: 'housing', set: { '/targeting/places': 5, '/</code><script>': '</script>' } }],
    },
    { name: 'the same', changes: [] },
  ],
}

/** The same for the same seed. With a scenario that changes nothing as the second. */
export function madeOutcome(about: Partial<SimulationOutcome> = {}): SimulationOutcome {
  const random = seeded(7)
  // The third governorate has few households, so that its cells are small.
  const codes = Uint8Array.from({ length: HOUSEHOLDS }, (_, row) => (row < 12 ? 2 : row % 2))
  const tenthOf = Uint8Array.from({ length: HOUSEHOLDS }, (_, row) => (row % 97 === 0 ? 255 : Math.floor((row * 10) / HOUSEHOLDS)))
  const breakdowns = [
    { id: 'governorate', label: { en: 'Governorate', ar: 'المحافظة' }, codes, groups: 3, labels: governorates },
    { id: 'welfareDecile', label: { en: 'Tenth of welfare', ar: 'عُشر الرفاه' }, codes: tenthOf, groups: 10, labels: tenths },
  ]
  const states = (share: number) => {
    const state = Uint8Array.from({ length: HOUSEHOLDS }, () => (random() < share ? SELECTED : Math.floor(random() * (STATES.length - 1))))
    return {
      state,
      benefit: Float64Array.from(state, (one) => (one === SELECTED ? 40_500 + Math.floor(random() * 9) * 1_000 : 0)),
    }
  }
  const persons = Uint32Array.from({ length: HOUSEHOLDS }, () => 1 + Math.floor(random() * 8))
  const keys = Uint32Array.from({ length: HOUSEHOLDS }, () => Math.floor(random() * 2 ** 32))
  const before = [states(0.3), states(0.005)] as const
  const after = [states(0.2), states(0.005)] as const
  const compare = (now: typeof before): ProgrammeOutcome[] =>
    PROGRAMMES.map((programme, place): ProgrammeOutcome => {
      const [was, is] = [before[place] as (typeof before)[0], now[place] as (typeof before)[0]]
      const totals = ({ state, benefit }: typeof was) => ({
        selected: state.filter((one) => one === SELECTED).length,
        spent: benefit.reduce((sum, one) => sum + one, 0),
        budget: place === 0 ? 20_000_000 : null,
        places: 500,
        stoppedByBudget: place === 0,
      })
      return {
        programme,
        unit: place === 0 ? 'household' : 'person',
        period: place === 0 ? 'quarter' : 'month',
        before: totals(was),
        after: totals(is),
        transitions: tabulate(
          {
            before: statesByRow(was),
            after: statesByRow(is),
            householdOf: place === 0 ? null : Uint32Array.from(keys, (_, row) => row),
            persons,
            keys,
          },
          breakdowns,
        ),
      }
    })
  const scenario = (name: string, now: typeof before, shift: number): ScenarioOutcome => ({
    name,
    versionSet: 'e'.repeat(64),
    programmes: compare(now),
    ranks:
      shift === 0
        ? []
        : [
            {
              formula: 'welfare-ranking',
              spearman: 0.912345,
              kendall: 0.7,
              meanDistance: 10.5,
              quantiles: [1, 5, 10, 25, 50, 75, 90, 95, 99].map((percent) => ({ percent, move: (percent - 48) * 0.61234 })),
              sameTenth: 7,
            },
          ],
    nearCutOffs: nearCutOffs(shift),
    filters: filters(shift === 0 ? 0 : 40),
    leftOut,
    measures: measures(shift),
    imputed: imputed(shift),
    likelihoods: likelihoods(shift),
  })
  return {
    run: newId(),
    asOf: '2026-11-01',
    snapshot: 'a'.repeat(64),
    inputs: 'b'.repeat(64),
    versionSet: 'f'.repeat(64),
    households: HOUSEHOLDS,
    persons: persons.reduce((sum, one) => sum + one, 0),
    key: 1,
    breakdowns: breakdowns.map(({ codes: _codes, ...shown }) => shown),
    reference: { kind: 'synthetic', line: 100_000 },
    baseline: {
      nearCutOffs: nearCutOffs(0),
      filters: filters(0),
      leftOut,
      measures: measures(0),
      imputed: imputed(0),
      likelihoods: likelihoods(0),
      sensitivity,
    },
    scenarios: [scenario(HOSTILE_SCENARIO, after, 0.0312), scenario('the same', before, 0)],
    ...about,
  }
}

const leftOut = {
  welfare: { households: 23, persons: 96 },
  programmes: [
    { programme: PROGRAMMES[0], withoutScore: 12, withoutWelfare: 6 },
    { programme: PROGRAMMES[1], withoutScore: 0, withoutWelfare: 1 },
  ],
  formulas: [{ formula: 'welfare-ranking', withoutScore: 31 }],
}

const sensitivity = {
  step: 0.1,
  formulas: [
    {
      formula: 'welfare-ranking',
      terms: [
        {
          term: 'size',
          label: { en: 'Size <i>', ar: 'الحجم' },
          lighter: { meanDistance: 1.23456, otherTenth: 7 / HOUSEHOLDS, spearman: 0.99, ranked: HOUSEHOLDS },
          heavier: { meanDistance: null, otherTenth: null, spearman: null },
        },
      ],
    },
  ],
  unusedFacts: ['shoeSize'],
}

const filters = (more: number) => [
  {
    programme: PROGRAMMES[0],
    filters: [
      { pointer: '/conditions/all/0', definition: null, because: null, excluded: 120 + more, alone: 7, poorExcluded: 30, poorAlone: 0 },
      {
        pointer: '/conditions',
        definition: 'below-poverty-line',
        because: { en: 'Not <b>poor</b>', ar: 'ليست فقيرة' },
        excluded: 55,
        alone: 20,
        poorExcluded: 12,
        poorAlone: 3,
      },
    ],
  },
  { programme: PROGRAMMES[1], filters: [] },
]

const nearCutOffs = (shift: number) => [
  { programme: PROGRAMMES[0], cutOff: null, within: 50_000, below: 21, at: 3, above: 123, contests: contests(shift) },
  { programme: PROGRAMMES[1], cutOff: null, within: 50_000, below: 0, at: 0, above: 0, contests: [] },
]

/** Everybody has a score; a fifth and more of them an imputed one, four of the third governorate. */
const imputed = (shift: number): FormulaImputed[] => {
  const of = (scored: number, own: number) => ({ scored: { units: scored, key: scored }, imputed: { units: own, key: own } })
  const more = shift === 0 ? 0 : 20
  return [
    {
      formula: 'welfare-ranking',
      all: of(HOUSEHOLDS, 204 + more),
      by: {
        governorate: [of(444, 100 + more), of(444, 100), of(12, 4), of(0, 0)],
        welfareDecile: [...tenths.map((_, tenth) => of(89, tenth === 9 ? 24 + more : 20)), of(10, 0)],
      },
    },
  ]
}

/** Nine tenths of the households have a likelihood; of the third governorate twelve, too few to tell. */
const likelihoods = (shift: number): FormulaLikelihoods[] => {
  const of = (households: number, percent: number) => ({ households, persons: households * 4, sum: households * 4 * percent * 1_000_000 })
  return [
    {
      formula: 'card',
      table: 'povertyLikelihood',
      all: of(810, 20 + (shift === 0 ? 0 : 1)),
      by: {
        governorate: [of(399, 12.3456), of(399, 30), of(12, 50), of(0, 0)],
        welfareDecile: [...tenths.map((_, tenth) => of(80, 40 - tenth)), of(10, 0)],
      },
    },
  ]
}
/** An area in which many were newly selected, and one in which few. */
const contests = (shift: number) =>
  [
    { place: 0, selected: 80, below: 20, at: 2, above: 100 },
    { place: 2, selected: 9, below: 1, at: 1, above: 23 },
  ].map(({ place, ...near }) => ({
    area: { fact: 'governorate', code: `${place}`, label: governorates[place] as Words },
    tier: { name: null, label: null },
    cutOff: 5_010_619 + place + shift * 1e6,
    ...near,
  }))

const curve = (power: number) => Array.from({ length: 21 }, (_, at) => ({ population: at / 20, amount: (at / 20) ** power }))

/** What the poor lack is of seven households where nothing shifts: too few to tell. */
const welfare = (shift: number): WelfareMeasures => ({
  poverty: {
    headcount: 0.09380074 + shift,
    povertyGap: 0.0164,
    severity: 0.0000001,
    watts: 0.0201234,
    shortfall: shift === 0 ? { households: 7, amount: 12_345 } : { households: 84, amount: 1_234_567 },
  },
  inequality: {
    gini: 0.2489634 - shift,
    s80s20: 3.5,
    atRiskOfPoverty: 0.118,
    medianGap: null,
    meanLogDeviation: 0.1,
    theil: 0.11111,
    atkinsonHalf: 0.05,
    atkinsonOne: 0.095,
  },
})

function measures(shift: number): PolicyMeasures {
  return {
    ...welfare(shift),
    before: welfare(0.05),
    lines: [100_000, 65_500].map((line) =>
      linePoverty(
        line,
        { headcount: 0.125, povertyGap: 0.05, severity: 0.02 },
        { headcount: 0.1 + shift, povertyGap: 0.04, severity: null },
      ),
    ),
    lorenz: curve(1.7 + shift),
    programmes: PROGRAMMES.map((programme, place) => ({
      programme,
      coverage: 0.26,
      inclusionError: place === 0 ? 0.7 - shift : null,
      exclusionError: 0.5 + shift,
      leakage: 1.62,
      targetingAccuracy: 0.73,
      balancedPovertyAccuracy: -0.62,
      missedBy: TARGETING_OUTCOMES.slice(1).map((outcome, at) => ({ outcome, shareOfPoor: (0.5 + shift) / 2 ** (at + 1) })),
      persons: {
        coverage: 0.31,
        inclusionError: place === 0 ? 0.65 - shift : null,
        exclusionError: 0.45 + shift,
        leakage: 1.4,
        targetingAccuracy: 0.71,
        balancedPovertyAccuracy: -0.5,
        missedBy: TARGETING_OUTCOMES.slice(1).map((outcome, at) => ({ outcome, shareOfPoor: (0.45 + shift) / 2 ** (at + 1) })),
      },
      households: {
        coadyGroshHoddinott: 1.4321,
        deciles: tenths.map((_, tenth) => ({ coverage: 0.4 - tenth / 25, shareOfBenefit: place === 0 ? 0.19 - tenth / 50 : null })),
      },
      coadyGroshHoddinott: 1.51,
      concentrationIndex: -0.2892,
      concentration: place === 0 ? curve(0.6 + shift) : curve(1).map(({ population }) => ({ population, amount: null })),
      deciles: tenths.map((_, tenth) => ({ coverage: 0.5 - tenth / 25, shareOfBenefit: place === 0 ? 0.19 - tenth / 50 : null })),
      fairness: (['exclusionError', 'inclusionError'] as const).map((measure) => ({
        measure,
        breakdown: 'governorate',
        groups: governorates.map((group, at) =>
          at === 2
            ? { group, tooSmall: true, rate: null, interval: null, difference: null, ratio: null }
            : {
                group,
                tooSmall: false,
                rate: 0.5 + at / 10 + shift,
                interval: { low: 0.45 + at / 10, high: 0.58 + at / 10 },
                difference: { value: 0.1 - at / 5, interval: { low: -0.05, high: 0.15 } },
                ratio: { value: 1.2, interval: null },
              },
        ),
      })),
    })),
  }
}

export interface StoredMade {
  readonly id: string
  readonly outcome: SimulationOutcome
}

/** A completed simulation of the entity, under the shipped versions, whose names it can be called by. */
export async function storeMade(database: Database, entity = 'MODEE'): Promise<StoredMade> {
  const { pool } = database
  await loadShippedVersions(database)
  const versionSet = await storeVersionSet(pool, await readActive(pool, '2026-11-01'))
  const runId = await startedRun(database)
  const outcome = madeOutcome({ run: runId, versionSet })
  const request = { ...madeRequest, baseline: { run: runId } }
  const id = newId()
  await storeSimulation(pool, { id, actor: 'test', entity, name: request.name, request: JSON.stringify(request) }, null)
  const attempt = await beginSimulation(pool, id)
  const stored = storedResult(outcome)
  const manifest = simulationManifest(request, outcome, stored.result)
  if (!(await completeSimulation(pool, { id, attempt: attempt as number }, { runId, manifest, manifestHash: 'c'.repeat(64), ...stored })))
    throw new Error('the simulation was not completed')
  return { id, outcome }
}
