/** What is told of poverty and inequality of everybody in one order: rates and gaps follow moved counts, indices rest on no few. */
import { LEAST_UNITS } from '../access/disclosure/cell-noise.ts'
import type { KeyedPersons, OrderBehind } from './behind.ts'
import { disclosedIndex, disclosedPersonsRate, disclosedUnits, hidesPart, stretch, toDigits } from './disclose.ts'
import { linePoverty, type LinePoverty, type Poverty, type Shortfall, type WelfareMeasures } from './welfare-measures.ts'

/** Null where it is withheld. */
interface ToldShortfall {
  readonly households: number | null
  readonly amount: number | null
}
export type ToldWelfare<T extends WelfareMeasures = WelfareMeasures> = Omit<T, 'poverty'> & {
  readonly poverty: Omit<T['poverty'], 'shortfall'> & { readonly shortfall?: ToldShortfall }
}

export function toldWelfare({ poverty, inequality }: WelfareMeasures, behind: OrderBehind): ToldWelfare {
  const { known, poor, atRisk } = behind
  const { gini, s80s20, medianGap, meanLogDeviation, theil, atkinsonHalf, atkinsonOne } = inequality
  const entropy = { meanLogDeviation, theil, atkinsonHalf, atkinsonOne }
  const index = (value: number | null): number | null => disclosedIndex(value, known.units)
  const { watts, shortfall } = poverty
  return {
    poverty: {
      ...toldPoverty(poverty, poor, known),
      ...(watts === undefined ? {} : { watts: ofPoor(watts, poor, known) }),
      ...(shortfall ? { shortfall: toldShortfall(shortfall, poor, known) } : {}),
    },
    inequality: {
      gini: index(gini),
      s80s20: hidesFifths(behind) ? null : index(s80s20),
      atRiskOfPoverty: disclosedPersonsRate(atRisk, known),
      // A median is somebody's: ten and more stand on either side of it.
      medianGap: atRisk.units < 2 * LEAST_UNITS ? null : disclosedIndex(medianGap, atRisk.units),
      ...Object.fromEntries(Object.entries(entropy).flatMap(([name, value]) => (value === undefined ? [] : [[name, index(value)]]))),
    },
  }
}

/** At one further line, before transfers and after; the change is that of what is told. */
export function toldLine({ line, before, after }: LinePoverty, place: number, own: OrderBehind, was: OrderBehind): LinePoverty {
  const at = (poverty: Poverty, { atLines, known }: OrderBehind): Poverty => {
    const poor = atLines[place]
    return poor ? toldPoverty(poverty, poor, known) : NOTHING
  }
  const { change, ...told } = linePoverty(line, at(before, was), at(after, own))
  const { headcount, povertyGap, severity } = change
  return {
    ...told,
    change: { headcount: disclosedIndex(headcount), povertyGap: disclosedIndex(povertyGap), severity: disclosedIndex(severity) },
  }
}

const NOTHING: Poverty = { headcount: null, povertyGap: null, severity: null }

const toldPoverty = ({ povertyGap, severity }: Poverty, poor: KeyedPersons, known: KeyedPersons): Poverty => ({
  headcount: disclosedPersonsRate(poor, known),
  povertyGap: ofPoor(povertyGap, poor, known),
  severity: ofPoor(severity, poor, known),
})

/** A mean over all is what the poor lack, over all: the one follows the moved count of the poor, the other that of all. */
const ofPoor = (mean: number | null, poor: KeyedPersons, known: KeyedPersons): number | null =>
  mean === null || hidesPart(poor, known) ? null : disclosedIndex((mean * stretch(poor)) / stretch(known), known.units)

const toldShortfall = ({ amount }: Shortfall, poor: KeyedPersons, known: KeyedPersons): ToldShortfall =>
  hidesPart(poor, known)
    ? { households: null, amount: null }
    : { households: disclosedUnits(poor), amount: toDigits(amount * stretch(poor)) }

/** Which ends of twentieths are told, the beginning in front: ten households and more stand between each and the one before it, and behind it. */
export function endsTold({ known, twentieths }: OrderBehind): readonly boolean[] {
  let [since, left] = [0, known.units]
  const inside = twentieths.slice(0, -1).map((own) => {
    since += own
    left -= own
    if (since < LEAST_UNITS || left < LEAST_UNITS) return false
    since = 0
    return true
  })
  return [true, ...inside, true]
}

const [POOREST_FIFTH, RICHEST_FIFTH] = [4, 16]
const hidesFifths = (behind: OrderBehind): boolean => {
  const told = endsTold(behind)
  return !told[POOREST_FIFTH] || !told[RICHEST_FIFTH]
}
