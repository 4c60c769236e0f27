/** Counts of filters in bulk are those of the plain reference, unit by unit. */
import t from 'tap'
import { bulkOf } from '../../../src/determinations/bulk/bulk-bundle.ts'
import { countFilters, filtersOf, NOT_COUNTED, POOR } from '../../../src/determinations/bulk/filters.ts'
import { judgeNation, scoreNation } from '../../../src/determinations/bulk/judge-nation.ts'
import { newColumns, newScores } from '../../../src/determinations/bulk/nation.ts'
import type { FactValues } from '../../../src/language/fact-space.ts'
import { truthOfNode } from '../../../src/language/condition/interpret.ts'
import { shippedBundle } from '../../../src/programmes/shipped-bundle.ts'
import { type Keyed, keyedAt, type KeyedCounts, keyedSum, NO_UNITS } from '../../../src/kernel/keyed-counts.ts'
import { seeded } from '../../bench/support/random-household.ts'
import { randomNation } from './random-nation.ts'

const { bundle } = shippedBundle()
if (!bundle) throw new Error('the shipped files do not check')
const HOUSEHOLDS = 1_300
const joined = (a: Float64Array, b: Float64Array): Float64Array => Float64Array.from([...a, ...b])

t.test('as the reference says of each unit', (t) => {
  const { nation, households } = randomNation(bundle.catalogue, HOUSEHOLDS, 26)
  const random = seeded(11)
  const standing = Uint8Array.from({ length: HOUSEHOLDS }, () => Math.floor(random() * 3))
  const all = { from: 0, to: HOUSEHOLDS }
  const scores = newScores(bundle, HOUSEHOLDS)
  scoreNation(bundle, nation.households, all, scores)
  const columns = newColumns(bundle, { households: HOUSEHOLDS, persons: nation.householdOf.length })
  judgeNation(bundle, nation, { scores, ranks: null }, all, columns)
  const before = columns.map(({ truth }) => truth.slice())
  const places = bundle.programmes.map((_, place) => place)
  const keys = Uint32Array.from({ length: HOUSEHOLDS }, () => Math.floor(random() * 2 ** 32))
  const counts = countFilters(bundle, { nation, scores, ranks: null, columns, standing, keys }, places)
  t.same(
    columns.map(({ truth }) => truth),
    before,
    'what was judged stands as it was',
  )
  const counted = { programmes: 0, alone: 0 }
  bundle.programmes.forEach(({ id, programme, rule: { condition } }, place) => {
    // Scores, ranks and statuses are set by the judging itself.
    if (bulkOf(bundle).programmes[place]?.computed.length !== 0) return
    counted.programmes++
    const root = condition.root
    if (root.kind !== 'all') return t.fail(`${id} is no conjunction`)
    const nodes = root.children
    t.equal(filtersOf(bundle)[place]?.length, nodes.length)
    const units: readonly (readonly [household: number, values: FactValues])[] = households.flatMap(({ household, members }, row) =>
      programme.source.unit === 'household'
        ? [[row, household] as const]
        : members.map(({ facts }) => [row, { lo: joined(facts.lo, household.lo), hi: joined(facts.hi, household.hi) }] as const),
    )
    const nobody = () => nodes.map(() => ({ units: 0, key: 0 }))
    const wanted = { fails: nobody(), alone: nobody(), poorFails: nobody(), poorAlone: nobody() }
    for (const [row, values] of units) {
      if (standing[row] === NOT_COUNTED) continue
      const truths = nodes.map((node) => truthOfNode(node, values))
      truths.forEach((truth, filter) => {
        if (truth !== 0) return
        const alone = truths.every((other, at) => at === filter || other === 2)
        const add = (sums: Keyed[]): void =>
          void (sums[filter] = keyedSum([sums[filter] ?? NO_UNITS, { units: 1, key: keys[row] as number }]))
        add(wanted.fails)
        if (alone) add(wanted.alone)
        if (standing[row] !== POOR) return
        add(wanted.poorFails)
        if (alone) add(wanted.poorAlone)
      })
    }
    const { fails, alone, poorFails, poorAlone } = counts[place] as (typeof counts)[number]
    const all = (counted: KeyedCounts) => nodes.map((_, filter) => keyedAt(counted, filter))
    t.same({ fails: all(fails), alone: all(alone), poorFails: all(poorFails), poorAlone: all(poorAlone) }, wanted, id)
    counted.alone += keyedSum(wanted.alone).units
  })
  t.ok(counted.programmes >= 3 && counted.alone > 20, JSON.stringify(counted))
  t.end()
})
