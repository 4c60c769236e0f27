/** Allocation: what it promises as properties, against a naive implementation of its definition, and cases by hand. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import type { Allocation } from '../../src/targeting/allocate.ts'
import { allocate } from '../../src/targeting/allocate.ts'
import { apportion } from '../../src/targeting/apportion.ts'
import { propertyRuns } from '../support/property-runs.ts'
import {
  allocationOf,
  columnsOf,
  programme as anyProgramme,
  type Programme,
  reasonOf,
  selectedOf,
  statusOf,
  termsOf,
  type Unit,
} from './support/programme.ts'

const ascending = (a: number, b: number): number => a - b
const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0)
const spentBy = ({ units }: Programme, allocation: Allocation): number =>
  sum(units.flatMap(({ benefit }, row) => (statusOf(allocation, row) === 'selected' ? [benefit] : [])))
const isSubset = (some: readonly number[], all: readonly number[]): boolean => some.every((one) => all.includes(one))
const placesOf = ({ places, quotas }: Programme): number => places ?? (quotas?.method === 'absolute' ? sum(quotas.areas) : Infinity)

t.test('budget, places and quotas are never exceeded, and the totals add up', async (t) => {
  fc.assert(
    fc.property(anyProgramme, (programme) => {
      const allocation = allocationOf(programme)
      if (!allocation) return
      const { totals } = allocation
      const { units, budget = Infinity } = programme
      t.equal(totals.spent, spentBy(programme, allocation))
      t.ok(totals.spent <= budget && totals.selected <= placesOf(programme))
      t.equal(totals.selected + totals.waitlisted + totals.leftOut, units.length)
      t.equal(totals.selected, selectedOf(programme, allocation).length)
      t.equal(totals.selected, sum(totals.selectedByArea))
      t.ok(totals.waitlisted <= programme.waitlistLength)
      if (!programme.quotas) return
      totals.quotaByArea.forEach((quota, area) => {
        const own = units.flatMap((unit, row) => (unit.area === area ? [reasonOf(allocation, row)] : []))
        const kept = own.filter((reason) => reason.startsWith('enrolled-kept')).length
        const within = own.filter((reason) => reason === 'within-quota').length
        t.ok(within <= Math.max(0, quota - kept), `area ${area}: ${within} new and ${kept} enrolled in ${quota} places`)
      })
    }),
    propertyRuns(150, 21),
  )
})

t.test('the outcome of a unit does not depend on the order of the rows', async () => {
  fc.assert(
    fc.property(anyProgramme, fc.infiniteStream(fc.nat()), (programme, random) => {
      const shuffled = programme.units
        .map((unit) => ({ unit, at: random.next().value as number }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ unit }) => unit)
      const outcome = (units: readonly Unit[]): string => {
        const allocation = allocationOf({ ...programme, units })
        if (!allocation) return 'stopped'
        const { position, rankInArea, totals } = allocation
        const lines = units.map(
          ({ reference }, row) =>
            `${reference} ${statusOf(allocation, row)} ${reasonOf(allocation, row)} ${position[row]} ${rankInArea[row]}`,
        )
        return `${lines.toSorted().join('\n')} ${JSON.stringify(totals)}`
      }
      return outcome(programme.units) === outcome(shuffled)
    }),
    propertyRuns(500, 22),
  )
})

t.test('more budget never removes anyone, and no budget least of all', async () => {
  fc.assert(
    fc.property(anyProgramme, fc.integer({ min: 0, max: 20 }), (programme, more) => {
      fc.pre(programme.budget !== undefined)
      const before = allocationOf(programme)
      fc.pre(before !== null)
      const { budget = 0, ...unlimited } = programme
      return [{ ...programme, budget: budget + more }, unlimited].every((richer) => {
        const after = allocationOf(richer)
        return after !== null && isSubset(selectedOf(programme, before as Allocation), selectedOf(richer, after))
      })
    }),
    propertyRuns(600, 23),
  )
})

t.test('more places never remove anyone, also where the budget binds, with quotas and left-over places', async () => {
  fc.assert(
    fc.property(anyProgramme, fc.integer({ min: 1, max: 5 }), (programme, more) => {
      fc.pre(programme.places !== undefined)
      const before = allocationOf(programme)
      fc.pre(before !== null)
      const larger = { ...programme, places: (programme.places as number) + more }
      const after = allocationOf(larger)
      return after !== null && isSubset(selectedOf(programme, before as Allocation), selectedOf(larger, after))
    }),
    propertyRuns(1000, 24),
  )
})

t.test('nobody is passed over by a new unit that stands behind in the same area', async () => {
  fc.assert(
    fc.property(anyProgramme, (programme) => {
      const allocation = allocationOf(programme)
      if (!allocation) return
      const competing = ['within-quota', 'left-over-place', 'quota-full', 'no-places', 'budget-exhausted']
      const closed = new Set<number>()
      for (const row of allocation.order) {
        if (!competing.includes(reasonOf(allocation, row))) continue
        const area = programme.quotas ? (programme.units[row] as Unit).area : 0
        if (statusOf(allocation, row) !== 'selected') closed.add(area)
        else if (closed.has(area)) throw new Error(`row ${row} is selected over one of its area`)
      }
    }),
    propertyRuns(1000, 25),
  )
})

t.test('the waitlist is the first candidates without a place, in the national order', async () => {
  fc.assert(
    fc.property(anyProgramme, (programme) => {
      const allocation = allocationOf(programme)
      if (!allocation) return true
      const waiting = [...allocation.order].filter((row) =>
        ['quota-full', 'no-places', 'budget-exhausted'].includes(reasonOf(allocation, row)),
      )
      const listed = [...allocation.order].filter((row) => statusOf(allocation, row) === 'waitlisted')
      return listed.join() === waiting.slice(0, programme.waitlistLength).join()
    }),
    propertyRuns(500, 26),
  )
})

t.test(
  'selection equals the definition, computed naively: the two steps for each number of places, cut at the first that does not fit',
  async () => {
    fc.assert(
      fc.property(anyProgramme, (programme) => {
        const allocation = allocationOf(programme)
        const naive = naiveSelection(programme)
        return allocation === null ? naive === null : naive?.join() === selectedOf(programme, allocation).toSorted(ascending).join()
      }),
      propertyRuns(700, 27),
    )
  },
)

t.test('with neither budget nor enrolled, it is quotas first and left-over places in one national step', async () => {
  fc.assert(
    fc.property(anyProgramme, ({ budget: _, ...programme }) => {
      fc.pre(programme.places !== undefined && programme.quotas !== undefined)
      const plain = { ...programme, units: programme.units.map((unit) => ({ ...unit, enrolled: false, undeterminedMonths: NaN })) }
      const allocation = allocationOf(plain)
      return (
        allocation !== null &&
        twoSteps(plain, candidatesOf(plain), placesOf(plain)).join() === selectedOf(plain, allocation).toSorted(ascending).join()
      )
    }),
    propertyRuns(1000, 28),
  )
})

/** One newcomer after another, poorest first: score 1, 2, 3, ... */
const queue = (...units: readonly Partial<Unit>[]): Unit[] =>
  units.map((unit, i) => ({
    reference: i,
    tier: 0,
    score: i + 1,
    date: 1,
    area: 0,
    benefit: 1,
    excluded: false,
    enrolled: false,
    undeterminedMonths: NaN,
    ...unit,
  }))
