/** Households that are made for a scenario: of rules that decide otherwise, and of formulas that put one on the other side of a cut-off. */
import { witnessProgrammes } from '../programmes/difference/witness-programmes.ts'
import { competedCutOff } from './competed-cut-off.ts'
import type { Decision } from './decide.ts'
import { movedScores } from './moved-scores.ts'
import type { ScenarioOutcome } from './simulation-outcome.ts'

/** `asOf`: day number. Never a real family: nothing of the population is read but where its cut-offs are. */
export const madeHouseholds = (before: Decision, after: Decision, asOf: number): Pick<ScenarioOutcome, 'witnesses' | 'movedScores'> => ({
  witnesses: witnessProgrammes(before.bundle, after.bundle, asOf),
  movedScores: movedScores(withCutOffs(before), withCutOffs(after), asOf),
})

const withCutOffs = ({ bundle, lists }: Decision) => ({
  bundle,
  cutOffs: new Map(lists.map((list) => [list.programme, competedCutOff(list)])),
})
