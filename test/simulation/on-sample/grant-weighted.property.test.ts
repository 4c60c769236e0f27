/** Places given to rows of many households, against an allocation of single ones: the same where a row is one household, and between bounds where it is not. */
import fc from 'fast-check'
import t from 'tap'
import { grantWeighted, type WeightedTerms } from '../../../src/simulation/on-sample/grant-weighted.ts'
import { allocate, type Quotas } from '../../../src/targeting/allocate.ts'
import { statusCode } from '../../../src/targeting/outcome.ts'
import { allRows } from '../../../src/targeting/sort-rows.ts'
import { tieBreakOfCycle } from '../../../src/targeting/tie-break.ts'
import { propertyRuns } from '../../support/property-runs.ts'

const AREAS = 3
const unit = fc.record({ cost: fc.integer({ min: 1, max: 9 }), area: fc.integer({ min: 0, max: AREAS - 1 }) })
const quotas: fc.Arbitrary<Quotas | undefined> = fc.option(
  fc.record({
    method: fc.constantFrom('absolute' as const, 'proportional' as const),
    areas: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: AREAS, maxLength: AREAS }),
    leftOver: fc.constantFrom('none' as const, 'nationalOrder' as const),
  }),
  { nil: undefined },
)
const made = fc.record({
  units: fc.array(unit, { minLength: 1, maxLength: 30 }),
  places: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
  budget: fc.option(fc.integer({ min: 0, max: 150 }), { nil: undefined }),
  quotas,
})
type Units = readonly { readonly cost: number; readonly area: number }[]

/** Every unit stands for `times` households, in the order that it stands in. */
const granted = (units: Units, terms: WeightedTerms, times = 1) =>
  grantWeighted(
    {
      rows: allRows(units.length),
      group: allRows(units.length),
      households: new Float64Array(units.length).fill(times),
      cost: Float64Array.from(units, ({ cost }) => cost),
      area: Uint8Array.from(units, ({ area }) => area),
    },
    terms,
  )

function allocated(units: Units, { places, budget, quotas: own }: WeightedTerms): boolean[] {
  const { length } = units
  const answer = allocate(
    {
      score: new Float64Array(length),
      area: Uint8Array.from(units, ({ area }) => area),
      benefit: Float64Array.from(units, ({ cost }) => cost),
      excluded: new Uint8Array(length),
      enrolled: new Uint8Array(length),
      undeterminedMonths: new Float64Array(length).fill(NaN),
    },
    {
      direction: 'lowerIsPoorer',
      needsScore: false,
      waitlistLength: 0,
      keys: [{ values: Float64Array.from(units, (_, row) => row), descending: false }],
      tieBreak: tieBreakOfCycle(
        'x',
        Float64Array.from(units, (_, row) => row + 1),
      ),
      ...(places === undefined ? {} : { places }),
      ...(budget === undefined ? {} : { budget }),
      ...(own === undefined ? {} : { quotas: own }),
    },
  )
  if (!answer.ok) throw new Error('nobody is enrolled')
  return Array.from(answer.allocation.status, (status) => status === statusCode('selected'))
}

t.test('without quotas a row of one household gets what an allocation gives it', async (t) => {
  fc.assert(
    fc.property(made, ({ units, places, budget }) => {
      const { selected, spent } = granted(units, { places, budget })
      const whole = allocated(units, { places, budget })
      // The last one can get the rest of a budget that does not pay for it whole.
      return (
        Array.from(selected).filter((share) => share > 1e-9 && share < 1 - 1e-9).length <= 1 &&
        whole.every((isSelected, row) => isSelected === (selected[row] as number) > 1 - 1e-9) &&
        spent <= (budget ?? Infinity) * (1 + 1e-9)
      )
    }),
    propertyRuns(300, 4700),
  )
  t.pass('held')
})

t.test('with quotas no area gets a place more or less than whole places round to', async (t) => {
  fc.assert(
    fc.property(made, ({ units, places, quotas: own }) => {
      if (!own || own.leftOver !== 'none') return true
      const { selected } = granted(units, { places, quotas: own })
      const whole = allocated(units, { places, quotas: own })
      return Array.from({ length: AREAS }, (_, area) => {
        const [share, count] = units.reduce(
          ([s, c], one, row) => (one.area === area ? [s + (selected[row] as number), c + Number(whole[row])] : [s, c]),
          [0, 0],
        )
        return Math.abs(share - count) <= AREAS / 2
      }).every(Boolean)
    }),
    propertyRuns(300, 4701),
  )
  t.pass('held')
})

t.test('more places, or a larger budget, take nothing from anybody, and never more than there is is given', async (t) => {
  fc.assert(
    fc.property(made, fc.integer({ min: 1, max: 20 }), ({ units, places, budget, quotas: own }, more) => {
      const base = granted(units, { places, budget, quotas: own })
      const larger = [
        ...(places === undefined ? [] : [granted(units, { places: places + more, budget, quotas: own })]),
        ...(budget === undefined ? [] : [granted(units, { places, budget: budget + more, quotas: own })]),
      ]
      const held = base.selected.reduce((sum, share) => sum + share, 0)
      return (
        held <= (places ?? Infinity) + 1e-9 &&
        base.selected.every((share, row) => share >= 0 && share + (base.stopped[row] as number) <= 1 + 1e-9) &&
        larger.every(({ selected }) => selected.every((share, row) => share >= (base.selected[row] as number) - 1e-9))
      )
    }),
    propertyRuns(300, 4702),
  )
  t.pass('held')
})

t.test('equals share alike', async (t) => {
  const { selected, spent, stoppedByBudget } = grantWeighted(
    {
      rows: Uint32Array.of(2, 0, 1),
      group: Uint32Array.of(0, 1, 1),
      households: Float64Array.of(10, 30, 5),
      cost: Float64Array.of(2, 4, 1),
      area: new Uint8Array(3),
    },
    { places: 25 },
  )
  t.same(selected, Float64Array.of(1, 0.5, 0.5))
  t.same([spent, stoppedByBudget], [5 + 10 + 60, false])
})
