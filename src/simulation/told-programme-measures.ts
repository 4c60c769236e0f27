/** What is told of how well a programme finds the poor: rates of counts that are moved as cells are, and shares of money. */
import { keyedSum, NO_UNITS } from '../kernel/keyed-counts.ts'
import { type KeyedMoney, type KeyedPersons, personsSum, type ProgrammeBehind, type Twentieth } from './behind.ts'
import {
  disclosedIndex,
  disclosedMeasures,
  disclosedPersonsRate,
  disclosedRate,
  hidesPart,
  isFew,
  movedUnits,
  stretch,
} from './disclose.ts'
import { groupRates } from './group-fairness.ts'
import type { GroupFairness, ProgrammeErrors, ProgrammeMeasures } from './measure-programme.ts'
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
  const { households } = measures
  return {
    programme: measures.programme,
    ...errorsOf(cells, behind, hides, BY_HOUSEHOLDS),
    ...(measures.persons ? { persons: errorsOf(cells, behind, hides, BY_PERSONS) } : {}),
    ...(households ? { households: toldByHouseholds(households, behind) } : {}),
    coadyGroshHoddinott: disclosedIndex(poorest === null ? null : poorest / POOREST, units),
    concentrationIndex: disclosedIndex(measures.concentrationIndex, units),
    concentration,
    deciles: toldDeciles(measures.deciles, behind.twentieths, disclosedPersonsRate),
    fairness: measures.fairness.map((one, at) => toldFairness(one, behind.groups[at], hides)),
  }
}

const POOREST = 0.4

/** The money of the poorest two fifths of households, and their tenths. */
function toldByHouseholds(
  { deciles }: NonNullable<ProgrammeMeasures['households']>,
  { byHouseholds }: ProgrammeBehind,
): NonNullable<ProgrammeMeasures['households']> {
  const paid = byHouseholds.map((one) => one.paid)
  const poorest = toldCumulative(paid.slice(1))[POOREST * (paid.length - 1)] ?? null
  return {
    coadyGroshHoddinott: disclosedIndex(poorest === null ? null : poorest / POOREST, moneySum(paid).units),
    deciles: toldDeciles(deciles, byHouseholds, disclosedRate),
  }
}

type CellName = 'poorSelected' | 'poorMissed' | 'nonPoorSelected' | 'nonPoorLeftOut'

const cellsOf = ({ poorBy, nonPoorBy }: ProgrammeBehind): Readonly<Record<CellName, KeyedPersons>> => ({
  poorSelected: personsSum(poorBy.slice(SELECTED, SELECTED + 1)),
  poorMissed: personsSum(poorBy.slice(SELECTED + 1)),
  nonPoorSelected: personsSum(nonPoorBy.slice(SELECTED, SELECTED + 1)),
  nonPoorLeftOut: personsSum(nonPoorBy.slice(SELECTED + 1)),
})

/** Whether each household counts once, or as often as it has persons. */
interface CountedBy {
  readonly rate: (part: KeyedPersons, whole: KeyedPersons) => number | null
  readonly moved: (of: KeyedPersons) => number
}
const BY_HOUSEHOLDS: CountedBy = { rate: disclosedRate, moved: movedUnits }
const BY_PERSONS: CountedBy = { rate: disclosedPersonsRate, moved: (of) => of.persons * stretch(of) }

function errorsOf(
  cells: ReturnType<typeof cellsOf>,
  { poorBy }: ProgrammeBehind,
  hides: boolean,
  { rate: rateOf, moved }: CountedBy,
): ProgrammeErrors {
  const { poorSelected, poorMissed, nonPoorSelected, nonPoorLeftOut } = cells
  const [poor, selected, all] = [
    personsSum([poorSelected, poorMissed]),
    personsSum([poorSelected, nonPoorSelected]),
    personsSum(Object.values(cells)),
  ]
  const rate = (part: KeyedPersons, whole: KeyedPersons): number | null => (hides ? null : rateOf(part, whole))
  const ofPoor = (count: number): number | null => (hides || moved(poor) === 0 ? null : disclosedIndex(count / moved(poor)))
  return {
    coverage: rateOf(selected, all),
    inclusionError: rate(nonPoorSelected, selected),
    exclusionError: rate(poorMissed, poor),
    leakage: ofPoor(moved(nonPoorSelected)),
    targetingAccuracy: rate(personsSum([poorSelected, nonPoorLeftOut]), all),
    balancedPovertyAccuracy: ofPoor(moved(poorSelected) - Math.abs(moved(poorMissed) - moved(nonPoorSelected))),
    missedBy: TARGETING_OUTCOMES.flatMap((outcome, code) =>
      code === SELECTED ? [] : [{ outcome, shareOfPoor: rate(poorBy[code] ?? NOBODY, poor) }],
    ),
  }
}

const NOBODY: KeyedPersons = { ...NO_UNITS, persons: 0 }

/** Where few are reached in all, that nobody is reached in one tenth says where they are. */
function toldDeciles(
  deciles: ProgrammeMeasures['deciles'],
  twentieths: readonly Twentieth[],
  rate: CountedBy['rate'],
): ProgrammeMeasures['deciles'] {
  const hides = isFew(keyedSum(twentieths.map((one) => one.reached)).units)
  // Those of unknown welfare are in front.
  const tenths = deciles.map((_, at) => twentieths.slice(2 * at + 1, 2 * at + 3))
  return tenths.map((own) => {
    const others = twentieths.filter((one) => !own.includes(one))
    const money = (of: typeof own): KeyedMoney => moneySum(of.map((one) => one.paid))
    const [reached, all] = [personsSum(own.map((one) => one.reached)), personsSum(own.map((one) => one.all))]
    return {
      coverage: hides ? null : rate(reached, all),
      shareOfBenefit: hides ? null : toldShare(money(own), money(others)),
    }
  })
}

/** A group of which few are missed or wrongly reached, or all but few, is spoken of as one that is too small, and is in no other's rest. */
function toldFairness(
  { measure, breakdown, groups }: GroupFairness,
  behind: ProgrammeBehind['groups'][number] = [],
  hides: boolean,
): GroupFairness {
  const labels = groups.map(({ group }) => group)
  const counts = [...labels, null].map((_, at) => {
    const { whole, part } = behind[at] ?? { whole: NO_UNITS, part: NO_UNITS }
    if (hides || hidesPart(part, whole)) return WITHHELD
    return { units: movedUnits(whole), numerator: Math.min(movedUnits(part), movedUnits(whole)), unknownUnits: 0 }
  })
  const rates = groupRates({ id: breakdown, groups: labels.length, labels }, counts)
  return { ...(measure ? { measure } : {}), ...disclosedMeasures(rates) }
}

const WITHHELD = { units: 0, numerator: 0, unknownUnits: 0 }
