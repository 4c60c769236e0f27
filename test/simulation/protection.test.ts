/** Every number that a protected result or impact tells: what protects it is declared here, and it is as declared. A new one fails until it stands here. */
import t from 'tap'
import type { TSchema } from 'typebox'
import type { ImpactOutcome } from '../../src/simulation/impact/impact-outcome.ts'
import { ImpactResult } from '../../src/simulation/impact/schema.ts'
import { toldImpact } from '../../src/simulation/impact/told-impact.ts'
import type { LeftOut } from '../../src/simulation/left-out.ts'
import { toldResult } from '../../src/simulation/result.ts'
import type { PolicyMeasures } from '../../src/simulation/measure-policies.ts'
import type { SimulationOutcome } from '../../src/simulation/simulation-outcome.ts'
import { ResultAnswer } from '../../src/simulation/schema.ts'
import type { ProgrammeOutcome } from '../../src/simulation/simulate.ts'
import { NOBODY, type Transitions } from '../../src/simulation/tabulate.ts'
import { SELECTED, UNDETERMINED } from '../../src/simulation/unit-states.ts'
import { seeded } from '../bench/support/random-household.ts'
import { rekeyed, withMadeKeys } from './support/made-behind.ts'
import { madeMovers } from './support/made-movers.ts'
import { madeOutcome } from './support/made-result.ts'

/**
 * moved: a count, or what is computed of counts, moved by the keys of those who are counted.
 * rounded: no count of anybody: an index over many, rounded so that one of them moves the last place by one at most; or a score, to a tenth of a point.
 * terms: what was asked for, or how a table is laid out.
 * made: of households that are made up.
 * sample: of the rows of an uploaded sample, which have no keys: to the nearest ten, or to three places.
 */
type Protection = 'moved' | 'rounded' | 'terms' | 'made' | 'sample'

const each = (protection: Protection, places: readonly string[]): Record<string, Protection> =>
  Object.fromEntries(places.map((place) => [place, protection]))
const within = (place: string, names: string): string[] => names.split(' ').map((name) => `${place}/${name}`)
const cells = (place: string): string[] => [
  ...['selectedBefore', 'selectedAfter', 'entrants', 'leavers', 'transitions/*'].flatMap((cell) =>
    within(`${place}/${cell}`, 'units persons before after'),
  ),
  ...['gainers', 'losers'].flatMap((change) => within(`${place}/${change}`, 'units persons amount')),
  ...within(`${place}/unchanged`, 'units persons'),
]
const effects = ['lighter', 'heavier'].map((side) => `policy/sensitivity/formulas/*/terms/*/${side}`)
const TARGETING = 'policy/measures/programmes/*'
const FAIRNESS = [
  `${TARGETING}/fairness/*/groups/*`,
  'policy/imputed/*/fairness/*/groups/*',
  'policy/programmes/*/undeterminedShare/before/*/groups/*',
  'policy/programmes/*/undeterminedShare/after/*/groups/*',
]
const WELFARE = ['policy/measures', 'policy/measures/before']
const ERRORS = 'coverage inclusionError exclusionError leakage targetingAccuracy balancedPovertyAccuracy missedBy/*/shareOfPoor'

