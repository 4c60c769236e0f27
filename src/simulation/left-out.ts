/** How many units measures leave out because what they go by is unknown: welfare, or a score. One pass over the snapshot, and one over each list. */
import { countKeyed, type Keyed, keyedAt, keyedCounts } from '../kernel/keyed-counts.ts'
import { reasonCode, statusCode } from '../targeting/outcome.ts'
import type { SelectedList } from '../targeting/run/select-programme.ts'
import type { KeysOf } from './behind.ts'
import type { Measured } from './measure-policies.ts'
import { standingOf, UNKNOWN } from './standing.ts'

export interface LeftOut {
  /** Of the whole snapshot, whose welfare is unknown: out of poverty, inequality, errors, fairness and tenths; null without a reference. */
  readonly welfare: WithoutWelfare | null
  readonly programmes: readonly ProgrammeLeftOut[]
  /** Households of the population that a formula gives no score: out of its order. */
  readonly formulas: readonly {
    readonly formula: string
    readonly withoutScore: number
    readonly behind?: KeysOf<'withoutScore'>
  }[]
}

export interface WithoutWelfare {
  readonly households: number
  readonly persons: number
  readonly behind?: KeysOf<'households'>
}

export interface ProgrammeLeftOut {
  readonly programme: string
  /** Units that are listed without a score where one is needed: near no cut-off. */
  readonly withoutScore: number
  /** Households that it reaches, and of which nobody knows whether they are poor; null without a reference. */
  readonly withoutWelfare: number | null
  readonly behind?: KeysOf<'withoutScore' | 'withoutWelfare'>
}

export interface LeftOutList extends Pick<SelectedList, 'programme' | 'household'> {
  readonly allocation: Pick<SelectedList['allocation'], 'status' | 'reason'>
}

const NO_SCORE = reasonCode('no-score')
const SELECTED = statusCode('selected')

const [SCORE, WELFARE] = [0, 1] as const

/** The persons of a household stand together: it is counted once. */
export function leftOutOfList(
  { programme, household, allocation }: LeftOutList,
  { keys, measured }: { readonly keys: Uint32Array; readonly measured: Measured | null },
): ProgrammeLeftOut {
  const { status, reason } = allocation
  const standing = measured && standingOf(measured).standing
  const left = keyedCounts(2)
  let last = -1
  for (let unit = 0; unit < status.length; unit++) {
    const row = household[unit] as number
    if (reason[unit] === NO_SCORE) countKeyed(left, SCORE, keys[row] as number)
    if (!standing || status[unit] !== SELECTED) continue
    if (row === last || standing[measured.rows[row] as number] !== UNKNOWN) continue
    last = row
    countKeyed(left, WELFARE, keys[row] as number)
  }
  const [score, welfare] = [keyedAt(left, SCORE), keyedAt(left, WELFARE)]
  const behind = { withoutScore: score.key, withoutWelfare: welfare.key }
  return { programme, withoutScore: score.units, withoutWelfare: standing && welfare.units, behind }
}

/** Of households of the population, by their scores. */
export function withoutScore(point: Float64Array, keys: Uint32Array): Keyed {
  const left = keyedCounts(1)
  for (let row = 0; row < point.length; row++) if (Number.isNaN(point[row] as number)) countKeyed(left, 0, keys[row] as number)
  return keyedAt(left, 0)
}

/** Of everybody in the snapshot. */
export function withoutWelfare({ welfare, persons, keys }: Pick<Measured, 'welfare' | 'persons' | 'keys'>): WithoutWelfare {
  const left = keyedCounts(1)
  let people = 0
  for (let row = 0; row < welfare.length; row++) {
    if (!Number.isNaN(welfare[row] as number)) continue
    countKeyed(left, 0, keys[row] as number)
    people += persons[row] as number
  }
  const { units, key } = keyedAt(left, 0)
  return { households: units, persons: people, behind: { households: key } }
}
