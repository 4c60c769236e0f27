/** What is told of how well a programme finds the poor: rates of counts that are moved as cells are, and shares of money. */
import { type Keyed, keyedRest, keyedSum, NO_UNITS } from '../kernel/keyed-counts.ts'
import type { KeyedMoney, ProgrammeBehind } from './behind.ts'
import { disclosedIndex, disclosedMeasures, disclosedRate, isFew, movedUnits } from './disclose.ts'
import { fairnessOfGroups, type GroupFairness, type ProgrammeMeasures } from './measure-programme.ts'
import { SELECTED, TARGETING_OUTCOMES } from './measures/targeting-outcome.ts'
import { isTellable, moneySum, toldCurve, toldShare } from './told-shares.ts'

/** Of a result that was stored without what stands behind it all is withheld. */
export function toldProgrammeMeasures({ behind = NOTHING_BEHIND, ...measures }: ProgrammeMeasures): ProgrammeMeasures {
  const cells = cellsOf(behind)
  // Whoever knows how many are poor and how many are selected has all four cells from any one of them.
  const hides = behind === NOTHING_BEHIND || Object.values(cells).some(({ units }) => isFew(units))
  const paid = moneySum(behind.twentieths.map((one) => one.paid))
  const units = isTellable(paid) ? paid.units : 0
  const concentration = toldCurve(
    measures.concentration,
    behind.twentieths.slice(1).map((one) => one.paid),
  )
  const poorest = concentration.find(({ population }) => population === POOREST)?.amount ?? null
  return {
    ...measures,
    ...errorsOf(cells, behind, hides),
    coadyGroshHoddinott: disclosedIndex(poorest === null ? null : poorest / POOREST, units),
    concentrationIndex: disclosedIndex(measures.concentrationIndex, units),
    concentration,
    deciles: toldDeciles(measures.deciles, behind),
    fairness: measures.fairness.map((one, at) => toldFairness(one, behind.groups[at], hides)),
  }
}

const POOREST = 0.4
const NOTHING_BEHIND: ProgrammeBehind = { poorBy: [], nonPoorBy: [], twentieths: [], groups: [] }

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
  const rate = (part: Keyed, whole: Keyed): number | null => (hides ? null : disclosedIndex(disclosedRate(part, whole)))
  const ofPoor = (count: number): number | null => (hides || poor.units === 0 ? null : disclosedIndex(count / movedUnits(poor)))
  return {
    coverage: disclosedIndex(disclosedRate(selected, all)),
    inclusionError: rate(nonPoorSelected, selected),
    exclusionError: rate(poorMissed, poor),
    leakage: ofPoor(movedUnits(nonPoorSelected)),
    targetingAccuracy: rate(keyedSum([poorSelected, nonPoorLeftOut]), all),
    balancedPovertyAccuracy: ofPoor(movedUnits(poorSelected) - Math.abs(movedUnits(poorMissed) - movedUnits(nonPoorSelected))),
    missedBy: TARGETING_OUTCOMES.flatMap((outcome, code) =>
      code === SELECTED ? [] : [{ outcome, shareOfPoor: rate(keyedSum(poorBy.slice(code, code + 1)), poor) }],
    ),
  }
}

/** Where few are reached in all, that nobody is reached in one tenth says where they are. */
function toldDeciles(deciles: ProgrammeMeasures['deciles'], { twentieths }: ProgrammeBehind): ProgrammeMeasures['deciles'] {
  const hides = twentieths.length === 0 || isFew(keyedSum(twentieths.map((one) => one.reached)).units)
  return deciles.map(({ shareOfBenefit }, at) => {
    const isOwn = (place: number): boolean => place > 0 && Math.floor((place - 1) / 2) === at
    const own = twentieths.filter((_, place) => isOwn(place))
    const others = twentieths.filter((_, place) => !isOwn(place))
    const money = (of: typeof own): KeyedMoney => moneySum(of.map((one) => one.paid))
    return {
      coverage: hides ? null : disclosedIndex(disclosedRate(keyedSum(own.map((one) => one.reached)), keyedSum(own.map((one) => one.all)))),
      shareOfBenefit: hides ? null : toldShare(shareOfBenefit, money(own), money(others)),
    }
  })
}

/** A group of whose poor few are missed, or few are reached, is spoken of as one that is too small, and is in no other's rest. */
function toldFairness({ breakdown, groups }: GroupFairness, behind: ProgrammeBehind['groups'][number] = [], hides: boolean): GroupFairness {
  const labels = groups.map(({ group }) => group)
  const counts = [...labels, null].map((_, at) => {
    const { poor, missed } = behind[at] ?? { poor: NO_UNITS, missed: NO_UNITS }
    if (hides || isFew(missed.units) || isFew(keyedRest(poor, missed).units)) return WITHHELD
    return { units: movedUnits(poor), numerator: movedUnits(missed), unknownUnits: 0 }
  })
  return { breakdown, groups: disclosedMeasures(fairnessOfGroups(counts, labels)) }
}

const WITHHELD = { units: 0, numerator: 0, unknownUnits: 0 }
