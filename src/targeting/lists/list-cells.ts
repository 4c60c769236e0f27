/** The cells of a list's units in its order, some thousand units at a time. */
import { divideRounded } from '../../kernel/decimal.ts'
import type { JudgedNation } from '../run/judged-nation.ts'
import type { ProgrammeList } from '../run/select.ts'

const UNITS_AT_ONCE = 2_000

/** The cells of some units, in the list's order, by the place of the unit among them. */
export type Cells = Readonly<Record<(typeof CELLS)[number], Float64Array>>

/** Benefits in thousandths; codes by their place. */
const CELLS = [
  ...(['householdRef', 'personRef', 'governorate', 'tier', 'score', 'scoreLo', 'scoreHi'] as const),
  ...(['nationalRank', 'areaRank', 'percentile', 'personPercentile', 'benefit', 'applied'] as const),
  ...(['status', 'reason', 'depends', 'liwa', 'kada'] as const),
]
const WIDTH = CELLS.length

type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array

/** A column of a list's units; `by`: their rows in it, where it is not by unit itself. Null is all zero. */
type Source = readonly [column: Column | null | undefined, by: Uint32Array | null]

function sourcesOf({ allocation, ranking, person, household, ...list }: ProgrammeList, nation: JudgedNation): Record<keyof Cells, Source> {
  return {
    householdRef: [nation.householdRefs, household],
    personRef: [person && nation.personRefs, person],
    governorate: [nation.governorate, household],
    liwa: [nation.places.liwa, household],
    kada: [nation.places.kada, household],
    nationalRank: [ranking?.nation.rank, household],
    areaRank: [ranking?.area.rank, household],
    percentile: [ranking?.nation.percentile, household],
    personPercentile: [ranking?.nation.personPercentile, household],
    tier: [list.tier, null],
    score: [list.score, null],
    scoreLo: [list.scoreLo, null],
    scoreHi: [list.scoreHi, null],
    benefit: [list.benefit, null],
    applied: [list.applicationDate, null],
    depends: [list.dependsOnMissing, null],
    status: [allocation.status, null],
    reason: [allocation.reason, null],
  }
}

/**
 * All cells of a unit side by side. Units of a list lie all over the columns: the processor waits once or twice for a record, and for
 * every cell of columns. Units stand in the order of their households, so that records are made walking along all columns.
 */
function recordsOf(list: ProgrammeList, nation: JudgedNation): Float64Array {
  const units = list.household.length
  const records = new Float64Array(units * WIDTH)
  const sources = sourcesOf(list, nation)
  for (let from = 0; from < units; from += UNITS_AT_ONCE) {
    const to = Math.min(units, from + UNITS_AT_ONCE)
    CELLS.forEach((cell, place) => fill(records, place, sources[cell], from, to))
  }
  return records
}

/** Of few kinds, all into one: an access that met more kinds than four is compiled for none. */
function fill(records: Float64Array, place: number, [column, by]: Source, from: number, to: number): void {
  if (!column) return
  let at = from * WIDTH + place
  if (by) for (let unit = from; unit < to; unit++, at += WIDTH) records[at] = column[by[unit] as number] as number
  else for (let unit = from; unit < to; unit++, at += WIDTH) records[at] = column[unit] as number
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
  const records = recordsOf(list, nation)
  const memory = new Float64Array(WIDTH * UNITS_AT_ONCE)
  const cells = Object.fromEntries(
    CELLS.map((cell, place) => [cell, memory.subarray(place * UNITS_AT_ONCE, (place + 1) * UNITS_AT_ONCE)]),
  ) as Cells
  for (let from = 0; from < order.length; from += UNITS_AT_ONCE) {
    const rows = order.subarray(from, from + UNITS_AT_ONCE)
    spread(records, rows, memory)
    if (!list.person) cells.personRef.fill(NaN)
    if (list.benefitScale !== MONEY_SCALE)
      for (let index = 0; index < rows.length; index++)
        cells.benefit[index] = thousandths(cells.benefit[index] as number, list.benefitScale)
    yield { from, rows, cells }
  }
}

/** Records of some rows, cell by cell. */
function spread(records: Float64Array, rows: Uint32Array, into: Float64Array): void {
  for (let index = 0; index < rows.length; index++) {
    const from = (rows[index] as number) * WIDTH
    for (let place = 0; place < WIDTH; place++) into[place * UNITS_AT_ONCE + index] = records[from + place] as number
  }
}

const MONEY_SCALE = 3

/** Money of a list is kept in thousandths, whatever the scale of the benefit's fact; NaN while unknown. */
export function thousandths(amount: number, scale: number): number {
  if (scale === MONEY_SCALE || Number.isNaN(amount)) return amount
  return divideRounded(BigInt(amount) * 10n ** BigInt(MONEY_SCALE), 10n ** BigInt(scale)) ?? NaN
}
