/** Selection that hangs on missing facts: every unit that a move of its score would change is flagged, and cases by hand. */
import fc from 'fast-check'
import t from 'tap'
import { dependsOnMissing } from '../../src/targeting/depends-on-missing.ts'
import { propertyRuns } from '../support/property-runs.ts'
import { dependsByMarks } from './support/depends-by-marks.ts'
import { allocationOf, columnsOf, programme as anyProgramme, type Programme, statusOf, termsOf } from './support/programme.ts'

type Interval = readonly [number, number]

function flagged(programme: Programme, intervals: readonly Interval[]): number[] | null {
  const allocation = allocationOf(programme)
  if (!allocation) return null
  const columns = columnsOf(programme.units)
  const bounds = { low: Float64Array.from(intervals, ([low]) => low), high: Float64Array.from(intervals, ([, high]) => high) }
  return [...dependsOnMissing(columns, columns.tier, bounds, termsOf(programme), allocation)]
}

/** Whether the unit is selected when its score is this and all else stays. */
function selectedAt(programme: Programme, row: number, score: number): boolean | null {
  const units = programme.units.map((unit, i) => (i === row ? { ...unit, score } : unit))
  const allocation = allocationOf({ ...programme, units })
  return allocation ? statusOf(allocation, row) === 'selected' : null
}

t.test('a unit whose selection changes at an end of its interval is flagged: places and quotas, without a budget', async () => {
  const widths = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), { minLength: 24, maxLength: 24 })
  fc.assert(
    fc.property(anyProgramme, widths, ({ budget: _, ...programme }, widths) => {
      // Proportional quotas without a number of places follow the number of candidates, which a move across a threshold changes.
      fc.pre(programme.places !== undefined || programme.quotas?.method !== 'proportional')
      const intervals = programme.units.map(({ score }, row): Interval => {
        const [below, above] = widths[row] as [number, number]
        return Number.isNaN(score) ? [below, below + above] : [score - below, score + above]
      })
      const flags = flagged(programme, intervals)
      if (!flags) return
      programme.units.forEach(({ score }, row) => {
        const now = statusOf(allocationOf(programme) as never, row) === 'selected'
        for (const end of intervals[row] as Interval) {
          const then = selectedAt(programme, row, end)
          if (then !== null && then !== now && flags[row] !== 1) throw new Error(`row ${row}, ${score} to ${end}, is not flagged`)
        }
      })
    }),
    propertyRuns(400, 31),
  )
})

t.test(
  'differential: each unit is flagged as its place, compared object by object, says: any terms, ties, unknown and certain scores',
  async (t) => {
    const end = fc.oneof({ arbitrary: fc.integer({ min: -1, max: 10 }), weight: 5 }, fc.constant(NaN))
    const ends = fc.array(fc.tuple(end, end), { minLength: 24, maxLength: 24 })
    let flaggedUnits = 0
    fc.assert(
      fc.property(anyProgramme, ends, (programme, ends) => {
        const allocation = allocationOf(programme)
        if (!allocation) return
        const columns = columnsOf(programme.units)
        const of = (at: 0 | 1): Float64Array => Float64Array.from(programme.units, (_, row) => ends[row]?.[at] ?? NaN)
        const asked = [columns, columns.tier, { low: of(0), high: of(1) }, termsOf(programme), allocation] as const
        const found = [...dependsOnMissing(...asked)]
        flaggedUnits += found.filter(Boolean).length
        if (String(found) !== String([...dependsByMarks(...asked)])) throw new Error(`${String(found)} is not what marks say`)
      }),
      propertyRuns(2000, 33),
    )
    t.ok(flaggedUnits > 0)
  },
)

const unit = { tier: 0, date: 1, area: 0, benefit: 1, excluded: false, enrolled: false, undeterminedMonths: NaN }
const base = { waitlistLength: 0, higherIsPoorer: false }
const queue = (...scores: readonly number[]) => scores.map((score, reference) => ({ ...unit, score, reference }))

t.test('by hand: two places, and four units whose scores reach past the cut-off or not', async (t) => {
  const programme = { ...base, units: queue(1, 3, 5, 8), places: 2 }
  const certain: Interval = [NaN, NaN]
  t.same(flagged(programme, [certain, certain, certain, certain]), [0, 0, 0, 0])
  t.same(
    flagged(programme, [
      [0, 4],
      [2, 6],
      [2, 9],
      [4, 9],
    ]),
    [0, 1, 1, 0],
  )
  t.same(flagged(programme, [[0, 5], certain, [3, 5], certain]), [1, 0, 1, 0], 'level with the cut-off: flagged')
})

t.test(
  'by hand: the thresholds flag too, an unknown score without bounds can be anything, and an exclusion does not hang on it',
  async (t) => {
    const thresholds = { entry: 5, exit: 7 }
    const scores: readonly Interval[] = [
      [1, 6],
      [5, 9],
      [6, 9],
      [5, 8],
      [6, 7],
      [NaN, NaN],
      [0, 9],
    ]
    const units = queue(1, 6, 7, 6, 7, NaN, 1).map((own, row) => ({ ...own, enrolled: row === 3 || row === 4, excluded: row === 6 }))
    t.same(flagged({ ...base, units, thresholds }, scores), [1, 1, 0, 1, 0, 1, 0])
  },
)
