/** Truth of the rule and place on the list, put together into states of those that are not ineligible, and into what becomes of households. */
import t from 'tap'
import { householdOutcomes } from '../../src/simulation/household-outcomes.ts'
import type { MeasuredList } from '../../src/simulation/measure-tasks.ts'
import { type TargetingOutcome, targetingOutcomeCode } from '../../src/simulation/measures/targeting-outcome.ts'
import { monthlyTransfers } from '../../src/simulation/transfers.ts'
import { listedStates, outcomeOfReason, SELECTED, STATES, undeterminedRows, unitStates } from '../../src/simulation/unit-states.ts'
import { type Reason, REASONS, reasonCode, type Status, statusCode, STATUSES } from '../../src/targeting/outcome.ts'
import { propertyRuns } from '../support/property-runs.ts'
import { type Draw, drawFrom } from '../support/random-draw.ts'

interface Listed {
  readonly row: number
  readonly status: Status
  readonly reason: Reason
  readonly benefit: number
}

const measured = (truth: readonly number[], listed: readonly Listed[], byPerson = false, benefitScale = 3): MeasuredList =>
  ({
    truth: Uint8Array.from(truth),
    list: {
      programme: 'cash',
      household: Uint32Array.from(listed, ({ row }) => (byPerson ? row + 100 : row)),
      person: byPerson ? Uint32Array.from(listed, ({ row }) => row) : null,
      benefit: Float64Array.from(listed, ({ benefit }) => benefit),
      benefitScale,
      allocation: {
        status: Uint8Array.from(listed, ({ status }) => statusCode(status)),
        reason: Uint8Array.from(listed, ({ reason }) => reasonCode(reason)),
      },
    },
  }) as unknown as MeasuredList

/** Rows 0 to 6: false, unknown, four eligible, and one unknown that holds a place. */
const TRUTH = [0, 1, 2, 2, 2, 2, 1]
const LISTED: readonly Listed[] = [
  { row: 2, status: 'selected', reason: 'within-quota', benefit: 40 },
  { row: 3, status: 'left-out', reason: 'benefit-unknown', benefit: NaN },
  { row: 4, status: 'waitlisted', reason: 'no-places', benefit: 60 },
  { row: 5, status: 'selected', reason: 'left-over-place', benefit: 70 },
  { row: 6, status: 'selected', reason: 'enrolled-kept-undetermined', benefit: 80 },
]

for (const byPerson of [false, true])
  t.test(byPerson ? 'by person' : 'by household', async (t) => {
    const one = measured(TRUTH, LISTED, byPerson)
    const { rows, state, benefit } = unitStates(one)
    t.same([...rows], [1, 2, 3, 4, 5, 6])
    t.same(
      [...state].map((code) => STATES[code]),
      ['undetermined', 'selected', 'left-out', 'waitlisted', 'selected', 'selected'],
    )
    t.same([...benefit], [0, 40, 0, 0, 70, 80], 'only the selected are paid; what is unknown is paid to nobody')
    t.same([...one.truth], TRUTH, 'the columns are not written into')
  })

t.test('amounts are thousandths, whatever the scale of the benefit', async (t) => {
  const amounts = (scale: number): number[] => [...unitStates(measured(TRUTH, LISTED, false, scale)).benefit]
  t.same(amounts(2), [0, 400, 0, 0, 700, 800])
  t.same(amounts(4), [0, 4, 0, 0, 7, 8])
})

t.test('the last state is the selected one, an empty list leaves truths, and the ineligible are on no list', async (t) => {
  t.equal(SELECTED, 4)
  const { rows, state } = unitStates(measured([0, 1], []))
  t.same([...rows, ...state], [1, 1])
  t.throws(() => unitStates(measured([0, 1, 0], LISTED.slice(0, 1))), /on the list of cash and not eligible/)
})

/** From the best that can become of one of several persons to the least. */
const BEST_FIRST: readonly TargetingOutcome[] = [
  ...(['selected', 'no-budget', 'no-place', 'served-by-another', 'past-threshold', 'undetermined', 'ineligible'] as const),
]

const draws = (draw: Draw, units: number) => {
  const truth = Array.from({ length: units }, () => draw.between(0, 2))
  const listed = truth.flatMap((one, row): Listed[] =>
    one === 2 || (one === 1 && draw.happens(0.3))
      ? [{ row, status: draw.pick([...STATUSES]), reason: draw.pick([...REASONS]), benefit: draw.between(0, 90) * 500 }]
      : [],
  )
  return { truth, listed }
}

t.test('random lists of persons and households: the best of its persons is the household’s, and their money adds up', async (t) => {
  const { numRuns, seed } = propertyRuns(60, 12)
  for (let run = 0; run < numRuns; run++) {
    const draw = drawFrom(seed + run)
    const byPerson = draw.happens(0.5)
    const sizes = Array.from({ length: draw.between(0, 12) }, () => (byPerson ? draw.between(0, 4) : 1))
    const householdOf = sizes.flatMap((size, household) => Array.from({ length: size }, () => household))
    const { truth, listed } = draws(draw, householdOf.length)
    const one = measured(truth, listed, byPerson)
    const judged = { states: listedStates(one.list), householdOf: byPerson ? Uint32Array.from(householdOf) : null }
    const undetermined = new Uint8Array(sizes.length)
    for (const row of undeterminedRows(one)) undetermined[householdOf[row] as number] = 1
    const months = draw.pick([1, 3, 12])
    // Those of the run stand among others in the snapshot.
    const rows = Uint32Array.from(sizes, (_, household) => 2 * household + 1)
    const outcomeOf = (row: number): TargetingOutcome => {
      const own = listed.find((one) => one.row === row)
      return own ? outcomeOfReason(own.reason) : truth[row] === 1 ? 'undetermined' : 'ineligible'
    }
    const units = sizes.map((_, household) => [...householdOf.keys()].filter((row) => householdOf[row] === household))
    const best = units.map((members) => BEST_FIRST.find((outcome) => members.some((row) => outcomeOf(row) === outcome)) ?? 'ineligible')
    const { households, outcome } = householdOutcomes(judged, undetermined)
    const told = new Map([...households].map((household, at) => [household, outcome[at]]))
    t.equal(told.size, households.length, 'each household once')
    for (const [household, wanted] of best.entries())
      t.equal(
        told.get(household) ?? targetingOutcomeCode(undetermined[household] === 1 ? 'undetermined' : 'ineligible'),
        targetingOutcomeCode(wanted),
        `seed ${seed + run}`,
      )
    const paid = units.flatMap((members, household) => {
      const sum = listed
        .filter((one) => members.includes(one.row) && one.status === 'selected')
        .reduce((total, { benefit }) => total + Math.round(benefit / months), 0)
      return sum === 0 ? [] : [[2 * household + 1, sum]]
    })
    const { rows: found, amounts } = monthlyTransfers(judged, months, { rows })
    t.same(
      [...found].map((row, at) => [row, amounts[at]]),
      paid,
      `seed ${seed + run}`,
    )
  }
})
