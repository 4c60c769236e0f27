/** The rows of a list as COPY reads them; their bytes, in order, are what the list's root hash is taken of. */
import { isoOfDay } from '../../kernel/date.ts'
import { divideRounded } from '../../kernel/decimal.ts'
import { NO_TIER } from '../../determinations/bulk/nation.ts'
import { REASONS, STATUSES } from '../outcome.ts'
import { LineBuffer } from './line-buffer.ts'
import type { ProgrammeList } from '../run/select.ts'
import type { JudgedNation } from '../run/judged-nation.ts'
import type { PlaceCodes } from '../run/unit-places.ts'
import { officeOfLiwa } from '../branch-offices.ts'

const LINES_AT_ONCE = 2_000

/** Codes by the places that the nation's columns name. */
export interface AreaCodes {
  readonly governorates: readonly string[]
  readonly places: PlaceCodes
}

/** Some thousand lines at a time, each ended; without the list's number, so that the same list has the same bytes wherever it is stored. */
export function* listLines(list: ProgrammeList, nation: JudgedNation, codes: AreaCodes): Generator<Uint8Array> {
  const { order } = list.allocation
  const lines = new LineBuffer()
  const block = newBlock()
  const offices = codes.places.liwa.map((liwa) => officeOfLiwa(liwa) ?? undefined)
  for (let from = 0; from < order.length; from += LINES_AT_ONCE) {
    const rows = order.subarray(from, from + LINES_AT_ONCE)
    fillBlock(block, list, nation, rows)
    for (let index = 0; index < rows.length; index++) {
      lines.number(from + index + 1)
      writeUnit(lines, block, codes, offices, index)
      const missing = block.depends[index] === 1 ? list.missingFacts?.get(rows[index] as number) : undefined
      // Ids are letters and digits: nothing to quote in an array.
      lines.word(missing && `{${missing.join()}}`)
      // No percentile is 0: those without a score have none.
      lines.number(block.personPercentile[index] || NaN)
      lines.end()
    }
    yield lines.take()
  }
}

/**
 * The cells of some units, in the list's order. Units of a list lie all over the nation's columns: read column by column the processor waits
 * for many of them at once, read line by line for one after the other.
 */
type Block = Readonly<Record<(typeof CELLS)[number], Float64Array>>

/** Benefits in thousandths; codes by their place. */
const CELLS = [
  ...(['householdRef', 'personRef', 'governorate', 'tier', 'score', 'scoreLo', 'scoreHi'] as const),
  ...(['nationalRank', 'areaRank', 'percentile', 'personPercentile', 'benefit', 'applied'] as const),
  ...(['status', 'reason', 'depends', 'liwa', 'kada'] as const),
]

const newBlock = (): Block => Object.fromEntries(CELLS.map((cell) => [cell, new Float64Array(LINES_AT_ONCE)])) as Block

function fillBlock(block: Block, list: ProgrammeList, nation: JudgedNation, rows: Uint32Array): void {
  const { allocation, ranking, person } = list
  const homes = rows.map((row) => list.household[row] as number)
  fill(block.householdRef, nation.householdRefs, homes)
  if (person)
    fill(
      block.personRef,
      nation.personRefs,
      rows.map((row) => person[row] as number),
    )
  else block.personRef.fill(NaN)
  fill(block.governorate, nation.governorate, homes)
  fill(block.liwa, nation.places.liwa, homes)
  fill(block.kada, nation.places.kada, homes)
  for (const name of ['tier', 'score', 'scoreLo', 'scoreHi', 'benefit'] as const) fill(block[name], list[name], rows)
  if (list.benefitScale !== MONEY_SCALE)
    for (let index = 0; index < rows.length; index++) block.benefit[index] = thousandths(block.benefit[index] as number, list.benefitScale)
  fill(block.applied, list.applicationDate, rows)
  fill(block.depends, list.dependsOnMissing, rows)
  fill(block.status, allocation.status, rows)
  fill(block.reason, allocation.reason, rows)
  fill(block.nationalRank, ranking?.nation.rank, homes)
  fill(block.areaRank, ranking?.area.rank, homes)
  fill(block.percentile, ranking?.nation.percentile, homes)
  fill(block.personPercentile, ranking?.nation.personPercentile, homes)
}

/** Of few kinds, all into one: an access that met more kinds than four is compiled for none. */
function fill(into: Float64Array, from: Float64Array | Uint32Array | Uint16Array | Uint8Array | undefined, rows: Uint32Array): void {
  if (from) for (let index = 0; index < rows.length; index++) into[index] = from[rows[index] as number] as number
  else into.fill(0)
}

/** What stands between position and missing facts in UNIT_COLUMNS, in that order. */
function writeUnit(lines: LineBuffer, block: Block, codes: AreaCodes, offices: readonly (string | undefined)[], index: number): void {
  const tier = block.tier[index] as number
  const applied = block.applied[index] as number
  const liwa = block.liwa[index] as number
  lines.number(block.householdRef[index] as number)
  lines.number(block.personRef[index] as number)
  lines.word(codes.governorates[block.governorate[index] as number])
  lines.number(tier === NO_TIER ? NaN : tier)
  lines.number(block.score[index] as number)
  lines.number(block.scoreLo[index] as number)
  lines.number(block.scoreHi[index] as number)
  // No rank is 0: those without a score have none.
  lines.number(block.nationalRank[index] || NaN)
  lines.number(block.areaRank[index] || NaN)
  lines.number(block.percentile[index] || NaN)
  lines.number(block.benefit[index] as number)
  lines.word(Number.isNaN(applied) ? undefined : isoOfDay(applied))
  lines.word(STATUSES[block.status[index] as number])
  lines.word(REASONS[block.reason[index] as number])
  lines.word(block.depends[index] === 1 ? 't' : 'f')
  lines.word(codes.places.liwa[liwa])
  lines.word(codes.places.kada[block.kada[index] as number])
  lines.word(offices[liwa])
}

const MONEY_SCALE = 3

/** Money of a list is kept in thousandths, whatever the scale of the benefit's fact; NaN while unknown. */
export function thousandths(amount: number, scale: number): number {
  if (scale === MONEY_SCALE || Number.isNaN(amount)) return amount
  return divideRounded(BigInt(amount) * 10n ** BigInt(MONEY_SCALE), 10n ** BigInt(scale)) ?? NaN
}
