/** The rows of a list as COPY reads them; their bytes, in order, are what the list's root hash is taken of. */
import { isoOfDay } from '../../kernel/date.ts'
import { NO_TIER } from '../../determinations/bulk/nation.ts'
import { REASONS, STATUSES } from '../outcome.ts'
import { LineBuffer, wordCells } from './line-buffer.ts'
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
  const words = wordsOf(codes)
  for (const { from, rows, cells } of listCells(list, nation)) {
    traits?.add(rows, cells)
    for (let index = 0; index < rows.length; index++) {
      lines.number(from + index + 1)
      writeUnit(lines, cells, words, index)
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

/** Cells that stand side by side and differ little, made when they are first met: of three or six words one piece of bytes. */
interface Words {
  readonly governorate: (code: number) => Uint8Array
  /** Of a day number. */
  readonly applied: (day: number) => Uint8Array
  /** Status, reason, and whether it depends on missing facts. */
  readonly outcome: (status: number, reason: number, depends: number) => Uint8Array
  /** Liwa, kada, and the office of the liwa. */
  readonly place: (liwa: number, kada: number) => Uint8Array
}

function wordsOf({ governorates, places }: AreaCodes): Words {
  const offices = officesOf({ governorates, places })
  const areas: (Uint8Array | undefined)[] = []
  const days: (Uint8Array | undefined)[] = []
  const outcomes: (Uint8Array | undefined)[] = []
  const homes: (Uint8Array | undefined)[] = []
  // A code that nothing is called by stands behind those that are.
  const known = (code: number, { length }: readonly unknown[]): number => (code < length ? code : length)
  return {
    governorate: (code) => (areas[known(code, governorates)] ??= wordCells(governorates[code])),
    applied: (day) => (Number.isNaN(day) ? NULL : (days[day] ??= wordCells(isoOfDay(day)))),
    outcome: (status, reason, depends) =>
      (outcomes[(status * REASONS.length + reason) * 2 + depends] ??= wordCells(
        STATUSES[status],
        REASONS[reason],
        depends === 1 ? 't' : 'f',
      )),
    place: (liwa, kada) =>
      (homes[known(liwa, places.liwa) * (places.kada.length + 1) + known(kada, places.kada)] ??= wordCells(
        places.liwa[liwa],
        places.kada[kada],
        offices[liwa],
      )),
  }
}

const NULL = wordCells(undefined)

/** What stands between position and missing facts in UNIT_COLUMNS, in that order. */
function writeUnit(lines: LineBuffer, cells: Cells, words: Words, index: number): void {
  const tier = cells.tier[index] as number
  lines.number(cells.householdRef[index] as number)
  lines.number(cells.personRef[index] as number)
  lines.cells(words.governorate(cells.governorate[index] as number))
  lines.number(tier === NO_TIER ? NaN : tier)
  lines.number(cells.score[index] as number)
  lines.number(cells.scoreLo[index] as number)
  lines.number(cells.scoreHi[index] as number)
  // No rank is 0: those without a score have none.
  lines.number(cells.nationalRank[index] || NaN)
  lines.number(cells.areaRank[index] || NaN)
  lines.number(cells.percentile[index] || NaN)
  lines.number(cells.benefit[index] as number)
  lines.cells(words.applied(cells.applied[index] as number))
  lines.cells(words.outcome(cells.status[index] as number, cells.reason[index] as number, cells.depends[index] as number))
  lines.cells(words.place(cells.liwa[index] as number, cells.kada[index] as number))
}
