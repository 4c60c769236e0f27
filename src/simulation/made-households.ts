/** Households that are made for a scenario: of rules that decide otherwise, and of formulas that put one on the other side of a cut-off. */
import { witnessProgrammes } from '../programmes/difference/witness-programmes.ts'
import { gather } from '../targeting/run/gather.ts'
import { contestsOf } from './contests.ts'
import type { Decision } from './decide.ts'
import { movedScores } from './moved-scores.ts'
import type { ScenarioOutcome } from './simulation-outcome.ts'

/** `asOf`: day number. Never a real family: nothing of the population is read but where its cut-offs are. */
export const madeHouseholds = (before: Decision, after: Decision, asOf: number): Pick<ScenarioOutcome, 'witnesses' | 'movedScores'> => ({
  witnesses: witnessProgrammes(before.bundle, after.bundle, asOf),
  movedScores: movedScores(contested(before), contested(after), asOf),
})

/** Where a programme's units competed is found when it is asked for: most formulas are not changed. */
const contested = ({ bundle, lists, nation }: Decision) => ({
  bundle,
  contests: (programme: string) => {
    const place = lists.findIndex((list) => list.programme === programme)
    const [list, columns] = [lists[place], nation.programmes[place]]
    if (!list || !columns) return []
    return contestsOf({ ...list, area: columns.area && gather(columns.area, list.person ?? list.household) })
  },
})
