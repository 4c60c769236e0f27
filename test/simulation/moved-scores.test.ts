/** Made households whose score crosses a cut-off: for each kind of mover there is one, confirmed by both formulas from the facts that are told, and the points add up. */
import t from 'tap'
import type { NumberedText } from '../../src/programmes/compile-bundle.ts'
import type { Bundle } from '../../src/programmes/bundle.ts'
import { shippedTexts } from '../../src/programmes/shipped-files.ts'
import { isFailure, readValue } from '../../src/language/condition/literal.ts'
import { unknownValues } from '../../src/language/fact-space.ts'
import { PLACES_PER_TERM } from '../../src/language/formula/compile.ts'
import { competedCutOff } from '../../src/simulation/competed-cut-off.ts'
import { movedScores } from '../../src/simulation/moved-scores.ts'
import { readResult, storedResult, toldResult } from '../../src/simulation/result.ts'
import type { Change } from '../../src/simulation/scenario-schema.ts'
import { scenarioTexts } from '../../src/simulation/scenario-texts.ts'
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
const decided = (bundle: Bundle, cutOff: number) => ({
  bundle,
  cutOffs: new Map([[CASH, cutOff]]),
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

t.test('other weights: who comes within the cut-off and whom it leaves behind, each confirmed from the facts that are told', async (t) => {
  const set = Object.fromEntries(linear.slice(0, 4).map(({ place, weight }) => [`/terms/${place}/weight`, (weight * 1.5) / MICRO]))
  const after = changed({ object: 'formula', id: RANKING, set })
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
  t.same(movedScores({ bundle: shipped, cutOffs: new Map() }, decided(after, 5 * MICRO), asOf), [])
  const [moved] = between(after, { before: 5_123_456, after: 4_980_001 })
  t.same(moved?.cutOffs, { before: 5_100_000, after: 5_000_000 })
})

t.test('nothing where a list is cut by more than the score, on either side', async (t) => {
  const set = { object: 'formula', id: RANKING, set: { '/intercept': 1 } } as const
  const after = changed(set)
  t.equal(between(after, cutOffs(5)).length, 1)
  const quotas = { method: 'proportional', by: 'governorate', to: { parameter: 'populationShare' }, leftOver: 'nationalOrder' }
  const size = { by: 'fact', fact: 'householdSize', direction: 'descending' }
  for (const targeting of [
    { '/targeting/quotas': quotas },
    { '/targeting/order': [size, { by: 'score' }, { by: 'tieBreak' }] },
    { '/targeting/order': [size, { by: 'tieBreak' }] },
  ]) {
    const other = programmeSet(CASH, targeting)
    const [was, is] = [decided(shipped, 5 * MICRO), decided(after, 5 * MICRO)]
    t.same(movedScores(was, decided(changed(set, other), 5 * MICRO), asOf), [], JSON.stringify(targeting))
    t.same(movedScores(decided(changed(other), 5 * MICRO), is, asOf), [], `before: ${JSON.stringify(targeting)}`)
  }
})

t.test('the cut-off is the last who was newly selected, where somebody who competed was left out', async (t) => {
  const list = (reasons: readonly Reason[]) => ({
    score: Float64Array.from(reasons, (_, unit) => (unit + 1) * MICRO),
    allocation: {
      status: Uint8Array.from(reasons, (reason) => statusCode(/^within|^enrolled-kept/.test(reason) ? 'selected' : 'left-out')),
      reason: Uint8Array.from(reasons, reasonCode),
      position: Uint32Array.from(reasons, (_, unit) => unit + 1),
    },
  })
  t.equal(
    competedCutOff(list(['within-quota', 'within-quota', 'no-places', 'enrolled-kept'])),
    2 * MICRO,
    'whoever is kept did not compete',
  )
  t.equal(competedCutOff(list(['within-quota', 'budget-exhausted'])), MICRO)
  t.equal(competedCutOff(list(['within-quota', 'within-quota', 'past-entry-threshold'])), null, 'places to spare')
  t.equal(competedCutOff(list(['enrolled-kept', 'no-places'])), null)
})

t.test('made households are told to all, as they are', async (t) => {
  const moved = between(changed({ object: 'formula', id: RANKING, set: { '/intercept': 1 } }), cutOffs(5))
  const plain = madeOutcome()
  const outcome = { ...plain, scenarios: plain.scenarios.map((one) => ({ ...one, movedScores: moved })) }
  const [told] = toldResult(readResult(storedResult(outcome)), false).scenarios
  t.equal(moved.length, 1)
  t.same(told?.movedScores, moved)
})
