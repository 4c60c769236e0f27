/** Poverty rates from a table of likelihoods, by hand. */
import t from 'tap'
import { likelihoodRate, likelihoodsByGroup, likelihoodTables, sumLikelihoods } from '../../src/simulation/likelihood-rates.ts'
import type { MeasuringBasis } from '../../src/simulation/measure-tasks.ts'
import { povertyRatesByGroup } from '../../src/simulation/measures/poverty-rate-of-likelihoods.ts'
import { shipped } from '../rules/real-rows.ts'

const words = (text: string) => ({ en: text, ar: text })
const card = shipped.formulas.find(({ formula }) => formula.id === 'jordan-poverty-scorecard-2010')
const [table] = card ? likelihoodTables(card.formula) : []

// Sixty households in the north of 2, half at 12 points and half at 30; fifty in the south of 4 at 5 points, and ten without a score; one of unknown place.
const households = [
  ...Array.from({ length: 60 }, (_, at) => ({ group: 0, persons: 2, points: at < 30 ? 12 : 30 })),
  ...Array.from({ length: 60 }, (_, at) => ({ group: 1, persons: 4, points: at < 50 ? 5 : NaN })),
  { group: 255, persons: 7, points: -1 },
  { group: 255, persons: 7, points: 0 },
]
const area = {
  id: 'area',
  label: words('area'),
  codes: Uint8Array.from(households, ({ group }) => group),
  groups: 2,
  labels: ['north', 'south'].map(words),
}
const persons = Uint32Array.from(households, (one) => one.persons)
const basis = {
  breakdowns: [area],
  persons,
  keys: persons,
  householdOf: persons,
  orders: [],
  measured: null,
} satisfies MeasuringBasis

t.test('the published card: 63.7% from 10 points on, 7.7% from 30, 65.7% from 5; below the first row nothing is known', async (t) => {
  if (!table) throw new Error('the card has a table of likelihoods')
  const points = Float64Array.from(households, (one) => one.points * 1e6)
  const sums = sumLikelihoods(basis, points, table)
  t.match(likelihoodsByGroup(sums, [area]), [
    {
      breakdown: 'area',
      groups: [
        { group: words('north'), tooSmall: false, rate: (0.637 + 0.077) / 2 },
        { group: words('south'), tooSmall: false, rate: 0.657 },
      ],
    },
  ])
  t.same(sums.by['area']?.[2], { households: 1, persons: 7, sum: 7 * 86_700_000 })
  const likelihoods = Float64Array.from(households, (one) =>
    Number.isNaN(one.points) || one.points < 0 ? NaN : { 12: 0.637, 30: 0.077, 5: 0.657, 0: 0.867 }[one.points as 12],
  )
  const [north, south] = povertyRatesByGroup(
    likelihoods,
    area.codes.map((code) => Math.min(code, 2)),
    3,
    persons,
  )
  t.ok(Math.abs((north?.rate ?? 0) - (0.637 + 0.077) / 2) < 1e-12 && Math.abs((south?.rate ?? 0) - 0.657) < 1e-12)
  t.ok(Math.abs((likelihoodRate(sums.all) ?? 0) - (60 * 2 * 0.357 + 200 * 0.657 + 7 * 0.867) / (120 + 200 + 7)) < 1e-12)
})

t.test('of few households nothing is said, and another table is none of likelihoods', async (t) => {
  t.equal(likelihoodRate({ households: 49, persons: 200, sum: 1 }), null)
  t.same(likelihoodsByGroup({ all: { households: 0, persons: 0, sum: 0 }, by: {} }, [area]), [{ breakdown: 'area', groups: [] }])
  if (!table) return
  t.same(
    likelihoodTables({
      tables: [
        { ...table, unit: 'points' },
        { ...table, values: [100_000_001] },
      ],
    }),
    [],
  )
})
