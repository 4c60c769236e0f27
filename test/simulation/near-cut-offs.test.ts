/** Who stands near the cut-off of their own area and tier: by hand, and held against a walk through the programme's order. */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { NO_TIER } from '../../src/determinations/bulk/nation.ts'
import { type NearContest, nearContests, withinOf } from '../../src/simulation/near-cut-offs.ts'
import { exactNearness, toldNearness } from '../../src/simulation/told-nearness.ts'
import { type Reason, reasonCode, REASONS, statusCode } from '../../src/targeting/outcome.ts'
import { propertyRuns } from '../support/property-runs.ts'
import { allocationOf, columnsOf, programme as anyProgramme } from '../targeting/support/programme.ts'

const POINT = 1_000_000

interface Unit {
  readonly points: number
  readonly reason: Reason
  readonly area?: number
  readonly tier?: number
}

/** In the order of the list. */
const listOf = (units: readonly Unit[]) => ({
  score: Float64Array.from(units, ({ points }) => Math.round(points * POINT)),
  tier: Uint8Array.from(units, ({ tier }) => tier ?? NO_TIER),
  area: units.some(({ area }) => area !== undefined) ? Uint8Array.from(units, ({ area }) => area ?? 0) : null,
  allocation: {
    status: Uint8Array.from(units, ({ reason }) => statusCode(/^within|^enrolled-kept|^left-over/.test(reason) ? 'selected' : 'left-out')),
    reason: Uint8Array.from(units, ({ reason }) => reasonCode(reason)),
    position: Uint32Array.from(units, (_, unit) => unit + 1),
  },
})

/** Record key of each unit's household. */
const keyOf = (unit_: number): number => ((unit_ + 1) * 0x9e3779b1) % 2 ** 32
const near = (list: ReturnType<typeof listOf>, within: number) =>
  nearContests(list, within, keyOf).map(({ behind: _behind, ...contest }) => contest)

const unit = (points: number, reason: Reason, area?: number, tier?: number): Unit => ({
  points,
  reason,
  ...(area === undefined ? {} : { area }),
  ...(tier === undefined ? {} : { tier }),
})

t.test('by hand: each unit is held against the cut-off of its own area and tier', async (t) => {
  const found = near(
    listOf([
      unit(1, 'within-quota', 0, 0),
      unit(2.95, 'within-quota', 0, 0),
      unit(3, 'within-quota', 0, 0),
      unit(3, 'quota-full', 0, 0),
      unit(3.05, 'quota-full', 0, 0),
      unit(3.050001, 'quota-full', 0, 0),
      // The country's last unit: far from the first area's.
      unit(7, 'left-over-place', 1, 0),
      unit(7.02, 'no-places', 1, 0),
      unit(7.03, 'budget-exhausted', 1, 0),
      unit(6.99, 'enrolled-kept', 1, 0),
      unit(6.98, 'excluded-by-programme', 1, 0),
      unit(NaN, 'no-score', 1, 0),
      // Another tier of the first area, in which nobody loses, and one in which nobody wins.
      unit(3.01, 'within-quota', 0, 1),
      unit(7.01, 'quota-full', 1, 1),
    ]),
    50_000,
  )
  const wanted = [
    { area: 0, tier: 0, selected: 3, cutOff: 3 * POINT, below: 1, at: 2, above: 1 },
    { area: 1, tier: 0, selected: 1, cutOff: 7 * POINT, below: 0, at: 1, above: 2 },
  ]
  t.same(found, wanted)
})

t.test('the entry threshold cuts too, and whoever orders the other way round has the same sides', async (t) => {
  const nation = { area: null, tier: NO_TIER }
  const list = listOf([unit(5, 'within-quota'), unit(5.01, 'past-entry-threshold'), unit(4.99, 'past-exit-threshold')])
  t.same(near(list, 10_000), [{ ...nation, selected: 1, cutOff: 5 * POINT, below: 0, at: 1, above: 1 }])
  const reversed = listOf([unit(9, 'within-quota'), unit(8, 'within-quota'), unit(7, 'no-places')])
  t.same(near(reversed, POINT), [{ ...nation, selected: 2, cutOff: 8 * POINT, below: 1, at: 1, above: 1 }])
  t.same(near(reversed, 0), [{ ...nation, selected: 2, cutOff: 8 * POINT, below: 0, at: 1, above: 0 }])
  t.same(near(listOf([]), 1), [])
})

t.test('points of a request become micro-points, exactly', async (t) => {
  t.equal(withinOf(), 50_000)
  t.equal(withinOf(0), 0)
  t.equal(withinOf(0.3), 300_000)
})

t.test('more places than a score has are refused', async (t) => {
  for (const points of [0.0000001, 0.1 * 3])
    t.throws(() => withinOf(points), { code: 'request-invalid', parts: { pointer: '/withinPoints' } })
})

