/** Transitions: a matrix by hand, and sums that lose nobody and no money. */
import fc from 'fast-check'
import t from 'tap'
import { type Compared, type TransitionMatrix, transitions, transitionsByGroup } from '../../../src/simulation/measures/transitions.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { shuffled } from './populations.ts'

const cell = (matrix: TransitionMatrix, before: number, after: number) => matrix.find((one) => one.before === before && one.after === after)

t.test('by hand: two statuses, persons, money gained and lost, an unknown amount', async (t) => {
  const compared: Compared = {
    before: Uint8Array.of(0, 0, 1, 1, 1),
    after: Uint8Array.of(1, 1, 0, 1, 1),
    statuses: 2,
    persons: Uint8Array.of(3, 4, 5, 6, 7),
    benefit: { before: Float64Array.of(0, 0, 80, 80, 80), after: Float64Array.of(90, NaN, 0, 100, 50) },
  }
  const matrix = transitions(compared)
  t.equal(matrix.length, 4)
  t.same(matrix[1], { before: 0, after: 1, units: 2, persons: 7, gained: 90, lost: 0, unknownBenefitUnits: 1 })
  t.match(cell(matrix, 1, 0), { units: 1, persons: 5, gained: 0, lost: 80 })
  t.match(cell(matrix, 1, 1), { units: 2, persons: 13, gained: 20, lost: 30 })
  t.match(cell(matrix, 0, 0), { units: 0, persons: 0, gained: 0, lost: 0 })
  const [first, second] = transitionsByGroup(compared, Uint8Array.of(0, 1, 1, 0, 1), 2) as [TransitionMatrix, TransitionMatrix]
  t.match(cell(first, 1, 1), { units: 1, gained: 20, lost: 0 })
  t.match(cell(second, 1, 1), { units: 1, gained: 0, lost: 30 })
})

t.test('without persons each counts as one, without benefits there is no money; codes beyond are refused', async (t) => {
  const compared = { before: Uint8Array.of(0), after: Uint8Array.of(1), statuses: 2 }
  t.match(transitions(compared)[1], { units: 1, persons: 1, gained: 0, lost: 0, unknownBenefitUnits: 0 })
  t.throws(() => transitions({ ...compared, statuses: 1 }), /the statuses 0 and 1, group 0/)
  t.throws(() => transitionsByGroup(compared, Uint8Array.of(2), 2), RangeError)
  const fractions = { before: Float64Array.of(0), after: Float64Array.of(0.5) }
  t.throws(() => transitions({ ...compared, benefit: fractions }), /not a whole number/)
})

t.test('margins are the statuses before and after, in every breakdown; gains less losses are the change of the money; order', async () => {
  const unit = fc.record({
    before: fc.nat(3),
    after: fc.nat(3),
    persons: fc.integer({ min: 0, max: 9 }),
    was: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    is: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    group: fc.nat(2),
  })
  type Unit = { before: number; after: number; persons: number; was: number; is: number; group: number }
  const matrices = (units: readonly Unit[]): readonly TransitionMatrix[] => {
    const compared: Compared = {
      before: Uint8Array.from(units, ({ before }) => before),
      after: Uint8Array.from(units, ({ after }) => after),
      statuses: 4,
      persons: Uint8Array.from(units, ({ persons }) => persons),
      benefit: { before: Float64Array.from(units, ({ was }) => was), after: Float64Array.from(units, ({ is }) => is) },
    }
    return [
      transitions(compared),
      ...transitionsByGroup(
        compared,
        Uint8Array.from(units, ({ group }) => group),
        3,
      ),
    ]
  }
  const text = (value: unknown): string => JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one))
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 30 }), fc.integer(), (units, seed) => {
      const [all, ...groups] = matrices(units) as [TransitionMatrix, ...TransitionMatrix[]]
      const count = (matrix: TransitionMatrix, name: 'before' | 'after', status: number): number =>
        matrix.filter((one) => one[name] === status).reduce((sum, one) => sum + one.units, 0)
      const money = (matrix: TransitionMatrix): bigint => matrix.reduce((sum, { gained, lost }) => sum + BigInt(gained) - BigInt(lost), 0n)
      return (
        [0, 1, 2, 3].every(
          (status) =>
            count(all, 'before', status) === units.filter(({ before }) => before === status).length &&
            count(all, 'after', status) === units.filter(({ after }) => after === status).length,
        ) &&
        all.every(
          (one, i) =>
            one.units === groups.reduce((sum, matrix) => sum + (matrix[i]?.units as number), 0) &&
            one.persons === groups.reduce((sum, matrix) => sum + (matrix[i]?.persons as number), 0),
        ) &&
        money(all) === units.reduce((sum, { was, is }) => sum + BigInt(is) - BigInt(was), 0n) &&
        money(all) === groups.reduce((sum, matrix) => sum + money(matrix), 0n) &&
        text(matrices(units)) === text(matrices(shuffled(units, seed)))
      )
    }),
    propertyRuns(200, 918),
  )
})
