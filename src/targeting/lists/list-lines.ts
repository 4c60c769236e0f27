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
  for (let index = 0; index < order.length; index++) {
    writeLine(lines, list, nation, codes, order[index] as number, index + 1)
    if (lines.count === LINES_AT_ONCE) yield lines.take()
  }
  if (lines.count > 0) yield lines.take()
}

/** In the order of UNIT_COLUMNS. */
function writeLine(lines: LineBuffer, list: ProgrammeList, nation: JudgedNation, codes: AreaCodes, row: number, position: number): void {
  const { allocation, ranking } = list
  const household = list.household[row] as number
  const liwa = codes.places.liwa[nation.places.liwa[household] as number]
  const missing = list.dependsOnMissing[row] === 1 ? list.missingFacts?.get(row) : undefined
  const tier = list.tier[row] as number
  const applied = list.applicationDate[row] as number
  lines.number(position)
  lines.number(nation.householdRefs[household] as number)
  lines.number(list.person ? (nation.personRefs[list.person[row] as number] as number) : NaN)
  lines.word(codes.governorates[nation.governorate[household] as number])
  lines.number(tier === NO_TIER ? NaN : tier)
  lines.number(list.score[row] as number)
  lines.number(list.scoreLo[row] as number)
  lines.number(list.scoreHi[row] as number)
  // No rank is 0: those without a score have none.
  lines.number(ranking?.nation.rank[household] || NaN)
  lines.number(ranking?.area.rank[household] || NaN)
  lines.number(ranking?.nation.percentile[household] || NaN)
  lines.number(thousandths(list.benefit[row] as number, list.benefitScale))
  lines.word(Number.isNaN(applied) ? undefined : isoOfDay(applied))
  lines.word(STATUSES[allocation.status[row] as number])
  lines.word(REASONS[allocation.reason[row] as number])
  lines.word(list.dependsOnMissing[row] === 1 ? 't' : 'f')
  lines.word(liwa)
  lines.word(codes.places.kada[nation.places.kada[household] as number])
  lines.word(officeOfLiwa(liwa) ?? undefined)
  // Ids are letters and digits: nothing to quote in an array.
  lines.word(missing && `{${missing.join()}}`)
  lines.number(ranking?.nation.personPercentile[household] || NaN)
  lines.end()
}

const MONEY_SCALE = 3

/** Money of a list is kept in thousandths, whatever the scale of the benefit's fact; NaN while unknown. */
export function thousandths(amount: number, scale: number): number {
  if (scale === MONEY_SCALE || Number.isNaN(amount)) return amount
  return divideRounded(BigInt(amount) * 10n ** BigInt(MONEY_SCALE), 10n ** BigInt(scale)) ?? NaN
}
