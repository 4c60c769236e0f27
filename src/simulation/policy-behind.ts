/** Who stands behind a policy's poverty and inequality: the households below each line, and those of each twentieth of persons. */
import { keptWith } from '../kernel/kept-with.ts'
import type { KeyedPersons, OrderBehind } from './behind.ts'
import type { Measured } from './measure-policies.ts'
import { atRiskOfPoverty } from './measures/at-risk-of-poverty.ts'
import type { WelfareOrder } from './measures/welfare-order.ts'

/** `order`: everybody by welfare, after transfers or before any. */
export function orderBehind(order: WelfareOrder, measured: Measured): OrderBehind {
  const { line, lines, keys } = measured
  const { threshold } = atRiskOfPoverty(order)
  const below = (bound: number): KeyedPersons =>
    keyedUpTo(
      order,
      firstWhere(order.welfare, (own) => own >= bound),
      keys,
    )
  return {
    known: knownOf(measured),
    poor: below(line),
    atRisk: below(threshold ?? -Infinity),
    atLines: lines.map(below),
    twentieths: householdsByTwentieth(order),
  }
}

/** The same whatever is paid. */
const knownOf = keptWith(({ order, keys }: Measured) => keyedUpTo(order, order.welfare.length, keys))

/** The households of the first groups of equals. The order's weights are persons. */
function keyedUpTo({ rows, groupEnd, cumulativeWeight }: WelfareOrder, groups: number, keys: Uint32Array): KeyedPersons {
  const units = groupEnd[groups - 1] ?? 0
  let key = 0
  for (let place = 0; place < units; place++) key = (key + (keys[rows[place] as number] as number)) | 0
  return { units, key: key >>> 0, persons: cumulativeWeight[groups - 1] ?? 0 }
}

const TWENTIETHS = 20

/** A household that stands across two is counted in the later. */
function householdsByTwentieth({ groupEnd, cumulativeWeight }: WelfareOrder): number[] {
  const total = cumulativeWeight.at(-1) ?? 0
  const ends = Array.from({ length: TWENTIETHS }, (_, at) => {
    const groups = firstWhere(cumulativeWeight, (weight) => weight * TWENTIETHS > (at + 1) * total)
    return groupEnd[groups - 1] ?? 0
  })
  return ends.map((end, at) => end - (ends[at - 1] ?? 0))
}

/** In ascending values, the first place where something holds; their number where it never does. */
function firstWhere(values: Float64Array, holds: (value: number) => boolean): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(values[middle] as number)) high = middle
    else low = middle + 1
  }
  return low
}
