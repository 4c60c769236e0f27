/** How many units measures leave out because what they go by is unknown: welfare, or a score. One pass over the snapshot, and one over each list. */
import { reasonCode, statusCode } from '../targeting/outcome.ts'
import type { SelectedList } from '../targeting/run/select-programme.ts'
import type { Measured } from './measure-policies.ts'
import { standingOf, UNKNOWN } from './standing.ts'

export interface LeftOut {
  /** Of the whole snapshot, whose welfare is unknown: out of poverty, inequality, errors, fairness and tenths; null without a reference. */
  readonly welfare: { readonly households: number; readonly persons: number } | null
  readonly programmes: readonly ProgrammeLeftOut[]
  /** Households of the population that a formula gives no score: out of its order. */
  readonly formulas: readonly { readonly formula: string; readonly withoutScore: number }[]
}

export interface ProgrammeLeftOut {
  readonly programme: string
  /** Units that are listed without a score where one is needed: near no cut-off. */
  readonly withoutScore: number
  /** Households that it reaches, and of which nobody knows whether they are poor; null without a reference. */
  readonly withoutWelfare: number | null
}

export interface LeftOutList extends Pick<SelectedList, 'programme' | 'household'> {
  readonly allocation: Pick<SelectedList['allocation'], 'status' | 'reason'>
}

const NO_SCORE = reasonCode('no-score')
const SELECTED = statusCode('selected')

/** The persons of a household stand together: it is counted once. */
export function leftOutOfList({ programme, household, allocation }: LeftOutList, measured: Measured | null): ProgrammeLeftOut {
  const { status, reason } = allocation
  const standing = measured && standingOf(measured).standing
  let [withoutScore, withoutWelfare, last] = [0, 0, -1]
  for (let unit = 0; unit < status.length; unit++) {
    if (reason[unit] === NO_SCORE) withoutScore++
    if (!standing || status[unit] !== SELECTED) continue
    const row = household[unit] as number
    if (row === last || standing[measured.rows[row] as number] !== UNKNOWN) continue
    last = row
    withoutWelfare++
  }
  return { programme, withoutScore, withoutWelfare: standing && withoutWelfare }
}

/** Of everybody in the snapshot. */
export function withoutWelfare({ welfare, persons }: Pick<Measured, 'welfare' | 'persons'>): NonNullable<LeftOut['welfare']> {
  let [households, people] = [0, 0]
  for (let row = 0; row < welfare.length; row++) {
    if (!Number.isNaN(welfare[row] as number)) continue
    households++
    people += persons[row] as number
  }
  return { households, persons: people }
}
