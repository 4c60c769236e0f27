/** The cells of a list's units in its order, some thousand units at a time. */
import { divideRounded } from '../../kernel/decimal.ts'
import type { JudgedNation } from '../run/judged-nation.ts'
import type { ProgrammeList } from '../run/select.ts'

const UNITS_AT_ONCE = 2_000

/**
 * The cells of some units, in the list's order. Units of a list lie all over the nation's columns: read column by column the processor waits
 * for many of them at once, read line by line for one after the other.
 */
export type Cells = Readonly<Record<(typeof CELLS)[number], Float64Array>>

/** Benefits in thousandths; codes by their place. */
const CELLS = [
  ...(['householdRef', 'personRef', 'governorate', 'tier', 'score', 'scoreLo', 'scoreHi'] as const),
  ...(['nationalRank', 'areaRank', 'percentile', 'personPercentile', 'benefit', 'applied'] as const),
  ...(['status', 'reason', 'depends', 'liwa', 'kada'] as const),
]

const newCells = (): Cells => Object.fromEntries(CELLS.map((cell) => [cell, new Float64Array(UNITS_AT_ONCE)])) as Cells

function fillCells(cells: Cells, list: ProgrammeList, nation: JudgedNation, rows: Uint32Array): void {
  const { allocation, ranking, person } = list
  const homes = rows.map((row) => list.household[row] as number)
  fill(cells.householdRef, nation.householdRefs, homes)
  if (person)
    fill(
      cells.personRef,
      nation.personRefs,
      rows.map((row) => person[row] as number),
    )
  else cells.personRef.fill(NaN)
  fill(cells.governorate, nation.governorate, homes)
  fill(cells.liwa, nation.places.liwa, homes)
  fill(cells.kada, nation.places.kada, homes)
  for (const name of ['tier', 'score', 'scoreLo', 'scoreHi', 'benefit'] as const) fill(cells[name], list[name], rows)
  if (list.benefitScale !== MONEY_SCALE)
    for (let index = 0; index < rows.length; index++) cells.benefit[index] = thousandths(cells.benefit[index] as number, list.benefitScale)
  fill(cells.applied, list.applicationDate, rows)
  fill(cells.depends, list.dependsOnMissing, rows)
  fill(cells.status, allocation.status, rows)
  fill(cells.reason, allocation.reason, rows)
  fill(cells.nationalRank, ranking?.nation.rank, homes)
  fill(cells.areaRank, ranking?.area.rank, homes)
  fill(cells.percentile, ranking?.nation.percentile, homes)
  fill(cells.personPercentile, ranking?.nation.personPercentile, homes)
}

/** Of few kinds, all into one: an access that met more kinds than four is compiled for none. */
function fill(into: Float64Array, from: Float64Array | Uint32Array | Uint16Array | Uint8Array | undefined, rows: Uint32Array): void {
  if (from) for (let index = 0; index < rows.length; index++) into[index] = from[rows[index] as number] as number
  else into.fill(0)
}

export interface CellsOfUnits {
  /** Units before these. */
  readonly from: number
  /** Rows of the list, in its order. */
  readonly rows: Uint32Array
  /** By the units' place among these; filled anew for the next. */
  readonly cells: Cells
}

export function* listCells(list: ProgrammeList, nation: JudgedNation): Generator<CellsOfUnits> {
  const { order } = list.allocation
  const cells = newCells()
  for (let from = 0; from < order.length; from += UNITS_AT_ONCE) {
    const rows = order.subarray(from, from + UNITS_AT_ONCE)
    fillCells(cells, list, nation, rows)
    yield { from, rows, cells }
  }
}

const MONEY_SCALE = 3

/** Money of a list is kept in thousandths, whatever the scale of the benefit's fact; NaN while unknown. */
export function thousandths(amount: number, scale: number): number {
  if (scale === MONEY_SCALE || Number.isNaN(amount)) return amount
  return divideRounded(BigInt(amount) * 10n ** BigInt(MONEY_SCALE), 10n ** BigInt(scale)) ?? NaN
}
