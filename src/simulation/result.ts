/** What is stored of a simulation, exact, and what of it is told: cells of counts and money, under disclosure control or as they are. */
import type { Static } from 'typebox'
import type { Words } from '../language/fact-space.ts'
import { onlyBehind, withBehind, withoutBehind } from './behind.ts'
import { disclosedCell, type DisclosedCell, exactCell, SUPPRESSED } from './disclose.ts'
import { fewSelected } from './few-selected.ts'
import { toldSample, toldSampleMeasures } from './on-sample/told-sample.ts'
import type { LeftOut } from './left-out.ts'
import type { ScenarioOutcome, SimulationOutcome } from './simulation-outcome.ts'
import type { ResultAnswer } from './schema.ts'
import type { StoredResult } from './simulation-store.ts'
import type { ListTotals, ProgrammeOutcome } from './simulate.ts'
import { toldChanges } from './told-changes.ts'
import { toldFilter } from './told-counts.ts'
import { toldLeftOut } from './told-left-out.ts'
import { toldMeasures } from './told-measures.ts'
import { exactNearness, toldNearness } from './told-nearness.ts'
import { toldEffect, toldRanks } from './told-ranks.ts'
import { type Cell, entrants, leavers, marginAfter, marginBefore, NOBODY, type Transitions } from './tabulate.ts'
import { undeterminedShares } from './told-group-shares.ts'
import { toldScores } from './told-scores.ts'
import { SELECTED, STATES } from './unit-states.ts'
import { type ChangesOf, type Withholding, withheldOfGroups, withheldOfWhole } from './withheld-cells.ts'
import { yearlyCost } from './yearly-cost.ts'

/**
 * Canonical by construction: fixed keys, whole numbers and texts in the order of the computation. What stands behind the figures is kept beside them:
 * whoever may see the result exactly is not told of it.
 */
export const storedResult = (outcome: SimulationOutcome): StoredResult => ({
  result: JSON.stringify(withoutBehind(outcome)),
  behind: JSON.stringify(onlyBehind(outcome)),
})
export const readResult = ({ result, behind }: StoredResult): SimulationOutcome =>
  withBehind(JSON.parse(result), behind === null ? null : JSON.parse(behind)) as SimulationOutcome

/** As the schema says, and nobody writes into it. */
type Told<T> = T extends readonly (infer U)[] ? readonly Told<U>[] : T extends object ? { readonly [K in keyof T]: Told<T[K]> } : T

export type ToldResult = Told<Static<typeof ResultAnswer>>
export type ToldScenario = ToldResult['scenarios'][number]
export type ToldProgramme = ToldScenario['programmes'][number]
export type ToldGroup = ToldProgramme['all']

export function toldResult(outcome: SimulationOutcome, exact: boolean): ToldResult {
  const { scenarios, breakdowns, baseline, reference, sample, households, persons, key, ...about } = exact
    ? withoutBehind(outcome)
    : outcome
  const population = (exact ? exactCell : disclosedCell)({ ...NOBODY, units: households, persons, key })
  return {
    ...about,
    exact,
    households: population.units,
    persons: population.persons,
    reference: reference && { ...reference, notice: SYNTHETIC },
    ...(sample ? { sample: toldSample(sample, population.units, exact) } : {}),
    baseline: {
      ...toldPolicy(baseline, fewSelected(scenarios[0]?.programmes ?? [], 'before'), exact),
      ...toldScores(baseline, breakdowns, exact),
      ...toldOnSample(baseline, exact),
      ...toldSensitivity(baseline, exact),
    },
    breakdowns: breakdowns.map(({ id, label }) => ({ id, label })),
    scenarios: scenarios.map((scenario) => toldScenario(scenario, breakdowns, exact)),
  }
}

type Labels = SimulationOutcome['breakdowns']

function toldScenario(
  {
    name,
    programmes,
    ranks,
    nearCutOffs,
    filters,
    leftOut,
    measures,
    imputed,
    likelihoods,
    onSample,
    witnesses,
    movedScores,
  }: ScenarioOutcome,
  breakdowns: Labels,
  exact: boolean,
): ToldScenario {
  const few = fewSelected(programmes, 'after')
  const toldOfAll = programmes.map((one) => toldProgramme(one, breakdowns, exact))
  const fewOfEither = new Set([...few, ...fewSelected(programmes, 'before')])
  return {
    name,
    ...toldPolicy({ nearCutOffs, filters, leftOut, measures }, few, exact),
    ...toldScores({ imputed, likelihoods }, breakdowns, exact),
    ...toldOnSample({ onSample }, exact),
    ranks: exact ? ranks : ranks.map(toldRanks),
    programmes: toldOfAll,
    yearly: yearlyCost(toldOfAll),
    // Made from rules and formulas, of nobody: told to all as they are. The cut-offs that scores cross are somebody's.
    ...(witnesses ? { witnesses } : {}),
    ...(movedScores ? { movedScores: exact ? movedScores : movedScores.filter(({ programme }) => !fewOfEither.has(programme)) } : {}),
  }
}

