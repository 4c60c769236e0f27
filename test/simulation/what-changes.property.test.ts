/** What is reused of a baseline's decision changes nothing: for random changes it comes to the bit to what is computed afresh. */
import t from 'tap'
import type { NationColumns } from '../../src/determinations/bulk/nation.ts'
import type { Bundle } from '../../src/programmes/bundle.ts'
import type { NumberedText } from '../../src/programmes/compile-bundle.ts'
import { decisionInputs, openBaseline } from '../../src/simulation/baseline.ts'
import { decide, type Decision } from '../../src/simulation/decide.ts'
import type { Change } from '../../src/simulation/scenario-schema.ts'
import { scenarioTexts } from '../../src/simulation/scenario-texts.ts'
import { whatHolds } from '../../src/simulation/what-changes.ts'
import { extendResident, openResident, slotsResident } from '../../src/targeting/run/resident-nation.ts'
import { openThreads } from '../../src/targeting/run/thread-pool.ts'
import { propertyRuns } from '../support/property-runs.ts'
import { type Draw, drawFrom } from '../support/random-draw.ts'
import { quietly } from '../targeting/support/seeded-runs.ts'
import { randomChange } from './support/random-changes.ts'
import { CASH, scenario, seededLaboratory } from './support/seeded-laboratory.ts'

const { depsWith, run } = await seededLaboratory(t, 200)
const deps = depsWith(1)
const baseline = await openBaseline(deps, { run })
const stopped = new AbortController()
const threads = await openThreads(
  1,
  { bundle: baseline.bundle.hash, texts: baseline.texts, asOf: baseline.asOf, assembly: null },
  stopped.signal,
)
t.teardown(() => threads.close())
let resident = await openResident(threads, baseline.bundle, baseline.snapshot, slotsResident(baseline.bundle), () => undefined)

interface Versions {
  readonly bundle: Bundle
  readonly texts: readonly NumberedText[]
}

async function decided({ bundle, texts }: Versions, governorates: string[] | undefined, before: Decision | null = null): Promise<Decision> {
  await threads.tell({ kind: 'learn', bundle: bundle.hash, texts })
  resident = await extendResident(threads, resident, slotsResident(bundle))
  const inputs = await decisionInputs(deps, baseline, governorates ? { governorates } : {})
  return decide(
    threads,
    resident,
    { ...inputs, bundle, onProgress: () => undefined, signal: quietly.signal },
    before && { baseline: before, changedFacts: new Set() },
  )
}

const changed = ({ texts }: Versions, ...changes: Change[]): Versions | null => {
  const answer = scenarioTexts(texts, scenario('changed', ...changes), baseline.asOf, '')
  return answer.ok ? answer : null
}

const sameArray = (a: ArrayLike<number> | null, b: ArrayLike<number> | null): boolean =>
  a === null || b === null ? a === b : a.length === b.length && Array.prototype.every.call(a, (value, index) => Object.is(value, b[index]))

/** Names of what differs between two columns or lists, array by array, number by number. */
function differences(a: unknown, b: unknown, name = ''): string[] {
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b))
    return sameArray(a as unknown as ArrayLike<number>, b as unknown as ArrayLike<number>) ? [] : [name]
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b) ? [] : [name]
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].flatMap((key) => differences((a as never)[key], (b as never)[key], `${name}.${key}`))
}

const told = ({ scores, ranks, columns, rankings, lists }: Decision): Record<string, unknown> => ({
  scores,
  ranks,
  columns,
  rankings,
  lists,
})

/** How much was reused, of formulas, programmes and lists. */
const reused = (before: Bundle, after: Bundle): number[] => {
  const { scores, columns, lists } = whatHolds(before, after, new Set())
  const kept = (places: readonly (number | null)[]): number => places.filter((place) => place !== null).length
  return [kept(scores), kept(columns), lists.size]
}

const randomVersions = (draw: Draw, from: Versions): Versions | null =>
  changed(from, ...draw.list(1, 3, () => randomChange(draw, from.texts)).flatMap((change) => change ?? []))

