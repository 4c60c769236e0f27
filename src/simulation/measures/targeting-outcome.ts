/** What became of a unit in a programme, in the words of targeting errors: selected, or the first thing that kept it out. */

/** The index is the code in the columns of the measures. In the order in which a unit meets them. */
export const TARGETING_OUTCOMES = [
  /** It gets the programme, or would in a simulation. */
  'selected',
  /** It never applied, so nobody judged it. */
  'unregistered',
  /** The rule is false: filtered out. */
  'ineligible',
  /** The rule is unknown, or what selection needs (score, amount) is: somebody has to find out. */
  'undetermined',
  /** Eligible; a programme that is taken earlier serves it. */
  'served-by-another',
  /** Eligible; its score does not reach the threshold. */
  'past-threshold',
  /** Eligible and within the threshold; all places went to others. */
  'no-place',
  /** It would have had a place; the budget ended before it. */
  'no-budget',
] as const
export type TargetingOutcome = (typeof TARGETING_OUTCOMES)[number]

export const SELECTED = 0

export const targetingOutcomeCode = (outcome: TargetingOutcome): number => TARGETING_OUTCOMES.indexOf(outcome)
