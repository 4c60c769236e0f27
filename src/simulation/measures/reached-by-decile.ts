/** Whom a programme reaches and where its money goes, by decile of welfare: the incidence of a benefit. */
import { keptWith } from '../../kernel/kept-with.ts'
import { ExactSum, exactSums } from './exact-sum.ts'
import { shareOf, weightOf } from './counted.ts'
import { type Money, MoneySum, moneyShare, moneySums } from './money-sum.ts'
import { quantileGroups } from './quantile.ts'
import type { WelfareOrder } from './welfare-order.ts'

/** Decile 1 is the poorest; 0 holds those of unknown welfare, so that the rows add up to everybody. */
export interface ReachedDecile {
  readonly decile: number
  readonly units: number
  readonly weight: number
  readonly reachedUnits: number
  readonly reachedWeight: number
  /** Reached of the decile's weight: its coverage. */
  readonly coverage: number | null
  /** Of all reached weight. */
  readonly shareOfReached: number | null
  readonly benefit: Money
  /** Of all money. */
  readonly shareOfBenefit: number | null
  /** Reached units whose amount is unknown: they are reached, and add nothing to the money. */
  readonly unknownBenefitUnits: number
}

/**
 * By row, `reached` is 1 for a unit that gets the benefit, and `benefit` the whole smallest units of money of the whole row, read of the reached
 * only; NaN is unknown. Deciles are those of `quantileGroups`. Rows of weight 0 are in decile 0. Source: Demery 2003, benefit incidence.
 */
export function reachedByDecile(order: WelfareOrder, reached: Uint8Array, benefit: Float64Array, groups = 10): readonly ReachedDecile[] {
  const rows = new Uint32Array(reached.length)
  let count = 0
  for (let row = 0; row < reached.length; row++) if (reached[row] === 1) rows[count++] = row
  const found = rows.subarray(0, count)
  return reachedRowsByDecile(
    order,
    found,
    Float64Array.from(found, (row) => benefit[row] as number),
    groups,
  )
}

/** The same by the rows that are reached, with the amount beside each. */
export function reachedRowsByDecile(order: WelfareOrder, rows: Uint32Array, amounts: Float64Array, groups = 10): readonly ReachedDecile[] {
  const { decile, units, weights } = decilesOf(order)(groups)
  const reachedUnits = new Float64Array(groups + 1)
  const unknown = new Float64Array(groups + 1)
  const reachedWeights = exactSums(groups + 1)
  const money = moneySums(groups + 1)
  const allReached = new ExactSum()
  const allMoney = new MoneySum()
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    const group = decile[row] as number
    const weight = weightOf(order.weights, row)
    reachedUnits[group] = (reachedUnits[group] as number) + 1
    reachedWeights[group]?.add(weight)
    allReached.add(weight)
    const amount = amounts[i] as number
    if (Number.isNaN(amount)) unknown[group] = (unknown[group] as number) + 1
    else {
      money[group]?.add(amount)
      allMoney.add(amount)
    }
  }
  return Array.from(units, (count, group) => {
    const weight = weights[group] as number
    const reachedWeight = (reachedWeights[group] as ExactSum).value()
    const sum = (money[group] as MoneySum).value()
    return {
      decile: group,
      units: count,
      weight,
      reachedUnits: reachedUnits[group] as number,
      reachedWeight,
      coverage: shareOf(reachedWeight, weight),
      shareOfReached: shareOf(reachedWeight, allReached.value()),
      benefit: sum,
      shareOfBenefit: moneyShare(sum, allMoney.value()),
      unknownBenefitUnits: unknown[group] as number,
    }
  })
}

interface Deciles {
  readonly decile: Uint8Array
  readonly units: Float64Array
  readonly weights: readonly number[]
}

/** Kept with the order: who stands in which tenth is the same for every programme. */
const decilesOf = keptWith((order: WelfareOrder) => {
  const made = new Map<number, Deciles>()
  return (groups: number): Deciles => {
    const found = made.get(groups) ?? countDeciles(order, groups)
    made.set(groups, found)
    return found
  }
})

function countDeciles(order: WelfareOrder, groups: number): Deciles {
  const decile = quantileGroups(order, groups)
  const units = new Float64Array(groups + 1)
  const weights = exactSums(groups + 1)
  for (let row = 0; row < order.length; row++) {
    const group = decile[row] as number
    units[group] = (units[group] as number) + 1
    weights[group]?.add(weightOf(order.weights, row))
  }
  return { decile, units, weights: weights.map((sum) => sum.value()) }
}
