/** How well one programme finds the poor: its errors, whom it reaches in which tenth, where its money goes, and whether it treats groups alike. */
import { keptWith } from '../kernel/kept-with.ts'
import type { Words } from '../language/fact-space.ts'
import type { Measured } from './measure-policies.ts'
import type { MeasuredList } from './measure-tasks.ts'
import { coadyGroshHoddinott, concentrationIndex, concentrationOfFew } from './measures/concentration.ts'
import { curvePoints } from './measures/curve.ts'
import { type GroupRate, ratesOfCounts } from './measures/fairness.ts'
import { reachedRowsByDecile } from './measures/reached-by-decile.ts'
import { errorsOfWeights } from './measures/targeting-errors.ts'
import { SELECTED as REACHED, TARGETING_OUTCOMES, type TargetingOutcome, targetingOutcomeCode } from './measures/targeting-outcome.ts'
import type { MonthlyTransfers } from './transfers.ts'
import type { UnitStates } from './unit-states.ts'

export interface ProgrammeMeasures {
  readonly programme: string
  /** Of households. */
  readonly coverage: number | null
  readonly inclusionError: number | null
  readonly exclusionError: number | null
  readonly leakage: number | null
  readonly targetingAccuracy: number | null
  readonly balancedPovertyAccuracy: number | null
  readonly missedBy: readonly { readonly outcome: string; readonly shareOfPoor: number | null }[]
  /** Share of the money that reaches the poorest two fifths, over two fifths. */
  readonly coadyGroshHoddinott: number | null
  readonly concentrationIndex: number | null
  readonly concentration: readonly { readonly population: number; readonly amount: number | null }[]
  /** Tenths of persons by welfare, the poorest first: share reached, and share of the money. */
  readonly deciles: readonly { readonly coverage: number | null; readonly shareOfBenefit: number | null }[]
  readonly fairness: readonly GroupFairness[]
}

/** The error of exclusion by group: the poor who are not selected, of the poor. */
export interface GroupFairness {
  readonly breakdown: string
  readonly groups: readonly (Omit<GroupRate, 'group' | 'units' | 'unknownUnits'> & { readonly group: Words })[]
}

const POINTS = Array.from({ length: 21 }, (_, twentieth) => twentieth / 20)
const POOREST = 0.4
/** Groups of fewer poor households are not spoken of. */
const LEAST_POOR = 50
const TENTHS = 10

interface Paid {
  readonly states: UnitStates
  readonly transfers: MonthlyTransfers
  /** Household row by person row of the population. */
  readonly householdOf: Uint32Array
}

export function measureProgramme(
  list: Pick<MeasuredList['list'], 'programme' | 'unit'>,
  { states, transfers, householdOf }: Paid,
  measured: Measured,
): ProgrammeMeasures {
  const { order } = measured
  const { reached, poorBy, nonPoorBy, counted } = countOutcomes(
    outcomesOf(list.unit === 'person' ? householdOf : null, states, measured),
    measured,
  )
  const { missedBy, coverage, ...errors } = errorsOfWeights(poorBy, nonPoorBy, counted)
  const { inclusionError, exclusionError, leakage, targetingAccuracy, balancedPovertyAccuracy } = errors
  const amount = new Float64Array(order.length)
  for (let i = 0; i < transfers.rows.length; i++) amount[transfers.rows[i] as number] = transfers.amounts[i] as number
  const curve = concentrationOfFew(order, amount, transfers.rows)
  return {
    programme: list.programme,
    coverage,
    inclusionError,
    exclusionError,
    leakage,
    targetingAccuracy,
    balancedPovertyAccuracy,
    missedBy: missedBy.map(({ outcome: name, shareOfPoor }) => ({ outcome: name, shareOfPoor })),
    coadyGroshHoddinott: coadyGroshHoddinott(curve, POOREST),
    concentrationIndex: concentrationIndex(curve),
    concentration: curvePoints(curve, POINTS),
    deciles: reachedRowsByDecile(order, reached, amount, TENTHS)
      .slice(1)
      .map((one) => ({ coverage: one.coverage, shareOfBenefit: one.shareOfBenefit })),
    fairness: fairnessOf(measured, reached),
  }
}

const [NON_POOR, POOR, UNKNOWN] = [0, 1, 2]