const base = { waitlistLength: 0, higherIsPoorer: false }
const reasons = (programme: Programme): readonly string[] => {
  const allocation = allocationOf(programme)
  return allocation ? programme.units.map((_, row) => reasonOf(allocation, row)) : ['stopped']
}

t.test('by hand: selection stops at the first that does not fit, though a cheaper one behind it would', async (t) => {
  const programme = { ...base, units: queue({ benefit: 3 }, { benefit: 3 }, { benefit: 1 }), budget: 5 }
  t.same(reasons(programme), ['within-quota', 'budget-exhausted', 'budget-exhausted'])
})

t.test('by hand: quotas, one left-over place in the national order, and who stays out', async (t) => {
  const quotas = { method: 'absolute' as const, areas: [1, 2], leftOver: 'nationalOrder' as const }
  const programme = { ...base, units: queue({}, {}, {}, { area: 1 }), quotas, waitlistLength: 1 }
  t.same(reasons(programme), ['within-quota', 'left-over-place', 'quota-full', 'within-quota'])
  t.same(allocationOf(programme)?.totals, {
    selected: 3,
    waitlisted: 1,
    leftOut: 0,
    enrolledKept: 0,
    spent: 3,
    stoppedByBudget: false,
    places: 3,
    quotaByArea: [1, 2],
    selectedByArea: [2, 1],
    leftOverPassedOn: 1,
  })
  t.same(reasons({ ...programme, quotas: { ...quotas, leftOver: 'none' } }), ['within-quota', 'quota-full', 'quota-full', 'within-quota'])
})

