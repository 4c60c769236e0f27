/** The rows of a list as COPY reads them; their bytes, in order, are what the list's root hash is taken of. */
import { isoOfDay } from '../../kernel/date.ts'
import { divideRounded } from '../../kernel/decimal.ts'
import { NO_TIER } from '../../determinations/bulk/nation.ts'
import { REASONS, STATUSES } from '../outcome.ts'
import type { ProgrammeList } from '../run/select.ts'
import type { JudgedNation } from '../run/judged-nation.ts'
import type { PlaceCodes } from '../run/unit-places.ts'
import { officeOfLiwa } from '../branch-offices.ts'

/** Columns of ranked_unit in the order of a line, behind list_number. */
export const LIST_COLUMNS = [
  'position',
  'household_ref',
  'person_ref',
  'governorate',
  'tier',
  'score',
  'score_lo',
  'score_hi',
  'national_rank',
  'governorate_rank',
  'percentile',
  'benefit',
  'application_date',
  'status',
  'reason',
  'depends_on_missing',
  'liwa',
  'kada',
  'branch_office',
  'missing_facts',
] as const

const NULL = String.raw`\N`
const LINES_AT_ONCE = 2_000

/** Codes by the places that the nation's columns name. */
export interface AreaCodes {
  readonly governorates: readonly string[]
  readonly places: PlaceCodes
}

/** Text of some thousand rows at a time, each line ended; without the list's number, so that the same list has the same bytes wherever it is stored. */
export function* listLines(list: ProgrammeList, nation: JudgedNation, codes: AreaCodes): Generator<string> {
  const { allocation } = list
  let lines: string[] = []
  for (const [index, row] of allocation.order.entries()) {
    lines.push(lineOf(list, nation, codes, row, index + 1))
    if (lines.length === LINES_AT_ONCE) {
      yield `${lines.join('\n')}\n`
      lines = []
    }
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`
}

function lineOf(list: ProgrammeList, nation: JudgedNation, { governorates, places }: AreaCodes, row: number, position: number): string {
  const { allocation, ranking } = list
  const household = list.household[row] as number
  const person = list.person?.[row]
  const liwa = places.liwa[nation.places.liwa[household] as number]
  const missing = list.dependsOnMissing[row] === 1 ? list.missingFacts?.get(row) : undefined
  const rank = (ranks: ArrayLike<number> | undefined): string | number => known(ranks?.[household] || NaN)
  const point = known(list.score[row] as number)
  const refs = `${position}\t${nation.householdRefs[household]}\t${person === undefined ? NULL : nation.personRefs[person]}`
  const scores = `${point}\t${known(list.scoreLo[row] as number)}\t${known(list.scoreHi[row] as number)}`
  const ranks = `${rank(ranking?.nation.rank)}\t${rank(ranking?.area.rank)}\t${rank(ranking?.nation.percentile)}`
  const outcome = `${STATUSES[allocation.status[row] as number]}\t${REASONS[allocation.reason[row] as number]}`
  const benefit = known(thousandths(list.benefit[row] as number, list.benefitScale))
  const applied = Number.isNaN(list.applicationDate[row]) ? NULL : isoOfDay(list.applicationDate[row] as number)
  const tier = list.tier[row] === NO_TIER ? NULL : list.tier[row]
  const kada = places.kada[nation.places.kada[household] as number] ?? NULL
  const depends = list.dependsOnMissing[row] === 1 ? 't' : 'f'
  // Ids are letters and digits: nothing to quote in an array.
  const lacks = missing ? `{${missing.join()}}` : NULL
  const governorate = governorates[nation.governorate[household] as number] ?? NULL
  // In the order of LIST_COLUMNS.
  return `${refs}\t${governorate}\t${tier}\t${scores}\t${ranks}\t${benefit}\t${applied}\t${outcome}\t${depends}\t${liwa ?? NULL}\t${kada}\t${officeOfLiwa(liwa) ?? NULL}\t${lacks}`
}

const MONEY_SCALE = 3

/** Money of a list is kept in thousandths, whatever the scale of the benefit's fact; NaN while unknown. */
export function thousandths(amount: number, scale: number): number {
  if (scale === MONEY_SCALE || Number.isNaN(amount)) return amount
  return divideRounded(BigInt(amount) * 10n ** BigInt(MONEY_SCALE), 10n ** BigInt(scale)) ?? NaN
}

const known = (value: number): string | number => (Number.isFinite(value) ? value : NULL)