/** By place; `policy` is the baseline and each scenario, what ends with `/**` is all that is below. */
const DECLARED: Readonly<Record<string, Protection>> = {
  ...each('moved', [
    'households',
    'persons',
    ...cells('policy/programmes/*/all'),
    ...cells('policy/programmes/*/by/*/*'),
    ...within('policy/programmes/*/spent', 'before after difference'),
    ...within('policy/nearCutOffs/*', 'below at above'),
    ...within('policy/nearCutOffs/*/contests/*', 'selected below at above'),
    ...within(
      'policy/leftOut',
      'welfare/households welfare/persons programmes/*/withoutScore programmes/*/withoutWelfare formulas/*/withoutScore',
    ),
    ...within('policy/yearly/spent', 'before after difference'),
    ...within('policy/filters/*/filters/*', 'excluded alone poorExcluded poorAlone'),
    ...WELFARE.flatMap((order) => within(`${order}/poverty`, 'headcount povertyGap severity watts shortfall/households shortfall/amount')),
    ...WELFARE.map((order) => `${order}/inequality/atRiskOfPoverty`),
    ...['before', 'after', 'change'].flatMap((side) => within(`policy/measures/lines/*/${side}`, 'headcount povertyGap severity')),
    ...[TARGETING, `${TARGETING}/persons`].flatMap((by) => within(by, ERRORS)),
    ...[TARGETING, `${TARGETING}/households`].flatMap((by) =>
      within(by, 'coadyGroshHoddinott deciles/*/coverage deciles/*/shareOfBenefit'),
    ),
    `${TARGETING}/concentration/*/amount`,
    ...FAIRNESS.flatMap((group) =>
      within(group, 'rate interval/low interval/high difference/value difference/interval/low difference/interval/high'),
    ),
    ...FAIRNESS.flatMap((group) => within(group, 'ratio/value ratio/interval/low ratio/interval/high')),
    'policy/ranks/*/sameTenth',
    ...effects.map((effect) => `${effect}/otherTenth`),
    ...['added', 'settled'].flatMap((side) => within(`policy/programmes/*/undetermined/${side}`, 'units persons')),
    ...['before', 'after', 'newly', 'noLonger'].flatMap((side) => within(`policy/programmes/*/dependsOnMissing/${side}`, 'units persons')),
  ]),
  ...each('rounded', [
    'policy/nearCutOffs/*/cutOff',
    'policy/nearCutOffs/*/contests/*/cutOff',
    ...within('policy/movedScores/*/cutOffs', 'before after'),
    ...WELFARE.flatMap((order) => within(`${order}/inequality`, 'gini s80s20 medianGap meanLogDeviation theil atkinsonHalf atkinsonOne')),
    // Means of likelihoods of fifty households and more.
    ...within('policy/likelihoods/*', 'rate groups/*/groups/*/rate groups/*/groups/*/tooSmall'),
    'policy/measures/lorenz/*/amount',
    'policy/measures/programmes/*/concentrationIndex',
    ...within('policy/ranks/*', 'spearman kendall meanDistance quantiles/*/move'),
    ...effects.flatMap((effect) => within(effect, 'meanDistance spearman')),
    // Whether a group is spoken of follows from its moved count; those that are near the least size can be on either side.
    ...FAIRNESS.map((group) => `${group}/tooSmall`),
  ]),
  ...each('terms', [
    'exact',
    'reference/line',
    ...within('reference/scale', 'adult child childUnder sizes/*'),
    'policy/measures/lines/*/line',
    'policy/nearCutOffs/*/within',
    'policy/sensitivity/step',
    'policy/measures/lorenz/*/population',
    'policy/measures/programmes/*/concentration/*/population',
    'policy/ranks/*/quantiles/*/percent',
    ...within('policy/programmes/*/budget', 'before after'),
    ...within('policy/yearly/budget', 'before after'),
    ...within('policy/programmes/*/places', 'before after'),
    ...within('policy/programmes/*/stoppedByBudget', 'before after'),
    // Nobody who enters was paid before, nor is who leaves paid after: always 0.
    ...['all', 'by/*/*'].flatMap((group) => within(`policy/programmes/*/${group}`, 'entrants/before leavers/after')),
  ]),
  ...each('made', ['policy/witnesses/**', 'policy/programmes/*/difference/**']),
  ...each('sample', ['sample/**', 'policy/onSample/**']),
}

type Node = TSchema & {
  readonly anyOf?: readonly Node[]
  readonly type?: string
  readonly items?: Node
  readonly properties?: Readonly<Record<string, Node>>
  readonly patternProperties?: Readonly<Record<string, Node>>
}

