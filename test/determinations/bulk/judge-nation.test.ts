/** Differential: judging in bulk gives, for every household and member, what the online judge gives one at a time. */
import t from 'tap'
import { readersOfRanks, scoredFormulas } from '../../../src/determinations/bulk/bulk-bundle.ts'
import { judgeNation, scoreNation } from '../../../src/determinations/bulk/judge-nation.ts'
import { NO_AREA, NO_TIER, newColumns, newScores } from '../../../src/determinations/bulk/nation.ts'
import type { NationColumns, NationRanks, NationScores } from '../../../src/determinations/bulk/nation.ts'
import type { Bundle, CompiledProgramme } from '../../../src/programmes/bundle.ts'
import { shippedBundle } from '../../../src/programmes/shipped-bundle.ts'
import { seeded } from '../../bench/support/random-household.ts'
import { propertyRuns, tellCount } from '../../support/property-runs.ts'
import { entangledBundle } from './entangled-bundle.ts'
import { compareWithOnline } from './online-reference.ts'
import { randomNation } from './random-nation.ts'
import type { RandomNation } from './random-nation.ts'

const { bundle: shipped } = shippedBundle()
if (!shipped) throw new Error('the shipped files do not check')

t.test('scores, truths, benefits, tiers, areas and order facts are those of the online judge', async (t) => {
  const { numRuns, seed } = propertyRuns(2100, 11)
  for (const bundle of [shipped, entangledBundle()]) {
    const random = randomNation(bundle.catalogue, numRuns, seed)
    for (const ranked of [false, true]) {
      const ranks = ranked ? randomRanks(bundle, numRuns) : null
      const { scores, columns } = judged(bundle, random, ranks, [0, numRuns])
      const { differences, ...seen } = compareWithOnline(bundle, random, { scores, columns, ranks })
      t.same(differences.slice(0, 3), [])
      tellCount(seen.units, 'units judged in bulk and online', seed)
      t.ok(seen.units > numRuns * 7 && seen.truths.every((count) => count > 100), `truths ${seen.truths.join(' ')}`)
      t.ok(seen.tiers > 100 && seen.unknownBenefits > 100 && seen.pointless < numRuns)
    }
  }
})

t.test('splitting the rows in any way gives the same bytes', async (t) => {
  const bundle = entangledBundle()
  const random = randomNation(bundle.catalogue, 2200, 5)
  const ranks = randomRanks(bundle, 2200)
  const whole = bytesOf(judged(bundle, random, ranks, [0, 2200]))
  const draw = seeded(3)
  for (let time = 0; time < 8; time++) {
    const cuts = Array.from({ length: 1 + Math.floor(draw() * 6) }, () => Math.floor(draw() * 2200))
    const split = judged(bundle, random, ranks, [0, ...cuts.toSorted((a, b) => a - b), 2200], time % 2 === 0)
    t.ok(bytesOf(split).equals(whole), `cut at ${cuts.join(', ')}`)
  }
})

t.test('a range leaves all other rows alone, and rows that nobody judged are unknown', async (t) => {
  const random = randomNation(shipped.catalogue, 60, 8)
  const { columns } = judged(shipped, random, null, [20, 30])
  for (const { unit, truth, benefit, tier, area } of columns) {
    const first = unit === 'household' ? 20 : (random.nation.firstMember[20] as number)
    t.ok(truth.subarray(0, first).every((value) => value === 1))
    t.ok(benefit.subarray(0, first).every((value) => Number.isNaN(value)))
    t.ok(tier.subarray(0, first).every((value) => value === NO_TIER))
    t.ok((area ?? new Uint8Array(0)).subarray(0, first).every((value) => value === NO_AREA))
  }
})

t.test('the arrays are shared, and the bundle says who needs ranks', async (t) => {
  t.ok(newScores(shipped, 3).every(({ point }) => point.buffer instanceof SharedArrayBuffer))
  const readers = [...readersOfRanks(shipped)].map((place) => shipped.programmes[place]?.id)
  t.same(readers, ['in-kind'], 'a shipped rule reads the percentile')
  const [cash] = shipped.programmes.filter(({ id }) => id === 'unified-cash-transfer')
  t.equal(readersOfRanks({ ...shipped, programmes: [cash as CompiledProgramme] }).size, 0)
  t.equal(scoredFormulas(shipped).length, 1)
})

/** Scores and judges the ranges between the cuts, in order or from the last to the first. */
function judged(
  bundle: Bundle,
  { nation, households }: RandomNation,
  ranks: NationRanks | null,
  cuts: readonly number[],
  backwards = false,
) {
  const scores = newScores(bundle, households.length)
  const columns = newColumns(bundle, { households: nation.firstMember.length - 1, persons: nation.householdOf.length })
  const ranges = cuts.slice(1).map((to, index) => ({ from: cuts[index] as number, to }))
  if (backwards) ranges.reverse()
  for (const range of ranges) scoreNation(bundle, nation.households, range, scores)
  for (const range of ranges) judgeNation(bundle, nation, { scores, ranks }, range, columns)
  return { scores, columns }
}

function bytesOf({ scores, columns }: { scores: NationScores; columns: NationColumns }): Buffer {
  const arrays = [
    ...scores.flatMap(({ point, lo, hi }) => [point, lo, hi]),
    ...columns.flatMap(({ truth, benefit, tier, area, orderFacts }) => [truth, benefit, tier, area ?? new Uint8Array(0), ...orderFacts]),
  ]
  return Buffer.concat(arrays.map(({ buffer }) => new Uint8Array(buffer)))
}

/** By formula a ranking of its own; 0 where a household has none. */
function randomRanks(bundle: Bundle, households: number): NationRanks {
  const random = seeded(29)
  return scoredFormulas(bundle).map(() => {
    const rank = Uint32Array.from({ length: households }, () => (random() < 0.1 ? 0 : 1 + Math.floor(random() * 2_000_000)))
    return { rank, percentile: Uint8Array.from(rank, (value) => (value === 0 ? 0 : 1 + Math.floor(random() * 100))) }
  })
}
