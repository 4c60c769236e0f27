/** What is told of a policy's poverty and inequality: rates of households that are moved as cells are, and indices that rest on no few. */
import { LEAST_UNITS } from '../access/disclosure/cell-noise.ts'
import type { PolicyBehind } from './behind.ts'
import { disclosedIndex, disclosedMeasures, disclosedPersonsRate, hidesPart, stretch } from './disclose.ts'
import { withoutFigures } from './few-selected.ts'
import type { PolicyMeasures } from './measure-policies.ts'
import { toldProgrammeMeasures } from './told-programme-measures.ts'

/** `few`: programmes that select so few that nothing is told of whom. Results that were stored without what stands behind them are rounded. */
export function toldMeasures({ programmes, behind, ...measures }: PolicyMeasures, few: ReadonlySet<string>): PolicyMeasures {
  return {
    ...(behind ? toldPoverty(measures, behind) : disclosedMeasures(measures)),
    programmes: programmes.map((one) => (few.has(one.programme) ? withoutFigures(one) : toldProgrammeMeasures(one))),
  }
}

type Poverty = Omit<PolicyMeasures, 'programmes' | 'behind'>

function toldPoverty({ poverty, inequality, lorenz: curve }: Poverty, behind: PolicyBehind): Poverty {
  const { known, poor, atRisk } = behind
  const lorenz = toldLorenz(curve, behind)
  const hidesFifth = lorenz.some(({ population, amount }) => (population === 0.2 || population === 0.8) && amount === null)
  const index = (value: number | null): number | null => disclosedIndex(value, known.units)
  // A mean over all is what the poor lack, over all: the one follows the moved count of the poor, the other that of all.
  const ofPoor = (mean: number | null): number | null =>
    mean === null || hidesPart(poor, known) ? null : index((mean * stretch(poor)) / stretch(known))
  return {
    poverty: {
      headcount: disclosedPersonsRate(poor, known),
      povertyGap: ofPoor(poverty.povertyGap),
      severity: ofPoor(poverty.severity),
    },
    inequality: {
      gini: index(inequality.gini),
      s80s20: hidesFifth ? null : index(inequality.s80s20),
      atRiskOfPoverty: disclosedPersonsRate(atRisk, known),
      // A median is somebody's: ten and more stand on either side of it.
      medianGap: atRisk.units < 2 * LEAST_UNITS ? null : disclosedIndex(inequality.medianGap, atRisk.units),
    },
    lorenz,
  }
}

/** An ordinate is told where ten households and more stand between it and the one that is told before it, and behind it. */
function toldLorenz(lorenz: Poverty['lorenz'], { known, twentieths }: PolicyBehind): Poverty['lorenz'] {
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