t.test('by hand: every reason for standing aside', async (t) => {
  const units = queue(
    { excluded: true },
    { benefit: NaN },
    { score: NaN },
    { score: 6 },
    { score: 8, enrolled: true },
    { score: 7, enrolled: true },
    { enrolled: true, undeterminedMonths: 5, score: NaN },
    { enrolled: true, undeterminedMonths: 6 },
    { score: 5 },
    { score: 5 },
  )
  t.same(reasons({ ...base, units, thresholds: { entry: 5, exit: 7 }, places: 3 }).slice(0, 8), [
    'excluded-by-programme',
    'benefit-unknown',
    'no-score',
    'past-entry-threshold',
    'past-exit-threshold',
    'enrolled-kept',
    'enrolled-kept-undetermined',
    'undetermined-too-long',
  ])
  t.same(
    reasons({ ...base, units, thresholds: { entry: 5, exit: 7 }, places: 3 })
      .slice(8)
      .toSorted(),
    ['no-places', 'within-quota'],
  )
})

t.test('by hand: the run stops and says so when the enrolled alone exceed the places or the budget', async (t) => {
  const units = queue({ enrolled: true, benefit: 4 }, { enrolled: true, benefit: 4 })
  const answer = (limits: Partial<Programme>) => allocate(columnsOf(units), termsOf({ ...base, units, ...limits }))
  t.same(answer({ budget: 7 }), { ok: false, exceeded: { limit: 'budget', allowed: 7, enrolledUnits: 2, enrolledSpend: 8 } })
  t.same(answer({ places: 1 }), { ok: false, exceeded: { limit: 'places', allowed: 1, enrolledUnits: 2, enrolledSpend: 8 } })
  t.equal(answer({ places: 2, budget: 8 }).ok, true)
})

t.test('by hand: enrolled above the quota of their area stay, and take the left-over places before anyone new', async (t) => {
  const units = queue({}, { enrolled: true }, { enrolled: true }, { area: 1 }, { area: 1 })
  const quotas = { method: 'absolute' as const, areas: [1, 3], leftOver: 'nationalOrder' as const }
  t.same(reasons({ ...base, units, quotas }), ['quota-full', 'enrolled-kept', 'enrolled-kept', 'within-quota', 'within-quota'])
})

t.test('why the budget is not spent in national order: with more places that would remove someone, and this does not', async (t) => {
  // The poorest lives in area 0; the one place goes to area 1, whose weight is greater; the budget pays for one.
  const units = queue({ area: 0 }, { area: 1 })
  const quotas = { method: 'proportional' as const, areas: [2, 3], leftOver: 'none' as const }
  const national = (places: number): number[] => inNationalOrder({ ...base, units, quotas, places, budget: 1 })
  t.same(national(1), [1])
  t.same(national(2), [0], 'in national order the second place throws out unit 1')
  const ours = (places: number): readonly string[] => reasons({ ...base, units, quotas, places, budget: 1 })
  t.same(ours(1), ['quota-full', 'within-quota'])
  t.same(ours(2), ['budget-exhausted', 'within-quota'])
})

t.test(
  'raising one absolute quota can remove someone of another area under a binding budget, as under any rule that spends it',
  async (t) => {
    // Budget for one of two. With quotas [0, 1] and [1, 0] a rule that leaves no money idle selects either; with [1, 1] it must drop one of them.
    const selected = (areas: readonly number[]): readonly number[] => {
      const programme = {
        ...base,
        units: queue({}, { area: 1 }),
        budget: 1,
        quotas: { method: 'absolute' as const, areas, leftOver: 'none' as const },
      }
      return selectedOf(programme, allocationOf(programme) as Allocation)
    }
    t.same([selected([0, 1]), selected([1, 0]), selected([1, 1])], [[1], [0], [0]])
  },
)

