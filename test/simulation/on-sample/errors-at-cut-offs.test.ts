/** Errors of a formula at each of its cut-offs: by hand on ten rows, in either direction, thinned out where there are many, told where ten rows stand behind. */
import t from 'tap'
import { errorsAtCutOffs } from '../../../src/simulation/on-sample/errors-at-cut-offs.ts'
import { onSample } from '../../../src/simulation/on-sample/on-sample.ts'
import { toldSampleMeasures } from '../../../src/simulation/on-sample/told-sample.ts'
import { asOf, bundleWith, HOUSEHOLDS, opened, tenRows } from './ten-rows.ts'

const near = (found: number | null | undefined, wanted: number): boolean => Math.abs((found ?? NaN) - wanted) < 1e-12

t.test('by hand: rooms as the score of ten rows', async (t) => {
  const { baseline } = onSample(opened(tenRows()), { bundle: bundleWith(), asOf }, HOUSEHOLDS)
  const [rooms] = baseline.formulas.filter(({ formula }) => formula === 'welfare-ranking')
  t.same(rooms?.rows, { known: 10, poor: 5, withoutScore: 1 })
  t.same(
    rooms?.cutOffs.map(({ score, rows, poorRows }) => [score, rows, poorRows]),
    [
      [1_000_000, 2, 2],
      [2_000_000, 5, 4],
      [3_000_000, 7, 5],
      [4_000_000, 8, 5],
      [5_000_000, 9, 5],
    ],
  )
  const [one, two, three, , five] = rooms?.cutOffs ?? []
  t.ok(near(one?.households.coverage, 0.15) && near(one?.households.inclusionError, 0) && near(one?.households.exclusionError, 0.7))
  t.ok(near(one?.persons.exclusionError, 145 / 195))
  t.ok(near(two?.households.inclusionError, 0.2) && near(two?.households.exclusionError, 0.2) && near(two?.households.leakage, 0.2))
  t.ok(near(three?.households.exclusionError, 0))
  t.ok(near(five?.households.coverage, 0.9), 'who has no score is never selected')
  t.same(
    toldSampleMeasures(baseline, false).formulas.find(({ formula }) => formula === 'welfare-ranking')?.cutOffs,
    [],
    'fewer than ten rows',
  )
})

const many = 1_000
const point = Float64Array.from({ length: many }, (_, row) => row * 1_000)
const poor = Float64Array.from(point, (_, row) => Number(row < 300))
const ones = new Float64Array(many).fill(1)
const standing = { poor, households: ones, persons: ones }

t.test('many scores are thinned out, the last one stays', async (t) => {
  const { cutOffs } = errorsAtCutOffs('f', point, 'lowerIsPoorer', standing)
  t.ok(cutOffs.length >= 100 && cutOffs.length <= 101, `${cutOffs.length}`)
  t.match(cutOffs.at(-1), { score: 999_000, rows: many, households: { coverage: 1, exclusionError: 0 } })
  const perfect = cutOffs.filter(({ households }) => households.inclusionError === 0)
  t.ok(perfect.every(({ rows, poorRows }) => rows === poorRows && rows <= 300))
})

t.test('a formula that gives the poor more is cut from the other end', async (t) => {
  const turned = point.map((score) => -score)
  const [a, b] = [errorsAtCutOffs('f', point, 'lowerIsPoorer', standing), errorsAtCutOffs('f', turned, 'higherIsPoorer', standing)]
  t.same(
    b.cutOffs.map(({ score, ...rest }) => ({ ...rest, score: score === 0 ? 0 : -score })),
    a.cutOffs.map(({ score, ...rest }) => ({ ...rest, score })),
  )
})

t.test('unknown welfare and rows that stand for nobody are in no figure', async (t) => {
  const unknown = poor.slice()
  unknown[0] = NaN
  const weights = ones.slice()
  weights[1] = 0
  const found = errorsAtCutOffs('f', point, 'lowerIsPoorer', { poor: unknown, households: weights, persons: weights })
  t.same(found.rows, { known: many - 2, poor: 298, withoutScore: 0 })
  t.equal(found.cutOffs.at(-1)?.rows, many - 2)
})
