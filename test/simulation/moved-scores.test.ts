/** Made households whose score crosses a cut-off: for each kind of mover there is one, confirmed by both formulas from the facts that are told, and the points add up. */
import t from 'tap'
import type { NumberedText } from '../../src/programmes/compile-bundle.ts'
import type { Bundle } from '../../src/programmes/bundle.ts'
import { shippedTexts } from '../../src/programmes/shipped-files.ts'
import { isFailure, readValue } from '../../src/language/condition/literal.ts'
import { unknownValues } from '../../src/language/fact-space.ts'
import { PLACES_PER_TERM } from '../../src/language/formula/compile.ts'
import { type Contest, contestsOf } from '../../src/simulation/contests.ts'
import { movedScores } from '../../src/simulation/moved-scores.ts'
import { readResult, storedResult, toldResult } from '../../src/simulation/result.ts'
import type { Change } from '../../src/simulation/scenario-schema.ts'
import { scenarioTexts } from '../../src/simulation/scenario-texts.ts'
import { NO_AREA, NO_TIER } from '../../src/determinations/bulk/nation.ts'
import { type Reason, reasonCode, statusCode } from '../../src/targeting/outcome.ts'
import { day } from '../rules/real-rows.ts'
import { madeOutcome } from './support/made-result.ts'
import { CASH, programmeSet, scenario } from './support/seeded-laboratory.ts'

const asOf = day('2026-11-01')
const texts = shippedTexts()
  .filter(({ kind }) => kind !== 'cases')
  .map((text): NumberedText => ({ ...text, version: text.version ?? 1 }))
/** Without quotas, which make a cut-off of each area. */
const national = programmeSet(CASH, { '/targeting/quotas': null })
const RANKING = 'welfare-ranking'

function changed(...changes: Change[]): Bundle {
  const answer = scenarioTexts(texts, scenario('changed', national, ...changes), asOf, '')
  if (!answer.ok) throw new Error(JSON.stringify(answer.errors))
  return answer.bundle
}

const shipped = changed()

const MICRO = 1_000_000
const cutOffs = (before: number, after = before) => ({ before: before * MICRO, after: after * MICRO })
const decided = (bundle: Bundle, cutOff: number, contest: Partial<Contest> = {}) => decidedIn(bundle, { cutOff, ...contest })
const decidedIn = (bundle: Bundle, ...contests: readonly Partial<Contest>[]) => ({
  bundle,
  contests: (programme: string): Contest[] =>
    programme === CASH ? contests.map((one) => ({ area: null, tier: NO_TIER, units: 100, cutOff: 5 * MICRO, ...one })) : [],
})
const between = (after: Bundle, { before: was, after: is }: { before: number; after: number }) =>
  movedScores(decided(shipped, was), decided(after, is), asOf)

/** The score that a bundle's formula gives a household of which this is stated, in points. */
function scoreOf(bundle: Bundle, id: string, facts: Readonly<Record<string, unknown>>): number {
  const [compiled] = bundle.formulas.filter(({ ref }) => ref.id === id)
  if (!compiled) throw new Error(`no formula ${id}`)
  const { household, parameters, facts: all } = bundle.catalogue
  const unknown = unknownValues(household)
  const values = { lo: unknown.lo.slice(), hi: unknown.hi.slice() }
  for (const [fact, json] of Object.entries(facts)) {
    const slot = household.slot(fact) ?? -1
    const type = household.types[slot]
    const read = type && readValue(type, json, '')
    if (!read || isFailure(read)) throw new Error(`${fact} cannot be ${JSON.stringify(json)}`)
    values.lo[slot] = values.hi[slot] = read.value
  }
  if (parameters.size === 0 || all.size === 0) throw new Error('no catalogue')
  return compiled.score(values.lo, values.hi, new Float64Array(compiled.formula.terms.length * PLACES_PER_TERM)).point / MICRO
}

const [ranking] = shipped.formulas.filter(({ ref }) => ref.id === RANKING)
const linear = (ranking?.formula.terms ?? []).flatMap((term, place) => (term.kind === 'linear' ? [{ place, weight: term.weight }] : []))

