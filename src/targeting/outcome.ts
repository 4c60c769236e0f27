/** What an allocation says of each unit: selected, waitlisted or left out, and the one reason for it. */

/** The index is the code in the columns of an allocation. */
export const STATUSES = ['left-out', 'selected', 'waitlisted'] as const
export type Status = (typeof STATUSES)[number]

/** The index is the code in the columns of an allocation; the words say what decided. Append only: codes are stored. */
export const REASONS = [
  /** Selected in a place of its area, or of the nation where there are no quotas. */
  'within-quota',
  /** Selected in a place that its area could not fill. */
  'left-over-place',
  /** Selected: enrolled, and within the exit threshold. */
  'enrolled-kept',
  /** Selected: enrolled, undetermined for less than the months that the programme allows; to be verified. */
  'enrolled-kept-undetermined',
  /** Another programme that is taken earlier selected or serves it. */
  'excluded-by-programme',
  /** Enrolled and undetermined for longer than the programme allows. */
  'undetermined-too-long',
  /** The amount of its benefit is unknown, so it cannot be counted against the budget. */
  'benefit-unknown',
  /** The programme orders or cuts by score, and the unit has none. */
  'no-score',
  /** Its score does not reach the entry threshold. */
  'past-entry-threshold',
  /** Enrolled, and its score has left the exit threshold. */
  'past-exit-threshold',
  /** It would have had a place; selection had stopped at it, or before it, for want of budget. */
  'budget-exhausted',
  /** All places of its area are taken, and no left-over place reached it. */
  'quota-full',
  /** All places of the programme are taken. */
  'no-places',
] as const
export type Reason = (typeof REASONS)[number]

export const statusCode = (status: Status): number => STATUSES.indexOf(status)
const CODE_OF = new Map(REASONS.map((reason, code) => [reason, code]))
/** Asked for of every unit: looked up, not searched for. */
export const reasonCode = (reason: Reason): number => CODE_OF.get(reason) as number
