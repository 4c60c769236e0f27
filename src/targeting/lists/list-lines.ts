/** The rows of a list as COPY reads them; their bytes, in order, are what the list's root hash is taken of. */
import { isoOfDay } from '../../kernel/date.ts'
import { NO_TIER } from '../../determinations/bulk/nation.ts'
import { REASONS, STATUSES } from '../outcome.ts'
import { LineBuffer } from './line-buffer.ts'
import type { ProgrammeList } from '../run/select.ts'
import type { JudgedNation } from '../run/judged-nation.ts'
import { type AreaCodes, officesOf } from './area-codes.ts'
import { type Cells, listCells } from './list-cells.ts'
import type { ListTraits } from './list-traits.ts'

/**
 * Some thousand lines at a time, each ended; without the list's number, so that the same list has the same bytes wherever it is stored.
 * `traits` are told of every unit on the way.
 */
export function* listLines(list: ProgrammeList, nation: JudgedNation, codes: AreaCodes, traits?: ListTraits): Generator<Uint8Array> {
  const lines = new LineBuffer()
  const offices = officesOf(codes)
  for (const { from, rows, cells } of listCells(list, nation)) {
    traits?.add(rows, cells)
    for (let index = 0; index < rows.length; index++) {
      lines.number(from + index + 1)
      writeUnit(lines, cells, codes, offices, index)
      const missing = cells.depends[index] === 1 ? list.missingFacts?.get(rows[index] as number) : undefined
      // Ids are letters and digits: nothing to quote in an array.
      lines.word(missing && `{${missing.join()}}`)
      // No percentile is 0: those without a score have none.
      lines.number(cells.personPercentile[index] || NaN)
      lines.end()
    }
    yield lines.take()
  }
}

/** What stands between position and missing facts in UNIT_COLUMNS, in that order. */
function writeUnit(lines: LineBuffer, cells: Cells, codes: AreaCodes, offices: readonly (string | undefined)[], index: number): void {
  const tier = cells.tier[index] as number
  const applied = cells.applied[index] as number
  const liwa = cells.liwa[index] as number
  lines.number(cells.householdRef[index] as number)
  lines.number(cells.personRef[index] as number)
  lines.word(codes.governorates[cells.governorate[index] as number])
  lines.number(tier === NO_TIER ? NaN : tier)
  lines.number(cells.score[index] as number)
  lines.number(cells.scoreLo[index] as number)
  lines.number(cells.scoreHi[index] as number)
  // No rank is 0: those without a score have none.
  lines.number(cells.nationalRank[index] || NaN)
  lines.number(cells.areaRank[index] || NaN)
  lines.number(cells.percentile[index] || NaN)
  lines.number(cells.benefit[index] as number)
  lines.word(Number.isNaN(applied) ? undefined : isoOfDay(applied))
  lines.word(STATUSES[cells.status[index] as number])
  lines.word(REASONS[cells.reason[index] as number])
  lines.word(cells.depends[index] === 1 ? 't' : 'f')
  lines.word(codes.places.liwa[liwa])
  lines.word(codes.places.kada[cells.kada[index] as number])
  lines.word(offices[liwa])
}
