/** Who competes for a place: exclusions, the amount, the score and the thresholds, before any place is granted. */
import type { ScoreDirection } from './order-rows.ts'
import type { Reason } from './outcome.ts'

/** The eligible units of one programme, by row. */
export interface AllocationUnits {
  /** Whole micro-points; NaN is unknown. */
  readonly score: Float64Array
  /** Area code of the quotas, 0 to 255. */
  readonly area: Uint8Array
  /** Benefit for the targeting period, whole units of the scale of the budget; NaN is unknown. For an enrolled unit, what it is paid. */
  readonly benefit: Float64Array
  /** 1 where another programme excludes the unit. */
  readonly excluded: Uint8Array
  /** 1 where the unit is enrolled in this programme. */
  readonly enrolled: Uint8Array
  /** Whole months since an enrolled unit became undetermined; NaN where it is determined. */
  readonly undeterminedMonths: Float64Array
}

export interface Admission {
  readonly direction: ScoreDirection
  /** Whether a unit needs a score: the programme orders by it, or has thresholds. */
  readonly needsScore: boolean
  /** Micro-points; a new unit must reach `entry`, an enrolled one stays until it leaves `exit`. Both bounds are inside. */
  readonly thresholds?: { readonly entry: number; readonly exit: number }
  /** An undetermined enrolled unit stays while fewer whole months than this have passed; absent: it does not stay. */
  readonly keepUndeterminedMonths?: number
}

/** `competes`, `kept`, or the reason for leaving the unit out. An enrolled unit without a score is not past the exit: it stays. */
export function admit(units: AllocationUnits, row: number, admission: Admission): 'competes' | 'kept' | 'kept-undetermined' | Reason {
  const { thresholds, needsScore, direction, keepUndeterminedMonths = 0 } = admission
  if (units.excluded[row] === 1) return 'excluded-by-programme'
  const score = units.score[row] as number
  const undetermined = units.undeterminedMonths[row] as number
  const enrolled = units.enrolled[row] === 1
  if (enrolled && undetermined >= keepUndeterminedMonths) return 'undetermined-too-long'
  if (Number.isNaN(units.benefit[row])) return 'benefit-unknown'
  if (enrolled) {
    if (thresholds && past(score, thresholds.exit, direction)) return 'past-exit-threshold'
    return Number.isNaN(undetermined) ? 'kept' : 'kept-undetermined'
  }
  if (needsScore && Number.isNaN(score)) return 'no-score'
  return thresholds && past(score, thresholds.entry, direction) ? 'past-entry-threshold' : 'competes'
}

/** Whether a score lies on the better-off side of a threshold; an unknown score does not. */
export function past(score: number, threshold: number, direction: ScoreDirection): boolean {
  return direction === 'lowerIsPoorer' ? score > threshold : score < threshold
}