/** Whoever reads a figure learns in the same place how far it goes. */
const SYNTHETIC: Words = {
  en: 'Poverty, inequality and errors are measured on a synthetic population: they say nothing about Jordan.',
  ar: 'قيس الفقر والتفاوت والأخطاء على مجتمع سكاني اصطناعي، فلا تدل على واقع الأردن.',
}

/** `few`: programmes that select so few that nothing is told of whom. */
const toldPolicy = (
  { nearCutOffs, filters, leftOut, measures }: Policy,
  few: ReadonlySet<string>,
  exact: boolean,
): ToldResult['baseline'] =>
  exact
    ? { nearCutOffs: nearCutOffs.map(exactNearness), filters, leftOut: toldLeftOut(leftOut, few, exact), measures }
    : {
        nearCutOffs: nearCutOffs.map((one) => toldNearness(one, few.has(one.programme))),
        filters: filters && filters.map(({ programme, filters: own }) => ({ programme, filters: own.map(toldFilter) })),
        leftOut: toldLeftOut(leftOut, few, exact),
        measures: measures && toldMeasures(measures, few),
      }

type Policy = Omit<SimulationOutcome['baseline'], 'leftOut'> & { readonly leftOut?: LeftOut | undefined }

const toldOnSample = ({ onSample }: Pick<ScenarioOutcome, 'onSample'>, exact: boolean): Pick<ToldScenario, 'onSample'> =>
  onSample ? { onSample: toldSampleMeasures(onSample, exact) } : {}

/** Which facts are read follows from the versions. */
function toldSensitivity({ sensitivity }: SimulationOutcome['baseline'], exact: boolean): Pick<ToldResult['baseline'], 'sensitivity'> {
  if (sensitivity === undefined) return {}
  if (exact || sensitivity === null) return { sensitivity }
  const formulas = sensitivity.formulas.map(({ formula, terms }) => ({
    formula,
    terms: terms.map(({ lighter, heavier, ...term }) => ({ ...term, lighter: toldEffect(lighter), heavier: toldEffect(heavier) })),
  }))
  return { sensitivity: { ...sensitivity, formulas } }
}

export function toldProgramme(
  { programme, unit, period, before, after, transitions }: ProgrammeOutcome,
  breakdowns: Labels,
  exact: boolean,
): ToldProgramme {
  const whole: ChangesOf = { transitions: transitions.all, changes: transitions.changes?.all }
  const all = toldGroup(null, whole, exact ? null : withheldOfWhole(whole))
  const spent = exact ? { before: before.spent, after: after.spent } : { before: all.selectedBefore.before, after: all.selectedAfter.after }
  const pair = <K extends keyof ListTotals>(key: K) => ({ before: before[key], after: after[key] })
  return {
    programme,
    unit,
    period,
    budget: pair('budget'),
    places: pair('places'),
    spent: { ...spent, difference: spent.before === null || spent.after === null ? null : spent.after - spent.before },
    stoppedByBudget: pair('stoppedByBudget'),
    all,
    undeterminedShare: undeterminedShares({ transitions }, breakdowns, exact),
    by: Object.fromEntries(
      breakdowns.map(({ id, labels }) => {
        const groups = (transitions.by[id] ?? []).map((group, place): ChangesOf => ({
          transitions: group,
          changes: transitions.changes?.by[id]?.[place],
        }))
        const withheld = exact ? [] : withheldOfGroups(whole, groups)
        return [id, groups.map((group, place) => toldGroup(labels[place] ?? null, group, withheld[place] ?? null))]
      }),
    ),
  }
}

/** `withheld`: cells that are not told; null where all are told as they are. */
function toldGroup(group: Words | null, of: ChangesOf, withheld: Withholding | null): ToldGroup {
  const { transitions } = of
  const isHidden = (cellOf: (from: Transitions) => Cell): boolean => withheld !== null && withheld((one) => cellOf(one.transitions))
  const tell = (cellOf: (from: Transitions) => Cell): DisclosedCell =>
    isHidden(cellOf) ? SUPPRESSED : (withheld ? disclosedCell : exactCell)(cellOf(transitions))
  return {
    group,
    selectedBefore: tell((from) => marginBefore(from, SELECTED)),
    selectedAfter: tell((from) => marginAfter(from, SELECTED)),
    entrants: tell(entrants),
    leavers: tell(leavers),
    ...toldChanges(of, withheld),
    transitions: transitions.flatMap((row, state) =>
      row.flatMap(({ units }, to) => {
        const cellOf = (from: Transitions): Cell => from[state]?.[to] ?? NOBODY
        return units === 0 || isHidden(cellOf) ? [] : [{ from: STATES[state] as string, to: STATES[to] as string, ...tell(cellOf) }]
      }),
    ),
  }
}
