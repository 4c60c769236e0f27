import t from 'tap'
import { scoredFormulas } from '../../../src/determinations/bulk/bulk-bundle.ts'
import { checkSample } from '../../../src/determinations/bulk/check-sample.ts'
import type { Judged } from '../../../src/determinations/bulk/check-sample.ts'
import { judgeNation, scoreNation } from '../../../src/determinations/bulk/judge-nation.ts'
import { newColumns, newScores } from '../../../src/determinations/bulk/nation.ts'
import type { Nation } from '../../../src/determinations/bulk/nation.ts'
import { sampleUnits } from '../../../src/determinations/bulk/sample-units.ts'
import type { Bundle } from '../../../src/programmes/bundle.ts'
import { shippedBundle } from '../../../src/programmes/shipped-bundle.ts'
import { AS_OF, seeded } from '../../bench/support/random-household.ts'
import { entangledBundle } from './entangled-bundle.ts'
import { randomNation } from './random-nation.ts'

const { bundle: shipped } = shippedBundle()
if (!shipped) throw new Error('the shipped files do not check')
const HOUSEHOLDS = 40
const rows = Uint32Array.from({ length: HOUSEHOLDS }, (_, row) => row)

function judged(bundle: Bundle, nation: Nation, ranked: boolean): Judged {
  const all = { from: 0, to: HOUSEHOLDS }
  const scores = newScores(bundle, HOUSEHOLDS)
  scoreNation(bundle, nation.households, all, scores)
  const random = seeded(4)
  const ranking = () => {
    const percentile = Uint8Array.from(rows, () => Math.floor(random() * 101))
    return { rank: Uint32Array.from(percentile, (value) => value * 1000), percentile }
  }
  const ranks = ranked ? scoredFormulas(bundle).map(ranking) : null
  const columns = newColumns(bundle, { households: nation.firstMember.length - 1, persons: nation.householdOf.length })
  judgeNation(bundle, nation, { scores, ranks }, all, columns)
  return { scores, ranks, columns }
}

t.test('a sound run and both online engines agree, with ranks and without, by one formula and by two', async (t) => {
  for (const bundle of [shipped, entangledBundle()]) {
    const { nation } = randomNation(bundle.catalogue, HOUSEHOLDS, 21)
    t.same(await checkSample(bundle, nation, judged(bundle, nation, false), rows, AS_OF), [])
    t.same(await checkSample(bundle, nation, judged(bundle, nation, true), rows, AS_OF), [])
  }
})

t.test('a planted disagreement is found, where it is, and only in the sample', async (t) => {
  const { nation } = randomNation(shipped.catalogue, HOUSEHOLDS, 22)
  const row = rows.findLast((one) => (nation.firstMember[one + 1] as number) > (nation.firstMember[one] as number)) as number
  const person = nation.firstMember[row] as number
  const sound = judged(shipped, nation, true)
  for (const column of sound.columns) {
    const at = column.unit === 'person' ? person : row
    const truth = column.truth[at] as number
    column.truth[at] = 2 - truth === truth ? 2 : 2 - truth
    const found = await checkSample(shipped, nation, sound, rows, AS_OF)
    t.same(
      found.map(({ programme, householdRow, personRow, about, bulk }) => [programme, householdRow, personRow, about, bulk]),
      ['truth', 'opinion'].map((about) => [column.programme, row, column.unit === 'person' ? at : null, about, column.truth[at]]),
    )
    t.same(await checkSample(shipped, nation, sound, rows.subarray(0, row), AS_OF), [])
    column.truth[at] = truth
  }
  const { lo } = sound.scores[0] as Judged['scores'][number]
  lo[row] = (lo[row] as number) - 1
  const found = await checkSample(shipped, nation, sound, [row], AS_OF)
  t.ok(found.length >= 7 && found.every(({ about, bulk, online }) => about === 'lo' && bulk === (online as number) - 1))
})

t.test('an engine that thinks otherwise, or fails, is a disagreement', async (t) => {
  const { nation } = randomNation(shipped.catalogue, HOUSEHOLDS, 23)
  const sound = judged(shipped, nation, false)
  const failing: Bundle = {
    ...shipped,
    opinions: shipped.opinions.map((group) => ({ ...group, ask: async () => Promise.reject(new Error('down')) })),
  }
  const found = await checkSample(failing, nation, sound, [0], AS_OF)
  t.ok(found.some(({ about, online }) => about === 'opinion' && online === null))
})

t.test('the sample hangs on cycle and references alone', async (t) => {
  const references = Float64Array.from({ length: 5000 }, (_, i) => i * 7 + 2 ** 40)
  const named = (rowsOf: Uint32Array, from: Float64Array): number[] =>
    [...rowsOf].map((row) => from[row] as number).toSorted((a, b) => a - b)
  const sample = sampleUnits('2026-Q4', references, 200)
  t.equal(new Set(sample).size, 200)
  t.strictSame(sample, sampleUnits('2026-Q4', references, 200))
  t.strictSame(sample, sample.slice().sort())
  const turned = references.slice().reverse()
  t.same(named(sampleUnits('2026-Q4', turned, 200), turned), named(sample, references), 'rows in another order')
  const smaller = named(sampleUnits('2026-Q4', references, 50), references)
  t.ok(
    smaller.every((reference) => named(sample, references).includes(reference)),
    'a smaller sample is part of a larger one',
  )
  const other = new Set(sampleUnits('2027-Q1', references, 200))
  t.ok(sample.filter((row) => other.has(row)).length < 40, 'another cycle is another sample')
  const tenths = Array.from({ length: 10 }, () => 0)
  for (const row of sampleUnits('2026-Q4', references, 1000)) tenths[Math.floor(row / 500)] = (tenths[Math.floor(row / 500)] ?? 0) + 1
  t.ok(
    tenths.every((count) => count > 60 && count < 140),
    `spread over the nation: ${tenths.join(' ')}`,
  )
  t.equal(sampleUnits('c', references, 9000).length, 5000)
  t.equal(sampleUnits('c', new Float64Array(0), 10).length, 0)
  t.equal(sampleUnits('c', references, 0).length, 0)
})
