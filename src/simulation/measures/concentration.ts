/** Who gets how much of a benefit, from the poorest on: concentration curve, concentration index and the Coady–Grosh–Hoddinott ratio. */
import { Counter, weightOf } from './counted.ts'
import { areaIndex, type Curve, ordinate } from './curve.ts'
import { ExactSum } from './exact-sum.ts'
import { groupByRow, NO_GROUP, type WelfareOrder } from './welfare-order.ts'

/**
 * C(p): the share of a benefit that goes to the poorest share p of the weight. `amount` is by row the amount of the whole row (a household's
 * money, not per person; in a survey times its weight; 1 or its persons for beneficiaries); NaN is unknown. Rows of unknown welfare or amount are left out.
 * Sources: Kakwani 1977; O'Donnell et al. 2008, Analyzing Health Equity Using Household Survey Data, ch. 7.
 */
export function concentrationCurve({ rows, groupEnd, weights, counted }: WelfareOrder, amount: Float64Array): Curve {
  const cumulativeWeight = new Float64Array(groupEnd.length)
  const cumulativeAmount = new Float64Array(groupEnd.length)
  const counter = new Counter()
  const weightSum = new ExactSum()
  const amountSum = new ExactSum()
  let place = 0
  let points = 0
  for (const end of groupEnd) {
    let any = false
    for (; place < end; place++) {
      const row = rows[place] as number
      const weight = weightOf(weights, row)
      const share = amount[row] as number
      if (!counter.take(weight, !Number.isNaN(share))) continue
      any = true
      weightSum.add(weight)
      amountSum.add(share)
    }
    // A group of unknown amounts only is no point of the curve.
    if (!any) continue
    cumulativeWeight[points] = weightSum.value()
    cumulativeAmount[points] = amountSum.value()
    points++
  }
  const { units, weight, unknownUnits, unknownWeight } = counter.value()
  return {
    cumulativeWeight: cumulativeWeight.subarray(0, points),
    cumulativeAmount: cumulativeAmount.subarray(0, points),
    counted: {
      units,
      weight,
      unknownUnits: counted.unknownUnits + unknownUnits,
      unknownWeight: counted.unknownWeight + unknownWeight,
    },
  }
}

/** Rows that have an amount, which is known and whole; all others have none. */
export interface AmountsOfFew {
  readonly rows: Uint32Array
  readonly amounts: Float64Array
}

/** The same curve, to the bit, of amounts below 2^53 in all: it walks over groups, not over everybody. */
export function concentrationOfFew(order: WelfareOrder, { rows, amounts }: AmountsOfFew): Curve {
  const groups = groupByRow(order)
  const cumulativeAmount = new Float64Array(order.groupEnd.length)
  for (let i = 0; i < rows.length; i++) {
    const group = groups[rows[i] as number] as number
    if (group !== NO_GROUP) cumulativeAmount[group] = (cumulativeAmount[group] as number) + (amounts[i] as number)
  }
  let sum = 0
  for (let group = 0; group < cumulativeAmount.length; group++) cumulativeAmount[group] = sum += cumulativeAmount[group] as number
  // INVARIANT: beyond that, sums are not exact.
  if (!Number.isSafeInteger(sum)) throw new RangeError(`the amounts add up to ${sum}`)
  const { cumulativeWeight, counted } = order
  return { cumulativeWeight, cumulativeAmount, counted }
}

/**
 * Twice the area between the diagonal and the concentration curve: −1 where the poorest gets all, 0 where it does not depend on welfare, 1 where
 * the best off gets all (within 1/n). Null where there is no benefit. Source: Wagstaff, Paci & van Doorslaer 1991.
 */
export const concentrationIndex = (curve: Curve): number | null => areaIndex(curve)

/**
 * C(p) / p: the share of the benefit (or of the beneficiaries) that reaches the poorest share p, over p. 1 is neutral, above 1 progressive.
 * Null where there is no benefit. Source: Coady, Grosh & Hoddinott 2004, Targeting of Transfers in Developing Countries, p. 14.
 */
export function coadyGroshHoddinott(curve: Curve, poorest: number): number | null {
  if (!(poorest > 0 && poorest <= 1)) throw new RangeError(`${poorest} is not a share above 0`)
  const reached = ordinate(curve, poorest)
  return reached === null ? null : reached / poorest
}
