/** What is told of a policy's poverty and inequality: rates of households that are moved as cells are, and indices that rest on no few. */
import { LEAST_UNITS } from '../access/disclosure/cell-noise.ts'
import type { KeyedPersons, PolicyBehind } from './behind.ts'
import { disclosedIndex, isFew, movedUnits } from './disclose.ts'
import type { PolicyMeasures } from './measure-policies.ts'
import { toldProgrammeMeasures } from './told-programme-measures.ts'

/** Of a result that was stored without what stands behind it all is withheld. */
export function toldPolicy({ behind = NOTHING_BEHIND, ...measures }: PolicyMeasures): PolicyMeasures {
  const { known, poor, atRisk } = behind
  const { units } = known
  const told = (value: number | null, isHidden = false): number | null => (isHidden ? null : disclosedIndex(value, units))
  const [headcount, atRiskOfPoverty] = [personsRate(poor, known), personsRate(atRisk, known)]
  // What a mean is over all is over the poor as many times as there are poor.
  const overAll = (mean: number | null): number | null =>
    mean === null || headcount === null ? null : told(poor.persons === 0 ? 0 : (mean * headcount * known.persons) / poor.persons)
  const lorenz = toldLorenz(measures.lorenz, behind)
  const hidesFifth = lorenz.some(({ population, amount }) => (population === 0.2 || population === 0.8) && amount === null)
  const { gini, s80s20, medianGap } = measures.inequality
  return {
    poverty: {
      headcount: disclosedIndex(headcount),
      povertyGap: overAll(measures.poverty.povertyGap),
      severity: overAll(measures.poverty.severity),
    },
    inequality: {
      gini: told(gini),
      s80s20: told(s80s20, hidesFifth),
      atRiskOfPoverty: disclosedIndex(atRiskOfPoverty),
      // A median is somebody's: ten and more stand on either side of it.
      medianGap: disclosedIndex(medianGap, atRisk.units < 2 * LEAST_UNITS ? 0 : atRisk.units),
    },
    lorenz,
    programmes: measures.programmes.map(toldProgrammeMeasures),
  }
}

const NOBODY = { units: 0, key: 0, persons: 0 }
const NOTHING_BEHIND: PolicyBehind = { known: NOBODY, poor: NOBODY, atRisk: NOBODY, twentieths: [] }

/** Persons follow the moved count of their households. */
const movedPersons = (of: KeyedPersons): number => Math.round((of.persons / of.units) * movedUnits(of))

function personsRate(part: KeyedPersons, whole: KeyedPersons): number | null {
  if (whole.units === 0 || isFew(part.units) || isFew(whole.units - part.units)) return null
  return part.units === 0 ? 0 : Math.min(1, movedPersons(part) / movedPersons(whole))
}

/** An ordinate is told where ten households and more stand between it and the one that is told before it, and behind it. */
function toldLorenz(lorenz: PolicyMeasures['lorenz'], { known, twentieths }: PolicyBehind): PolicyMeasures['lorenz'] {
  let [since, left] = [0, known.units]
  return lorenz.map(({ population, amount }, at) => {
    const own = twentieths[at - 1] ?? 0
    since += own
    left -= own
    const isEnd = at === 0 || at === lorenz.length - 1
    if (!isEnd && (since < LEAST_UNITS || left < LEAST_UNITS)) return { population, amount: null }
    since = 0
    return { population, amount: disclosedIndex(amount, known.units) }
  })
}
