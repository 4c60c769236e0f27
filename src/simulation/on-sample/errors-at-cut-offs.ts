/** What a formula would miss and let in if everybody up to some score were selected: its errors at each cut-off. */
import type { ScoreDirection } from '../../targeting/order-rows.ts'
import { Counter } from '../measures/counted.ts'
import { ExactSum } from '../measures/exact-sum.ts'
import { errorsOf } from '../measures/targeting-errors.ts'
import { type WelfareOrder, welfareOrder } from '../measures/welfare-order.ts'

/** Of households or of persons. */
export interface CutOffErrors {
  readonly coverage: number | null
  readonly inclusionError: number | null
  readonly exclusionError: number | null
  readonly leakage: number | null
}

export interface CutOff {
  /** Micro-points: whoever's score is as poor as this or poorer is selected. */
  readonly score: number
  /** Rows selected, and those of them that are poor. */
  readonly rows: number
  readonly poorRows: number
  readonly households: CutOffErrors
  readonly persons: CutOffErrors
}

/** Of one formula, from the strictest cut-off on. */
export interface FormulaCutOffs {
  readonly formula: string
  /** Rows of known welfare, poor among them, and those without a score: nobody selects them, so the poor among them are missed at each cut-off. */
  readonly rows: { readonly known: number; readonly poor: number; readonly withoutScore: number }
  readonly cutOffs: readonly CutOff[]
}

interface Standing {
  /** 1, 0, NaN unknown: left out. */
  readonly poor: Float64Array
  readonly households: Float64Array
  readonly persons: Float64Array
}

/** More scores than this are thinned out to those at which another hundredth of the households is reached. */
const CUT_OFFS_MAX = 101

/** At each score that a row has. `point`: micro-points by row, NaN without a score. */
export function errorsAtCutOffs(
  formula: string,
  point: Float64Array,
  direction: ScoreDirection,
  { poor, households, persons }: Standing,
): FormulaCutOffs {
  const sign = direction === 'lowerIsPoorer' ? 1 : -1
  const isCounted = (row: number): boolean => (households[row] as number) > 0 && !Number.isNaN(poor[row] as number)
  const order = welfareOrder(
    point.map((score, row) => (isCounted(row) ? sign * score : NaN)),
    households,
  )
  const [ofHouseholds, ofPersons] = [new Tally(poor, households), new Tally(poor, persons)]
  const shown = thinned(order)
  const cutOffs: CutOff[] = []
  let [place, poorRows] = [0, 0]
  order.groupEnd.forEach((end, group) => {
    for (; place < end; place++) {
      const row = order.rows[place] as number
      poorRows += poor[row] as number
      ofHouseholds.select(row)
      ofPersons.select(row)
    }
    if (!shown(group)) return
    const score = sign * (order.welfare[group] as number) + 0
    cutOffs.push({ score, rows: end, poorRows, households: ofHouseholds.errors(), persons: ofPersons.errors() })
  })
  const counts = (isSo: (row: number) => boolean): number => poor.reduce((sum, _, row) => sum + Number(isCounted(row) && isSo(row)), 0)
  return {
    formula,
    rows: {
      known: counts(() => true),
      poor: counts((row) => poor[row] === 1),
      withoutScore: counts((row) => Number.isNaN(point[row] as number)),
    },
    cutOffs,
  }
}

/** Whether the errors at a group's score are told: always the last one's. */
function thinned({ cumulativeWeight }: WelfareOrder): (group: number) => boolean {
  const groups = cumulativeWeight.length
  if (groups <= CUT_OFFS_MAX) return () => true
  const all = cumulativeWeight.at(-1) as number
  const hundredth = (group: number): number => Math.floor((100 * (cumulativeWeight[group] ?? 0)) / all)
  return (group) => group === groups - 1 || hundredth(group + 1) > hundredth(group)
}

/** Weights of the poor and the others, all of them and those selected so far. */
class Tally {
  private readonly all = { poor: new ExactSum(), others: new ExactSum() }
  private readonly selected = { poor: new ExactSum(), others: new ExactSum() }
  private readonly poor: Float64Array
  private readonly weights: Float64Array

  constructor(poor: Float64Array, weights: Float64Array) {
    this.poor = poor
    this.weights = weights
    const counter = new Counter()
    poor.forEach((isPoor, row) => {
      const weight = weights[row] as number
      if (counter.take(weight, !Number.isNaN(isPoor))) (isPoor === 1 ? this.all.poor : this.all.others).add(weight)
    })
  }

  select(row: number): void {
    const into = this.poor[row] === 1 ? this.selected.poor : this.selected.others
    into.add(this.weights[row] as number)
  }

  errors(): CutOffErrors {
    const [poorSelected, nonPoorSelected] = [this.selected.poor.value(), this.selected.others.value()]
    const table = {
      poorSelected,
      nonPoorSelected,
      poorMissed: this.all.poor.value() - poorSelected,
      nonPoorLeftOut: this.all.others.value() - nonPoorSelected,
    }
    const { coverage, inclusionError, exclusionError, leakage } = errorsOf(table)
    return { coverage, inclusionError, exclusionError, leakage }
  }
}
