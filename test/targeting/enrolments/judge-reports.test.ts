import fc from 'fast-check'
import t from 'tap'
import { judgeReports, referenceKey, transitions, unitKey } from '../../../src/targeting/enrolments/judge-reports.ts'
import type { Known } from '../../../src/targeting/enrolments/judge-reports.ts'
import { ENROLMENT_STATES } from '../../../src/targeting/enrolments/schema.ts'
import type { EnrolmentReport, EnrolmentState } from '../../../src/targeting/enrolments/schema.ts'

const programme = 'cash'
const households = [1, 2, 3]
const fresh: Known = {
  unitOf: new Map([[programme, 'household']]),
  others: new Set(),
  before: new Map(),
  standing: new Map(),
  units: new Set(households.map((householdRef) => unitKey({ programme, householdRef }))),
  today: '2026-12-31',
}
const reports: fc.Arbitrary<EnrolmentReport[]> = fc
  .array(fc.record({ householdRef: fc.constantFrom(...households), state: fc.constantFrom(...ENROLMENT_STATES), day: fc.nat(364) }), {
    maxLength: 30,
  })
  .map((rows) =>
    [...new Map(rows.map((row) => [row.day, row])).values()].map(({ householdRef, state, day }) => ({
      programme,
      householdRef,
      state,
      on: new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10),
      reference: `day-${day}`,
    })),
  )
const rowsOf = (all: readonly EnrolmentReport[]) => all.map((report) => ({ report }))
const standingOf = (moved: ReturnType<typeof judgeReports>['moved']) => new Map(moved.map((one) => [unitKey(one), [one.state, one.on]]))

t.test('the table: every state can be come to, and only who declined or exited starts again', async (t) => {
  const reached = new Set<EnrolmentState>()
  const walk = (from: EnrolmentState | 'none'): void => {
    for (const state of transitions[from]) {
      if (reached.has(state)) continue
      reached.add(state)
      walk(state)
    }
  }
  walk('none')
  t.same([...reached].toSorted(), [...ENROLMENT_STATES].toSorted())
  const restarts = ENROLMENT_STATES.filter((state) => transitions[state].includes('selected'))
  t.same(restarts, ['declined', 'exited'])
  for (const state of ENROLMENT_STATES) t.notOk(transitions[state].includes(state), `${state} twice`)
})

t.test('property: the order of a batch’s rows changes nothing', async () => {
  const shuffled = reports.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
  )
  fc.assert(
    fc.property(shuffled, ([all, other]) => {
      const [a, b] = [judgeReports(rowsOf(all), fresh), judgeReports(rowsOf(other), fresh)]
      t.same(standingOf(b.moved), standingOf(a.moved))
      t.same(new Set(b.stored.map(({ reference }) => reference)), new Set(a.stored.map(({ reference }) => reference)))
    }),
    { numRuns: 200, seed: 8 },
  )
})

t.test('property: applied reports of a unit are a way through the table; a batch sent again stores nothing', async () => {
  fc.assert(
    fc.property(reports, (all) => {
      const { stored, moved, fates } = judgeReports(rowsOf(all), fresh)
      for (const householdRef of households) {
        let state: EnrolmentState | 'none' = 'none'
        for (const one of stored.filter((report) => report.householdRef === householdRef && report.applied)) {
          if (!transitions[state].includes(one.state)) throw new Error(`${state} → ${one.state}`)
          state = one.state
        }
      }
      const again = judgeReports(rowsOf(all), {
        ...fresh,
        before: new Map(stored.map((one) => [referenceKey(one), one])),
        standing: new Map(moved.map((one) => [unitKey(one), { state: one.state, since: one.on }])),
      })
      // A refused report may now be late, or follow from the state that the others led to: it is no repetition.
      for (const [index, fate] of fates.entries()) if ('kept' in fate) t.match(again.fates[index], { kept: 'repeated', id: fate.id })
    }),
    { numRuns: 200, seed: 8 },
  )
})