t.test('differential: by the definition, over random programmes with quotas and tiers', async (t) => {
  let contests = 0
  fc.assert(
    fc.property(anyProgramme, fc.integer({ min: 0, max: 3 }), (programme, within) => {
      const allocation = allocationOf(programme)
      if (!allocation) return
      const { score, tier, area: areas } = columnsOf(programme.units)
      const area = programme.quotas ? areas : null
      const found = nearContests({ score, tier, area, allocation }, within, keyOf)
      const wanted = contestsByHand({ score, tier, area, reason: allocation.reason, order: allocation.order }, within)
      contests += found.length
      if (!isDeepStrictEqual(found, wanted)) throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(wanted)}`)
    }),
    propertyRuns(500, 35),
  )
  t.ok(contests > 0)
})

interface Columns {
  readonly score: Float64Array
  readonly tier: Uint8Array
  readonly area: Uint8Array | null
  readonly reason: Uint8Array
  readonly order: Uint32Array
}

function contestsByHand({ score, tier, area, reason, order }: Columns, within: number): NearContest[] {
  const WON: Reason[] = ['within-quota', 'left-over-place']
  const LOST: Reason[] = ['no-places', 'budget-exhausted', 'quota-full', 'past-entry-threshold']
  const rows = [...order].map((row) => ({
    row,
    area: area ? (area[row] as number) : null,
    tier: tier[row] as number,
    score: score[row] as number,
    why: REASONS[reason[row] as number] as Reason,
  }))
  const names = [...new Set(rows.map((row) => JSON.stringify([row.area ?? 0, row.tier])))]
  return names
    .map((name) => rows.filter((row) => JSON.stringify([row.area ?? 0, row.tier]) === name))
    .toSorted(([a], [b]) => ((a?.area ?? 0) - (b?.area ?? 0)) * 1000 + ((a?.tier ?? 0) - (b?.tier ?? 0)))
    .flatMap((own): NearContest[] => {
      const winners = own.filter(({ why }) => WON.includes(why))
      const last = winners.at(-1)
      if (!last || !own.some(({ why }) => LOST.includes(why))) return []
      const rivals = own.filter(({ why, score: points }) => [...WON, ...LOST].includes(why) && Math.abs(points - last.score) <= within)
      const groups = {
        selected: winners,
        below: rivals.filter((row) => row.score < last.score),
        at: rivals.filter((row) => row.score === last.score),
        above: rivals.filter((row) => row.score > last.score),
      }
      const of = (sum: (some: readonly { readonly row: number }[]) => number) => ({
        selected: sum(groups.selected),
        below: sum(groups.below),
        at: sum(groups.at),
        above: sum(groups.above),
      })
      const keys = (some: readonly { readonly row: number }[]): number => some.reduce((sum, { row }) => (sum + keyOf(row)) % 2 ** 32, 0)
      return [{ area: last.area, tier: last.tier, cutOff: last.score, ...of((some) => some.length), behind: of(keys) }]
    })
}

const place = { area: { fact: 'governorate', code: '11', label: { en: 'Amman', ar: 'عمّان' } }, tier: null }
const many = { ...place, selected: 10, cutOff: 5_010_619, below: 24, at: 10, above: 0 }
const few = { ...place, selected: 9, cutOff: 4_910_619, below: 31, at: 12, above: 40 }
const nothing = { selected: null, cutOff: null, below: null, at: null, above: null }

t.test('told: of an area and tier in which fewer than ten were newly selected nothing', async (t) => {
  const both = { programme: 'cash', within: 1, cutOff: null, below: 55, at: 22, above: 40, contests: [many, few] }
  const toldMany = { ...place, selected: 10, cutOff: 5_000_000, below: 20, at: 10, above: 0 }
  const hidden = { ...place, ...nothing }
  // In all less the one that is told would be the one that is not.
  t.same(toldNearness(both, false), {
    ...both,
    below: null,
    at: null,
    above: null,
    contests: [toldMany, hidden],
  })
  const three = { ...both, below: 86, at: 34, above: 80, contests: [many, few, few] }
  t.same(toldNearness(three, false), {
    programme: 'cash',
    within: 1,
    cutOff: null,
    below: 90,
    at: 30,
    above: 80,
    contests: [toldMany, hidden, hidden],
  })
  const one = { ...both, cutOff: 4_910_619, contests: [few] }
  t.match(toldNearness(one, false), { cutOff: null, below: null, at: null, above: null, contests: [nothing] })
  t.match(toldNearness(both, true), { cutOff: null, below: null, at: null, above: null, contests: [] })
  t.same(exactNearness(both), both)
})

t.test('a result from before contests were counted is told as it was', async (t) => {
  const old = { programme: 'cash', within: 50_000, cutOff: 5_010_619, below: 4, above: 123 }
  t.same(exactNearness(old), { ...old, at: null, contests: [] })
  t.match(toldNearness(old, false), { cutOff: 5_000_000, below: null, at: null, above: 120, contests: [] })
})
