/**
 * What is withheld where a programme selects some units, but fewer than may be told of: a share of them, an index over them or the cut-off behind them
 * would be what one family is. Whole programmes go, and whole breakdowns of a cell: who is told nought of every group but one is told the group.
 */
import { isFew } from './disclose.ts'
import { withoutRates } from './group-fairness.ts'
import type { ProgrammeErrors, ProgrammeMeasures } from './measure-programme.ts'
import type { ProgrammeOutcome } from './simulate.ts'
import { marginAfter, marginBefore, type Transitions } from './tabulate.ts'
import { SELECTED } from './unit-states.ts'

/** Ids of the programmes that select few, before a change or after it. */
export const fewSelected = (programmes: readonly ProgrammeOutcome[], side: 'before' | 'after'): ReadonlySet<string> => {
  const margin = (transitions: Transitions) => (side === 'before' ? marginBefore : marginAfter)(transitions, SELECTED)
  return new Set(programmes.flatMap(({ programme, transitions }) => (isFew(margin(transitions.all).units) ? [programme] : [])))
}

/** The same places in the answer, with nothing in them. */
export const withoutFigures = (one: ProgrammeMeasures): ProgrammeMeasures => ({
  programme: one.programme,
  ...withoutErrors(one),
  ...(one.persons ? { persons: withoutErrors(one.persons) } : {}),
  ...(one.households ? { households: { coadyGroshHoddinott: null, deciles: one.households.deciles.map(() => NOT_TOLD) } } : {}),
  coadyGroshHoddinott: null,
  concentrationIndex: null,
  concentration: one.concentration.map(({ population }) => ({ population, amount: null })),
  deciles: one.deciles.map(() => NOT_TOLD),
  fairness: one.fairness.map(withoutRates),
})

const NOT_TOLD = { coverage: null, shareOfBenefit: null }

const withoutErrors = ({ missedBy }: ProgrammeErrors): ProgrammeErrors => ({
  coverage: null,
  inclusionError: null,
  exclusionError: null,
  leakage: null,
  targetingAccuracy: null,
  balancedPovertyAccuracy: null,
  missedBy: missedBy.map(({ outcome }) => ({ outcome, shareOfPoor: null })),
})
