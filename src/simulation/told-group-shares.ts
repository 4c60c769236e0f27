/** Of whom in each group the registries know too little: a programme cannot judge them, or their score rests on an imputed value. */
import { disclosedCell, hidesPart } from './disclose.ts'
import { type GroupRates, groupRates, withoutRates } from './group-fairness.ts'
import type { LabelledBreakdown } from './groups.ts'
import type { ImputedCounts } from './imputed-scores.ts'
import type { GroupCount } from './measures/fairness.ts'
import type { ProgrammeOutcome } from './simulate.ts'
import { type Cell, marginAfter, marginBefore, sumOf, type Transitions } from './tabulate.ts'
import { UNDETERMINED } from './unit-states.ts'
import { type ChangesOf, withheldOfGroups } from './withheld-cells.ts'

export interface UndeterminedShares {
  readonly before: readonly GroupRates[]
  readonly after: readonly GroupRates[]
}

/** From the cells that are told anyway, so that a protected result tells nothing more by it: moved counts, none of few, and none of all but few. */
export function undeterminedShares(
  { transitions }: Pick<ProgrammeOutcome, 'transitions'>,
  breakdowns: readonly Omit<LabelledBreakdown, 'codes'>[],
  exact: boolean,
): UndeterminedShares {
  const of = (margin: typeof marginBefore): GroupRates[] => {
    const withheld = !exact && hidesPart(margin(transitions.all, UNDETERMINED), everybody(transitions.all))
    return breakdowns.map((breakdown) => {
      const groups = (transitions.by[breakdown.id] ?? []).map((group): ChangesOf => ({ transitions: group, changes: undefined }))
      const hidden = exact ? [] : withheldOfGroups({ transitions: transitions.all, changes: undefined }, groups)
      const counts = groups.map(({ transitions: group }, at) =>
        hidden[at]?.((one) => margin(one.transitions, UNDETERMINED))
          ? WITHHELD
          : countOf(margin(group, UNDETERMINED), everybody(group), exact),
      )
      const rates = groupRates(breakdown, counts)
      return withheld ? withoutRates(rates) : rates
    })
  }
  return { before: of(marginBefore), after: of(marginAfter) }
}

/** The same rules for both. */
export const imputedShares = (
  { all, by }: ImputedCounts,
  breakdowns: readonly Omit<LabelledBreakdown, 'codes'>[],
  exact: boolean,
): GroupRates[] =>
  breakdowns.map((breakdown) => {
    const counts = (by[breakdown.id] ?? []).map(({ imputed, scored }) => countOf(imputed, scored, exact))
    const rates = groupRates(breakdown, counts)
    return !exact && hidesPart(all.imputed, all.scored) ? withoutRates(rates) : rates
  })

const everybody = (transitions: Transitions): Cell => sumOf(transitions.flat())

type Told = Pick<Cell, 'units' | 'key'>

/** Part and whole as one count. Nobody, where either is withheld, or all but few are in the part. */
function countOf(part: Told, whole: Told, exact: boolean): GroupCount {
  if (!exact && hidesPart(part, whole)) return WITHHELD
  const told = ({ units, key }: Told): number | null => (exact ? units : disclosedCell({ ...NO_MONEY, units, key }).units)
  const [numerator, units] = [told(part), told(whole)]
  if (numerator === null || units === null) return WITHHELD
  return { units, numerator: Math.min(numerator, units), unknownUnits: 0 }
}

const WITHHELD: GroupCount = { units: 0, numerator: 0, unknownUnits: 0 }
const NO_MONEY = { persons: 0, before: 0, after: 0, paidBefore: 0, paidAfter: 0, largestBefore: 0, largestAfter: 0 }