/** Candidates in their order, sorted by text-book comparison; the kept are marked by the caller's reasons. */
interface Candidate extends Unit {
  readonly kept: boolean
}

function candidatesOf({ units, thresholds, higherIsPoorer }: Programme): Candidate[] {
  const sign = higherIsPoorer ? -1 : 1
  const word = (reference: number): bigint => createHash('sha256').update(`2026-Q1:${reference}`).digest().readBigUInt64BE(0)
  const last = (value: number, by = 1): number => (Number.isNaN(value) ? Infinity : value * by)
  const order = (a: number | bigint, b: number | bigint): number => (a < b ? -1 : a > b ? 1 : 0)
  return units
    .filter(({ excluded, benefit }) => !excluded && !Number.isNaN(benefit))
    .filter(({ enrolled, undeterminedMonths, score }) => {
      if (!enrolled) return !Number.isNaN(score) && (!thresholds || sign * score <= sign * thresholds.entry)
      return !(undeterminedMonths >= 6) && !(thresholds && sign * score > sign * thresholds.exit)
    })
    .map((unit) => ({ ...unit, kept: unit.enrolled }))
    .toSorted(
      (a, b) =>
        order(a.tier, b.tier) ||
        order(last(a.score, sign), last(b.score, sign)) ||
        order(last(a.date), last(b.date)) ||
        order(word(a.reference), word(b.reference)),
    )
}

function quotasFor({ quotas }: Programme, places: number): readonly number[] {
  if (!quotas) return [places]
  return apportion(quotas.method === 'absolute' ? Math.min(places, sum(quotas.areas)) : places, quotas.areas)
}

/** References that hold one of so many places by the two steps, the enrolled first; more than that where they sit outside their quotas. */
function twoSteps(programme: Programme, candidates: readonly Candidate[], places: number): number[] {
  const kept = candidates.filter((unit) => unit.kept)
  const holders = new Set(kept)
  let filled = 0
  let covered = 0
  quotasFor(programme, places).forEach((quota, area) => {
    const own = candidates.filter((unit) => !programme.quotas || unit.area === area).toSorted((a, b) => Number(b.kept) - Number(a.kept))
    for (const unit of own.slice(0, quota)) {
      filled++
      if (unit.kept) covered++
      holders.add(unit)
    }
  })
  const leftOver = programme.quotas?.leftOver === 'nationalOrder' ? places - filled - (kept.length - covered) : 0
  candidates
    .filter((unit) => !holders.has(unit))
    .slice(0, Math.max(0, leftOver))
    .forEach((unit) => holders.add(unit))
  return [...holders].map(({ reference }) => reference).toSorted(ascending)
}

function naiveSelection(programme: Programme): number[] | null {
  const candidates = candidatesOf(programme)
  const limit = placesOf(programme)
  const budget = programme.budget ?? Infinity
  const cost = (references: readonly number[]): number =>
    sum(references.map((reference) => candidates.find((unit) => unit.reference === reference)?.benefit ?? NaN))
  let selected = candidates.filter(({ kept }) => kept).map(({ reference }) => reference)
  if (selected.length > limit || cost(selected) > budget) return null
  for (let places = 1; places <= (limit === Infinity ? candidates.length : limit); places++) {
    const next = twoSteps(programme, candidates, places)
    if (next.length > limit || cost(next) > budget) break
    selected = next
  }
  return selected.toSorted(ascending)
}

/** The rule not taken: quotas, then the budget spent from the poorest of the nation on. */
function inNationalOrder(programme: Programme): number[] {
  const inQuota = twoSteps(programme, candidatesOf(programme), placesOf(programme))
  let left = programme.budget ?? Infinity
  const selected: number[] = []
  for (const { reference, benefit } of candidatesOf(programme).filter((unit) => inQuota.includes(unit.reference))) {
    if (benefit > left) break
    left -= benefit
    selected.push(reference)
  }
  return selected
}