const heavier: Change = {
  object: 'formula',
  id: RANKING,
  set: Object.fromEntries(linear.slice(0, 4).map(({ place, weight }) => [`/terms/${place}/weight`, (weight * 1.5) / MICRO])),
}

t.test('other weights: who comes within the cut-off and whom it leaves behind, each confirmed from the facts that are told', async (t) => {
  const after = changed(heavier)
  const [moved] = between(after, cutOffs(5))
  t.match(moved, { programme: CASH, formulas: { before: RANKING, after: RANKING }, cutOffs: cutOffs(5) })
  t.same(
    moved?.movers.map(({ kind, witness }) => [kind, witness !== null]),
    [
      ['enters', true],
      ['leaves', true],
    ],
  )
  for (const { kind, witness } of moved?.movers ?? []) {
    if (!witness) continue
    const [old, young] = [scoreOf(shipped, RANKING, witness.facts), scoreOf(after, RANKING, witness.facts)]
    t.same([Number(witness.before), Number(witness.after)], [old, young], kind)
    t.same([old > 5, young > 5], kind === 'enters' ? [true, false] : [false, true])
    t.same([witness.words.en.length, witness.words.ar.length], Array(2).fill(Object.keys(witness.facts).length))
    const sum = (side: 'before' | 'after'): number =>
      witness.terms.reduce((all, term) => all + Math.round(Number(term[side] ?? 0) * MICRO), 0)
    const intercept = ranking?.formula.intercept ?? 0
    t.equal(sum('before') + intercept, Math.round(old * MICRO), 'the points of all terms')
    t.equal(sum('after') + intercept, Math.round(young * MICRO))
    t.ok(witness.terms.some(({ before, after: is }) => before !== is))
    t.ok(witness.terms.every(({ label }) => label === null || (label.en !== '' && label.ar !== '')))
  }
  t.same(between(after, cutOffs(5)), [moved], 'the same again')
})

t.test('where all scores rise alike nobody enters', async (t) => {
  const intercept = (ranking?.formula.intercept ?? 0) / MICRO + 0.5
  const [moved] = between(changed({ object: 'formula', id: RANKING, set: { '/intercept': intercept } }), cutOffs(5))
  t.same(
    moved?.movers.map(({ kind, witness }) => [kind, witness !== null]),
    [
      ['enters', false],
      ['leaves', true],
    ],
  )
})

t.test('another formula altogether, with a cut-off of its own', async (t) => {
  const id = 'jordan-poverty-scorecard-2010'
  const after = changed(programmeSet(CASH, { '/formula/id': id, '/targeting/thresholds': null }))
  const [moved] = between(after, cutOffs(5, 30))
  t.match(moved, { formulas: { before: RANKING, after: id } })
  for (const { kind, witness } of moved?.movers ?? []) {
    t.ok(witness, kind)
    const isIn = [scoreOf(shipped, RANKING, witness?.facts ?? {}) <= 5, scoreOf(after, id, witness?.facts ?? {}) <= 30]
    t.same(isIn, kind === 'enters' ? [false, true] : [true, false])
  }
})

t.test('nothing of formulas that are the same, nor where nobody is selected by score; cut-offs to the tenth of a point', async (t) => {
  t.same(between(shipped, cutOffs(5)), [])
  const after = changed({ object: 'formula', id: RANKING, set: { '/intercept': 1 } })
  t.same(movedScores(decidedIn(shipped), decided(after, 5 * MICRO), asOf), [])
  const [moved] = between(after, { before: 5_123_456, after: 4_980_001 })
  t.same(moved?.cutOffs, { before: 5_100_000, after: 5_000_000 })
})

const quotas = { method: 'proportional', by: 'governorate', to: { parameter: 'populationShare' }, leftOver: 'nationalOrder' }

