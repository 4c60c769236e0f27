/** What is told of how well a programme finds the poor: rates of counts that are moved as cells are, and shares of money. */
import { type Keyed, keyedSum, NO_UNITS } from '../kernel/keyed-counts.ts'
import { type KeyedMoney, personsSum, type ProgrammeBehind } from './behind.ts'
import { disclosedIndex, disclosedMeasures, disclosedPersonsRate, disclosedRate, hidesPart, isFew, movedUnits } from './disclose.ts'
import { fairnessOfGroups, type GroupFairness, type ProgrammeMeasures } from './measure-programme.ts'
import { SELECTED, TARGETING_OUTCOMES } from './measures/targeting-outcome.ts'
import { isTellable, moneySum, toldCumulative, toldShare } from './told-shares.ts'

/** Results that were stored without what stands behind them are rounded. */
export function toldProgrammeMeasures({ behind, ...measures }: ProgrammeMeasures): ProgrammeMeasures {
  if (!behind) return disclosedMeasures(measures)
  const cells = cellsOf(behind)
  // Whoever knows how many are poor and how many are selected has all four cells from any one of them.
  const hides = Object.values(cells).some(({ units }) => isFew(units))
  const paid = moneySum(behind.twentieths.map((one) => one.paid))
  const units = isTellable(paid) ? paid.units : 0
  // Those of unknown welfare are in front.
  const ordinates = toldCumulative(behind.twentieths.slice(1).map((one) => one.paid))
  const concentration = measures.concentration.map(({ population }, at) => ({ population, amount: ordinates[at] ?? null }))
  const poorest = concentration.find(({ population }) => population === POOREST)?.amount ?? null
  return {
    programme: measures.programme,
    ...errorsOf(cells, behind, hides),
    coadyGroshHoddinott: disclosedIndex(poorest === null ? null : poorest / POOREST, units),
    concentrationIndex: disclosedIndex(measures.concentrationIndex, units),
    concentration,
    deciles: toldDeciles(measures.deciles, behind),
    fairness: measures.fairness.map((one, at) => toldFairness(one, behind.groups[at], hides)),
  }
}

const POOREST = 0.4

type CellName = 'poorSelected' | 'poorMissed' | 'nonPoorSelected' | 'nonPoorLeftOut'

const cellsOf = ({ poorBy, nonPoorBy }: ProgrammeBehind): Readonly<Record<CellName, Keyed>> => ({
  poorSelected: keyedSum(poorBy.slice(SELECTED, SELECTED + 1)),
  poorMissed: keyedSum(poorBy.slice(SELECTED + 1)),
  nonPoorSelected: keyedSum(nonPoorBy.slice(SELECTED, SELECTED + 1)),
  nonPoorLeftOut: keyedSum(nonPoorBy.slice(SELECTED + 1)),
})

type Errors = Pick<
  ProgrammeMeasures,
  'coverage' | 'inclusionError' | 'exclusionError' | 'leakage' | 'targetingAccuracy' | 'balancedPovertyAccuracy' | 'missedBy'
>

function errorsOf(cells: ReturnType<typeof cellsOf>, { poorBy }: ProgrammeBehind, hides: boolean): Errors {
  const { poorSelected, poorMissed, nonPoorSelected, nonPoorLeftOut } = cells
  const [poor, selected, all] = [
    keyedSum([poorSelected, poorMissed]),
    keyedSum([poorSelected, nonPoorSelected]),
    keyedSum(Object.values(cells)),
  ]
  const rate = (part: Keyed, whole: Keyed): number | null => (hides ? null : disclosedRate(part, whole))
  const ofPoor = (count: number): number | null => (hides || poor.units === 0 ? null : disclosedIndex(count / movedUnits(poor)))
  return {
    coverage: disclosedRate(selected, all),
    inclusionError: rate(nonPoorSelected, selected),
    exclusionError: rate(poorMissed, poor),
    leakage: ofPoor(movedUnits(nonPoorSelected)),
    targetingAccuracy: rate(keyedSum([poorSelected, nonPoorLeftOut]), all),
    balancedPovertyAccuracy: ofPoor(movedUnits(poorSelected) - Math.abs(movedUnits(poorMissed) - movedUnits(nonPoorSelected))),
    missedBy: TARGETING_OUTCOMES.flatMap((outcome, code) =>
      code === SELECTED ? [] : [{ outcome, shareOfPoor: rate(poorBy[code] ?? NO_UNITS, poor) }],
    ),
  }
}

/** Where few are reached in all, that nobody is reached in one tenth says where they are. */
function toldDeciles(deciles: ProgrammeMeasures['deciles'], { twentieths }: ProgrammeBehind): ProgrammeMeasures['deciles'] {
  const hides = isFew(keyedSum(twentieths.map((one) => one.reached)).units)
  // Those of unknown welfare are in front.
  const tenths = deciles.map((_, at) => twentieths.slice(2 * at + 1, 2 * at + 3))
  return tenths.map((own) => {
    const others = twentieths.filter((one) => !own.includes(one))
    const money = (of: typeof own): KeyedMoney => moneySum(of.map((one) => one.paid))
    const [reached, all] = [personsSum(own.map((one) => one.reached)), personsSum(own.map((one) => one.all))]
    return {
      coverage: hides ? null : disclosedPersonsRate(reached, all),
      shareOfBenefit: hides ? null : toldShare(money(own), money(others)),
    }
  })
}

/** A group of whose poor few are missed, or few are reached, is spoken of as one that is too small, and is in no other's rest. */
function toldFairness({ breakdown, groups }: GroupFairness, behind: ProgrammeBehind['groups'][number] = [], hides: boolean): GroupFairness {
  const labels = groups.map(({ group }) => group)
  const counts = [...labels, null].map((_, at) => {
    const { poor, missed } = behind[at] ?? { poor: NO_UNITS, missed: NO_UNITS }
    if (hides || hidesPart(missed, poor)) return WITHHELD
    return { units: movedUnits(poor), numerator: movedUnits(missed), unknownUnits: 0 }
  })
  return { breakdown, groups: disclosedMeasures(fairnessOfGroups(counts, labels)) }
}

const WITHHELD = { units: 0, numerator: 0, unknownUnits: 0 }
