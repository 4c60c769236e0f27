/** A made world of households, and what is measured of one programme in it: with what stands behind, as a simulation keeps it. */
import { recordKeys } from '../../../src/access/disclosure/cell-keys.ts'
import { afterTransfers, type Measured, type PolicyMeasures, policyMeasures } from '../../../src/simulation/measure-policies.ts'
import { measureProgramme } from '../../../src/simulation/measure-programme.ts'
import { personCounts } from '../../../src/simulation/person-counts.ts'
import { poorBelow } from '../../../src/simulation/measures/poverty-line.ts'
import { SELECTED, TARGETING_OUTCOMES } from '../../../src/simulation/measures/targeting-outcome.ts'
import { welfareOrder } from '../../../src/simulation/measures/welfare-order.ts'
import type { Draw } from '../../support/random-draw.ts'

export interface MadeHousehold {
  readonly reference: number
  /** Thousandths per person and month, before transfers. */
  readonly welfare: number
  readonly persons: number
  readonly group: number
  /** Code of a targeting outcome. */
  readonly outcome: number
  /** Of the household in a month, where it is selected. */
  readonly amount: number
}

export const LINE = 100_000
/** Also asked for. */
export const FURTHER_LINE = 70_000
export const GROUPS = 2

const keyOf = recordKeys(new Uint8Array(32).fill(5))
const words = (text: string) => ({ en: text, ar: text })

/** Half of them poor, and of those and of the others this share selected. */
export const madeWorld = (draw: Draw, size: number, [poor, others]: readonly [number, number]): MadeHousehold[] => {
  const first = draw.between(1, 1_000_000_000)
  return Array.from({ length: size }, (_, at): MadeHousehold => {
    const welfare = draw.between(20_000, 180_000)
    const isSelected = draw.happens(welfare < LINE ? poor : others)
    return {
      reference: first + at,
      welfare,
      persons: draw.between(1, 6),
      group: draw.between(0, GROUPS - 1),
      outcome: isSelected ? SELECTED : draw.between(1, TARGETING_OUTCOMES.length - 1),
      amount: draw.between(30, 60) * 1_000,
    }
  })
}

export function measuredWorld(households: readonly MadeHousehold[], programme = 'made'): PolicyMeasures {
  const welfare = Float64Array.from(households, (one) => one.welfare)
  const persons = Uint32Array.from(households, (one) => one.persons)
  const rows = Uint32Array.from(households, (_, row) => row)
  const codes = Uint8Array.from(households, (one) => one.group)
  const labels = Array.from({ length: GROUPS }, (_, at) => words(`group ${at}`))
  const measured: Measured = {
    welfare,
    persons,
    keys: Uint32Array.from(households, (one) => keyOf(one.reference)),
    line: LINE,
    lines: [LINE, FURTHER_LINE],
    breakdowns: [{ id: 'group', label: words('group'), codes, groups: GROUPS, labels }],
    order: welfareOrder(welfare, persons),
    poor: poorBelow(welfare, LINE),
    rows,
  }
  const paid = rows.filter((row) => households[row]?.outcome === SELECTED)
  const transfers = { rows: paid, amounts: Float64Array.from(paid, (row) => households[row]?.amount ?? 0) }
  const outcomes = { households: rows, outcome: Uint8Array.from(households, (one) => one.outcome) }
  const undetermined = { totals: [], households: new Uint8Array(rows.length), standing: personCounts(3) }
  const programmes = [measureProgramme(programme, { outcomes, undetermined, transfers }, measured)]
  return policyMeasures(afterTransfers([], measured), afterTransfers([transfers], measured), programmes, measured.lines)
}