t.test('where quotas cut, in the area and by its cut-off, on one side or on both', async (t) => {
  const byArea = programmeSet(CASH, { '/targeting/quotas': quotas })
  const [was, is] = [changed(byArea), changed(byArea, heavier)]
  const [irbid, mafraq] = [5, 6].map((area) => ({ area, units: 40 + area }))
  const [moved] = movedScores(
    decidedIn(was, { ...irbid, cutOff: 4_900_000 }, mafraq ?? {}),
    decidedIn(is, { ...irbid, cutOff: 5_000_000 }),
    asOf,
  )
  const code = shipped.catalogue.facts.get('governorate')?.codes?.[5]
  t.match(moved, { area: { fact: 'governorate', code }, tier: null, cutOffs: { before: 4_900_000, after: 5_000_000 } })
  t.same(
    moved?.movers.map(({ witness }) => witness?.facts['governorate']),
    [code, code],
    'it lives there',
  )
  for (const { kind, witness } of moved?.movers ?? []) {
    const isIn = [scoreOf(was, RANKING, witness?.facts ?? {}) <= 4.9, scoreOf(is, RANKING, witness?.facts ?? {}) <= 5]
    t.same(isIn, kind === 'enters' ? [false, true] : [true, false], kind)
  }
  const [larger] = movedScores(decidedIn(was, irbid ?? {}, mafraq ?? {}), decidedIn(is, irbid ?? {}, mafraq ?? {}), asOf)
  t.equal(larger?.area?.code, shipped.catalogue.facts.get('governorate')?.codes?.[6], 'where most compete')
  t.match(movedScores(decidedIn(shipped, {}), decidedIn(is, irbid ?? {}), asOf), [{ area: { code } }], 'from a list of the whole country')
  t.match(movedScores(decidedIn(was, irbid ?? {}), decidedIn(changed(heavier), {}), asOf), [{ area: { code } }], 'to one')
  t.same(movedScores(decidedIn(was, irbid ?? {}), decidedIn(is, mafraq ?? {}), asOf), [], 'no area was cut on both sides')
  t.same(movedScores(decidedIn(was, { area: NO_AREA }), decidedIn(is, { area: NO_AREA }), asOf), [], 'nobody lives in an unknown one')
})

t.test('where tiers come before the score, in a tier that was cut on both sides', async (t) => {
  const when = { fact: 'householdSize', operator: 'greaterThanInclusive', value: 6 }
  const pupils = { fact: 'schoolStudents', operator: 'greaterThan', value: 2 }
  const tiers = [
    { name: 'pupils', label: { en: 'Pupils', ar: 'الطلبة' }, when: pupils },
    { name: 'large', label: { en: 'Large families', ar: 'الأسر الكبيرة' }, when },
  ]
  const ordered = programmeSet(CASH, { '/targeting/order': [{ by: 'tiers', tiers }, { by: 'score' }, { by: 'tieBreak' }] })
  const [was, is] = [changed(ordered), changed(ordered, heavier)]
  const inTier = (tier: number) =>
    movedScores(decidedIn(was, { tier, cutOff: 5_500_000 }), decidedIn(is, { tier, cutOff: 5_500_000 }), asOf)[0]
  const [first, second, none] = [inTier(0), inTier(1), inTier(NO_TIER)]
  t.match(
    [first, second, none],
    [{ tier: { name: 'pupils', label: { ar: 'الطلبة' } } }, { tier: { name: 'large' } }, { tier: { name: null, label: null } }],
  )
  t.match([first, second, none], Array(3).fill({ area: null }))
  for (const moved of [first, second, none]) {
    const { kind, witness } = moved?.movers.find((one) => one.witness !== null) ?? {}
    t.ok(witness, moved?.tier?.name ?? 'none')
    const { schoolStudents = 0, householdSize: size = 0 } = (witness?.facts ?? {}) as Readonly<Record<string, number>>
    t.equal(schoolStudents > 2 ? 'pupils' : size >= 6 ? 'large' : null, moved?.tier?.name ?? null, JSON.stringify(witness?.facts))
    const [old, young] = [was, is].map((bundle) => scoreOf(bundle, RANKING, witness?.facts ?? {}))
    t.same([Number(old) <= 5.5, Number(young) <= 5.5], kind === 'enters' ? [false, true] : [true, false])
  }
})