t.test('random changes of random versions', async (t) => {
  const { numRuns, seed } = propertyRuns(6, 4_711)
  const count = { pairs: 0, refused: 0, stopped: 0, scores: 0, columns: 0, lists: 0, differing: 0 }
  for (let i = 0; i < numRuns; i++) {
    const draw = drawFrom(seed + i)
    const before = draw.happens(0.4) ? baseline : randomVersions(draw, baseline)
    const after = before && randomVersions(draw, before)
    if (!before || !after) {
      count.refused++
      continue
    }
    const governorates = draw.happens(0.3) ? ['11', '13', '21'] : undefined
    const decisions = await pairOf(before, after, governorates)
    if (!decisions) {
      count.stopped++
      continue
    }
    const { first, reusing, afresh } = decisions
    const found = differences(told(reusing), told(afresh))
    if (found.length > 0) t.same(found, [], `seed ${seed + i}`)
    const [scores = 0, columns = 0, lists = 0] = reused(before.bundle, after.bundle)
    count.pairs++
    count.scores += scores
    count.columns += columns
    count.lists += lists
    if (differences(told(first), told(afresh)).length > 0) count.differing++
  }
  t.comment(JSON.stringify(count))
  t.ok(count.pairs >= numRuns / 3, `${count.pairs} pairs were decided`)
  t.ok(count.differing >= count.pairs / 4, `${count.differing} of them decide differently`)
  t.ok(count.columns > count.pairs && count.lists > count.pairs, 'most was reused')
})

/** Null where the enrolled alone exceed a limit, which decides neither way. */
async function pairOf(
  before: Versions,
  after: Versions,
  governorates: string[] | undefined,
): Promise<{ readonly first: Decision; readonly reusing: Decision; readonly afresh: Decision } | null> {
  try {
    const first = await decided(before, governorates)
    const afresh = await decided(after, governorates)
    return { first, afresh, reusing: await decided(after, governorates, first) }
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'run-enrolled-exceed') return null
    throw error
  }
}

const statusTier = {
  by: 'tiers',
  tiers: [
    {
      name: 'in-cash',
      label: { en: 'in cash', ar: 'نقدي' },
      when: { all: [{ fact: 'cashTransferStatus', operator: 'equal', value: 'eligible' }] },
    },
  ],
}
const anyFamily = { all: [{ fact: 'householdSize', operator: 'greaterThan', value: 0 }] }

t.test('a programme that comes before or after the one whose status its tier reads', async (t) => {
  const order = [statusTier, { by: 'score' }, { by: 'tieBreak' }]
  const housing: Change = { object: 'programme', id: 'housing', set: { '/targeting/order': order } }
  const open: Change = { object: 'rule', id: 'housing', set: { '/conditions': anyFamily } }
  const before = changed(baseline, housing, open)
  // Rules that read the status put the cash transfer first; without them it is judged last.
  const silent = ['energy-support', 'health-insurance', 'in-kind'].map((id): Change => ({
    object: 'rule',
    id,
    set: { '/conditions': anyFamily },
  }))
  const after = before && changed(before, ...silent)
  if (!before || !after) return t.fail('the scenario is refused')
  const place = ({ programmes }: Bundle, id: string): number => programmes.findIndex((one) => one.id === id)
  t.ok(place(before.bundle, CASH) < place(before.bundle, 'housing'))
  t.ok(place(after.bundle, CASH) > place(after.bundle, 'housing'))
  for (const [from, to] of [
    [before, after],
    [after, before],
  ] as const) {
    const first = await decided(from, undefined)
    const afresh = await decided(to, undefined)
    t.same(differences(told(await decided(to, undefined, first)), told(afresh)), [])
    const tiers = (columns: NationColumns): Uint8Array | undefined => columns.find(({ programme }) => programme === 'housing')?.tier
    t.not(sameArray(tiers(first.columns) ?? null, tiers(afresh.columns) ?? null), true, 'the tiers do differ')
  }
})

t.test('what is reused, and what is not', async (t) => {
  const all = [baseline.bundle.programmes.length, baseline.bundle.programmes.length]
  const of = (...changes: Change[]): number[] => reused(baseline.bundle, changed(baseline, ...changes)?.bundle as Bundle)
  t.same(of(), [1, ...all], 'nothing changed: everything')
  t.same(of({ object: 'programme', id: CASH, set: { '/targeting/budget': 1 } }), [1, 7, 5], 'a budget: two lists, since one excludes by it')
  t.same(
    of({ object: 'formula', id: 'welfare-ranking', set: { '/intercept': 3 } }),
    [0, 6, 0],
    'the formula: no list, and one rule reads a rank',
  )
  t.same(of({ object: 'definition', id: 'below-poverty-line', set: { '/citation': 'x' } }), [0, 0, 0], 'a definition: nothing')
  t.same(of({ object: 'rule', id: 'housing', set: { '/conditions': anyFamily } }), [1, 6, 6], 'a rule: all others')
  t.same(
    of({ object: 'rule', id: CASH, set: { '/conditions': anyFamily } }),
    [1, 3, 3],
    'a rule whose outcome three others read: not those',
  )
  t.same(of({ object: 'parameter', id: 'populationShare', set: { '/values/0/rows/0/1': 0.5 } }), [1, 7, 2], 'a share: lists by quotas')
})