/** Hears of each number or flag of a schema, with what stands there in a value. */
function walk(node: Node, value: unknown, place: string, hear: (place: string, value: unknown) => void): void {
  for (const one of node.anyOf ?? []) walk(one, value, place, hear)
  const own = (value ?? undefined) as Readonly<Record<string, unknown>> | undefined
  const below = (name: string): string => (place === '' ? name : `${place}/${name}`)
  for (const [name, one] of Object.entries(node.properties ?? {})) walk(one, own?.[name], below(name), hear)
  for (const one of Object.values(node.patternProperties ?? {}))
    for (const each_ of own ? Object.values(own) : [undefined]) walk(one, each_, below('*'), hear)
  if (node.items)
    for (const one of Array.isArray(value) && value.length > 0 ? (value as unknown[]) : [undefined]) walk(node.items, one, below('*'), hear)
  if (['number', 'integer', 'boolean'].includes(node.type ?? '')) hear(place, value)
}

const ofPolicy = (place: string): string => place.replace(/^(baseline|scenarios\/\*)\//, 'policy/')
const ofImpact = (place: string): string => place.replace(/^programmes\//, 'policy/programmes/')

const protectionOf = (place: string): Protection | undefined =>
  DECLARED[place] ?? Object.entries(DECLARED).find(([declared]) => declared.endsWith('/**') && place.startsWith(declared.slice(0, -2)))?.[1]

function valuesOf(schema: TSchema, told: unknown, named: (place: string) => string): Map<string, unknown[]> {
  const found = new Map<string, unknown[]>()
  walk(schema as Node, told, '', (place, value) => {
    const name = named(place)
    found.set(name, [...(found.get(name) ?? []), ...(value === undefined ? [] : [value])])
  })
  return found
}

const COUNTS = [
  'below',
  'at',
  'above',
  'selected',
  'withoutScore',
  'withoutWelfare',
  'excluded',
  'alone',
  'poorExcluded',
  'poorAlone',
  'sameTenth',
]

/** As a simulation with everything that can be asked for, with no count of few. */
const plain = large(madeOutcome())

/** Gaps so deep that a few households more or fewer show in three places. */
function withDeepPoverty({ before, lines = [], ...measures }: PolicyMeasures): PolicyMeasures {
  const poverty = { headcount: 0.45, povertyGap: 0.41, severity: 0.4 }
  const deep = { ...poverty, watts: 0.6, shortfall: { households: 300, amount: 123_456_789 } }
  return {
    ...measures,
    poverty: deep,
    ...(before ? { before: { ...before, poverty: deep } } : {}),
    lines: lines.map((one) => ({ ...one, before: poverty, after: { ...poverty, povertyGap: 0.4 } })),
  }
}

/** In every group a few hundred whom nobody can judge. */
function withUndetermined({ all, by, ...rest }: ProgrammeOutcome['transitions']): ProgrammeOutcome['transitions'] {
  const filled = (table: Transitions, units: number): Transitions =>
    table.map((row, from) =>
      row.map((cell, to) => (from === UNDETERMINED && to === UNDETERMINED ? { ...cell, units, persons: units * 4 } : cell)),
    )
  return {
    ...rest,
    all: filled(all, 2_000),
    by: Object.fromEntries(Object.entries(by).map(([id, groups]) => [id, groups.map((group, at) => filled(group, 300 + 10 * at))])),
  }
}

function large(outcome: SimulationOutcome): SimulationOutcome {
  const many = <T>(counts: T): T =>
    Object.fromEntries(
      Object.entries(counts as object).map(([name, count]: [string, unknown]) => [
        name,
        COUNTS.includes(name) ? (count as number) * 10 + 10 : count,
      ]),
    ) as T
  const policy = <T extends Pick<SimulationOutcome['baseline'], 'nearCutOffs' | 'filters' | 'measures'> & { readonly leftOut?: LeftOut }>(
    one: T,
  ): T => ({
    ...one,
    nearCutOffs: one.nearCutOffs.map((near) => ({ ...many(near), contests: (near.contests ?? []).map(many) })),
    ...(one.leftOut
      ? { leftOut: { ...one.leftOut, programmes: one.leftOut.programmes.map(many), formulas: one.leftOut.formulas.map(many) } }
      : {}),
    filters: one.filters && one.filters.map((rule) => ({ ...rule, filters: rule.filters.map(many) })),
    measures: one.measures && withDeepPoverty(one.measures),
  })
  const effect = { meanDistance: 1.2, otherTenth: 0.4, spearman: 0.9, ranked: 900 }
  const formulas = (outcome.baseline.sensitivity?.formulas ?? []).map((one) => ({
    ...one,
    terms: one.terms.map((term) => ({ ...term, lighter: effect, heavier: effect })),
  }))
  return {
    ...outcome,
    baseline: { ...policy(outcome.baseline), sensitivity: outcome.baseline.sensitivity && { ...outcome.baseline.sensitivity, formulas } },
    scenarios: outcome.scenarios.map((one) => ({
      ...policy(one),
      // What all cost together is told where none of them selects few.
      programmes: one.programmes
        .slice(0, 1)
        .map(manyUnchanged)
        .map((own) => ({ ...own, transitions: withUndetermined(own.transitions) })),
      ranks: one.ranks.map(many),
      movedScores: madeMovers,
    })),
  }
}

/** With thirty more everywhere who stay selected and are paid the same. */
function manyUnchanged(one: ProgrammeOutcome): ProgrammeOutcome {
  const more = (transitions: Transitions): Transitions =>
    transitions.map((row, from) =>
      row.map((own, to) => (from === SELECTED && to === SELECTED ? { ...own, units: own.units + 30, persons: own.persons + 120 } : own)),
    )
  const by = Object.fromEntries(Object.entries(one.transitions.by).map(([id, groups]) => [id, groups.map(more)]))
  return { ...one, transitions: { ...one.transitions, all: more(one.transitions.all), by } }
}

function impactOf(seed: number): ImpactOutcome {
  const { scenarios, ...about } = plain
  const cell = (units: number) => ({ ...NOBODY, units, persons: units * 5 })
  const missing = { before: cell(50), after: cell(60), newly: cell(30), noLonger: cell(20) }
  const programmes = (scenarios[0]?.programmes ?? []).map((one) => ({ ...one, presence: 'both' as const, missing, difference: null }))
  const impact = { ...about, effectiveFrom: '2026-12-01', base: 'base', draft: 'draft', programmes, unaltered: [], unmet: [] }
  return rekeyed(impact, seeded(seed)) as unknown as ImpactOutcome
}

t.test('what protects every number that is told is declared, and nothing else is', async (t) => {
  const places = [...valuesOf(ResultAnswer, undefined, ofPolicy).keys(), ...valuesOf(ImpactResult, undefined, ofImpact).keys()]
  const undeclared = new Set(places.filter((place) => protectionOf(place) === undefined))
  t.same([...undeclared], [], 'say in DECLARED what protects it')
  const unknown = Object.keys(DECLARED).filter((declared) =>
    declared.endsWith('/**') ? !places.some((place) => place.startsWith(declared.slice(0, -2))) : !places.includes(declared),
  )
  t.same(unknown, [], 'no number stands there')
})

t.test('what is declared to be moved moves with the keys of its contents, and the rest stands still', async (t) => {
  const seeds = Array.from({ length: 30 }, (_, place) => 100_003 * (place + 1))
  const told = [
    seeds.map((seed) => valuesOf(ResultAnswer, toldResult(withMadeKeys(plain, seed), false), ofPolicy)),
    seeds.map((seed) => valuesOf(ImpactResult, toldImpact(impactOf(seed), false), ofImpact)),
  ]
  let moved = 0
  for (const all of told)
    for (const place of all[0]?.keys() ?? []) {
      const protection = protectionOf(place)
      const values = new Set(all.map((one) => JSON.stringify(one.get(place))))
      if (protection === 'moved') {
        moved++
        t.ok(values.size > 1, `${place} is the same whatever the keys are`)
      } else t.equal(values.size, 1, `${place} moves`)
    }
  t.ok(moved > 80, `${moved} are moved`)
})