t.test('nothing where a list is cut by more than that, on either side', async (t) => {
  const after = changed(heavier)
  t.equal(between(after, cutOffs(5)).length, 1)
  const size = { by: 'fact', fact: 'householdSize', direction: 'descending' }
  const rich = { name: 'rich', label: { en: 'Rich', ar: 'غنية' }, when: { fact: 'welfareScore', operator: 'greaterThan', value: 5 } }
  const [was, is] = [decided(shipped, 5 * MICRO), decided(after, 5 * MICRO)]
  for (const order of [
    [size, { by: 'score' }, { by: 'tieBreak' }],
    [size, { by: 'tieBreak' }],
    [{ by: 'tiers', tiers: [rich] }, { by: 'score' }, { by: 'tieBreak' }],
  ]) {
    const other = programmeSet(CASH, { '/targeting/order': order })
    t.same(movedScores(was, decided(changed(heavier, other), 5 * MICRO), asOf), [], JSON.stringify(order))
    t.same(movedScores(decided(changed(other), 5 * MICRO), is, asOf), [], `before: ${JSON.stringify(order)}`)
    t.same(movedScores(decided(changed(other), 5 * MICRO), decided(changed(heavier, other), 5 * MICRO), asOf).length, 0)
  }
})

t.test('the cut-off is the last who was newly selected, where somebody who competed was left out', async (t) => {
  const list = (reasons: readonly Reason[], area: readonly number[] | null = null, tier: readonly number[] = []) => ({
    score: Float64Array.from(reasons, (_, unit) => (unit + 1) * MICRO),
    tier: Uint8Array.from(reasons, (_, unit) => tier[unit] ?? NO_TIER),
    area: area && Uint8Array.from(area),
    allocation: {
      status: Uint8Array.from(reasons, (reason) => statusCode(/^within|^enrolled-kept|^left-over/.test(reason) ? 'selected' : 'left-out')),
      reason: Uint8Array.from(reasons, reasonCode),
      position: Uint32Array.from(reasons, (_, unit) => unit + 1),
    },
  })
  const lost = (reason: Reason, count: number): Reason[] => Array(count).fill(reason)
  const won = (count: number): Reason[] => Array(count).fill('within-quota')
  const nation = { area: null, tier: NO_TIER }
  t.same(
    contestsOf(list([...won(11), ...lost('no-places', 8), 'enrolled-kept'])),
    [{ ...nation, units: 19, cutOff: 11 * MICRO }],
    'whoever is kept did not compete',
  )
  t.same(contestsOf(list([...won(10), 'budget-exhausted'])), [{ ...nation, units: 11, cutOff: 10 * MICRO }])
  t.same(contestsOf(list([...won(12), ...lost('past-entry-threshold', 12)])), [], 'places to spare')
  t.same(contestsOf(list(['enrolled-kept', ...lost('no-places', 12)])), [])
  t.same(contestsOf(list([...won(9), ...lost('no-places', 30)])), [], 'of so few winners nothing is told, however many lost')
  // Two areas in turn; in the first the cut lies in the second tier.
  const reasons: Reason[] = [...won(26), 'left-over-place', ...lost('quota-full', 27)]
  const area = reasons.map((_, unit) => unit % 2)
  const tier = reasons.map((_, unit) => (unit < 6 ? 0 : 1))
  t.same(contestsOf(list(reasons, area, tier)), [
    { area: 0, tier: 1, units: 24, cutOff: 27 * MICRO },
    { area: 1, tier: 1, units: 24, cutOff: 26 * MICRO },
  ])
})

t.test('made households are told to all, as they are', async (t) => {
  const moved = between(changed({ object: 'formula', id: RANKING, set: { '/intercept': 1 } }), cutOffs(5))
  const plain = madeOutcome()
  const outcome = { ...plain, scenarios: plain.scenarios.map((one) => ({ ...one, movedScores: moved })) }
  const [told] = toldResult(readResult(storedResult(outcome)), false).scenarios
  t.equal(moved.length, 1)
  t.same(told?.movedScores, moved)
})
