/** Households behind the rows of a sample, told apart by what they are paid: a row that comes last in a list can be paid in part. */
import { MONTHS } from '../transfers.ts'
import { programmeOf } from '../../programmes/bundle.ts'
import type { SampleDecision } from './decide-sample.ts'
import type { SampleList } from './select-sample.ts'

/** By part; a row is as many parts as there are different sums in it. */
export interface SampleParts {
  readonly row: Uint32Array
  /** Of the row's households, above 0. */
  readonly share: Float64Array
  /** Thousandths of the currency per household and month from all programmes together. */
  readonly paid: Float64Array
}

export function partsOf({ bundle, lists, columns }: SampleDecision): SampleParts {
  const own = lists.flatMap((list) => (list ? [{ ...list, monthly: monthlyOf(list, monthsOf(bundle, list.programme)) }] : []))
  const rows = columns[0]?.truth.length ?? 0
  const [row, share, paid]: [number[], number[], number[]] = [[], [], []]
  for (let at = 0; at < rows; at++) {
    const cuts = new Set([0, 1])
    for (const { start, selected } of own)
      if ((selected[at] as number) > 0) cuts.add(start[at] as number).add(Math.min(1, (start[at] as number) + (selected[at] as number)))
    const points = [...cuts].toSorted((a, b) => a - b)
    for (let i = 0; i + 1 < points.length; i++) {
      const [from, to] = [points[i] as number, points[i + 1] as number]
      row.push(at)
      share.push(to - from)
      paid.push(
        own.reduce((sum, { start, selected, monthly }) => {
          const begins = start[at] as number
          return begins <= from && from < begins + (selected[at] as number) ? sum + (monthly[at] as number) : sum
        }, 0),
      )
    }
  }
  return { row: Uint32Array.from(row), share: Float64Array.from(share), paid: Float64Array.from(paid) }
}

/** By row, thousandths per household and month, rounded to the thousandth; 0 where the amount is unknown: such a row is never selected. */
export const monthlyOf = ({ benefit, benefitScale }: SampleList, months: number): Float64Array =>
  benefit.map((amount) => (Number.isNaN(amount) ? 0 : Math.round((amount * 10 ** (3 - benefitScale)) / months)))

export const monthsOf = (bundle: SampleDecision['bundle'], programme: string): number =>
  MONTHS[programmeOf(bundle, programme)?.programme.source.targeting.period ?? 'month']