/** What every programme is held against: who is poor, and how many of them stand in each group. */
const standingOf = keptWith(({ poor, breakdowns }: Measured) => {
  const standing = new Uint8Array(poor.length)
  for (let row = 0; row < poor.length; row++) standing[row] = Number.isNaN(poor[row] as number) ? UNKNOWN : (poor[row] as number)
  const groups = breakdowns.map(({ codes, groups: size }) => {
    const poorUnits = new Float64Array(size + 1)
    const unknownUnits = new Float64Array(size + 1)
    for (let row = 0; row < standing.length; row++) {
      if (standing[row] === NON_POOR) continue
      const into = standing[row] === POOR ? poorUnits : unknownUnits
      const code = Math.min(codes[row] as number, size)
      into[code] = (into[code] as number) + 1
    }
    return { poorUnits, unknownUnits }
  })
  return { standing, groups }
})

/** Households by outcome and by whether they are poor, with the rows of those that are reached. */
function countOutcomes(outcome: Uint8Array, measured: Measured) {
  const { standing } = standingOf(measured)
  const counts = new Float64Array(TARGETING_OUTCOMES.length * 3)
  const rows = new Uint32Array(outcome.length)
  let count = 0
  for (let row = 0; row < outcome.length; row++) {
    const code = outcome[row] as number
    const cell = code * 3 + (standing[row] as number)
    counts[cell] = (counts[cell] as number) + 1
    if (code === REACHED) rows[count++] = row
  }
  const of = (kind: number): number[] => TARGETING_OUTCOMES.map((_, code) => counts[code * 3 + kind] as number)
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
  const [nonPoorBy, poorBy, unknownBy] = [of(NON_POOR), of(POOR), of(UNKNOWN)]
  const [units, unknownUnits] = [sum(nonPoorBy) + sum(poorBy), sum(unknownBy)]
  const counted = { units, weight: units, unknownUnits, unknownWeight: unknownUnits }
  return { reached: rows.subarray(0, count), poorBy, nonPoorBy, counted }
}

/** The poor of each group whom the programme misses: all of them but those it reaches. */
function fairnessOf(measured: Measured, reached: Uint32Array): GroupFairness[] {
  const { standing, groups: known } = standingOf(measured)
  return measured.breakdowns.map(({ id, codes, groups, labels }, b): GroupFairness => {
    const { poorUnits, unknownUnits } = known[b] as (typeof known)[number]
    const missed = poorUnits.slice()
    for (const row of reached) {
      if (standing[row] !== POOR) continue
      const code = Math.min(codes[row] as number, groups)
      missed[code] = (missed[code] as number) - 1
    }
    const own = Array.from(poorUnits, (units, code) => ({
      units,
      numerator: missed[code] as number,
      unknownUnits: unknownUnits[code] as number,
    }))
    const rates = ratesOfCounts(own, { reference: 'rest', unitsMin: LEAST_POOR })
    return {
      breakdown: id,
      groups: rates
        .slice(0, groups)
        .map(({ group: code, units: _units, unknownUnits: _unknown, ...rate }) => ({ ...rate, group: labels[code] as Words })),
    }
  })
}

/**
 * What kept a household out, in the words of targeting errors; whoever the run was not about is not registered. A household is reached when one of
 * its persons is. `householdOf`: where persons are judged.
 */
function outcomesOf(householdOf: Uint32Array | null, { outcome }: UnitStates, { rows, welfare }: Measured): Uint8Array {
  const own = householdOf ? bestOfPersons(outcome, householdOf, rows.length) : outcome
  if (rows.length === welfare.length) return own
  const found = new Uint8Array(welfare.length).fill(targetingOutcomeCode('unregistered'))
  for (let row = 0; row < rows.length; row++) found[rows[row] as number] = own[row] as number
  return found
}

/** By household row; without a person nobody is eligible. */
function bestOfPersons(outcome: Uint8Array, householdOf: Uint32Array, households: number): Uint8Array {
  const best = new Uint8Array(households).fill(WORST)
  for (let person = 0; person < outcome.length; person++) {
    const rank = RANK[outcome[person] as number] as number
    const household = householdOf[person] as number
    if (rank < (best[household] as number)) best[household] = rank
  }
  const ineligible = targetingOutcomeCode('ineligible')
  for (let household = 0; household < best.length; household++) {
    const rank = best[household] as number
    best[household] = rank === WORST ? ineligible : (BY_RANK[rank] as number)
  }
  return best
}

/** From the best that can become of one of several persons to the least. */
const ORDER: readonly TargetingOutcome[] = [
  'selected',
  'no-budget',
  'no-place',
  'served-by-another',
  'past-threshold',
  'undetermined',
  'ineligible',
  'unregistered',
]
const BY_RANK = ORDER.map(targetingOutcomeCode)
const RANK = Uint8Array.from(BY_RANK, (_, code) => BY_RANK.indexOf(code))
const WORST = 255
