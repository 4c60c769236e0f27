/** Differential: judging in shared arrays gives what the plain reference gives over fresh copies, whoever was judged before. */
import t from 'tap'
import { computedValues, personValues } from '../../src/determinations/computed-facts.ts'
import type { ProgrammeStatus } from '../../src/determinations/computed-facts.ts'
import { judge } from '../../src/determinations/determine.ts'
import { missingOf } from '../../src/determinations/missing-inputs.ts'
import { contributionsOf, scoreOf } from '../../src/determinations/score.ts'
import type { AssembledHousehold } from '../../src/households/assembled.ts'
import type { Truth } from '../../src/kernel/truth.ts'
import { FALSE, TRUE, UNKNOWN } from '../../src/kernel/truth.ts'
import { interpret } from '../../src/language/condition/interpret.ts'
import { outcomeOf } from '../../src/language/rule/outcome.ts'
import { newTrace } from '../../src/language/rule/trace.ts'
import type { Bundle } from '../../src/programmes/bundle.ts'
import { shippedBundle } from '../../src/programmes/shipped-bundle.ts'
import { randomHouseholds, seeded, withUnknowns } from '../bench/support/random-household.ts'

const { bundle } = shippedBundle()
if (!bundle) throw new Error('the shipped files do not check')
const { catalogue } = bundle
const random = seeded(7)
const complete = randomHouseholds(catalogue, 120, 7)
const households = [...complete, ...complete.map((assembled) => withUnknowns(catalogue, assembled, 0.1, random))]

t.test('every unit of every household is judged as the reference judges it', async (t) => {
  let undetermined = 0
  let differences = 0
  for (const assembled of [...households, ...households.toReversed()]) {
    const found = judge(bundle, assembled, new Set())
    const wanted = reference(bundle, assembled)
    const same =
      JSON.stringify(found.map(({ programme, personRef, truth, missing }) => [programme, personRef, truth, missing])) ===
      JSON.stringify(wanted)
    if (!same) differences++
    undetermined += found.filter(({ outcome }) => outcome === 'undetermined').length
    if (found.some(({ outcome, missing }) => (outcome === 'undetermined') !== missing.length > 0)) differences++
  }
  t.equal(differences, 0)
  t.ok(undetermined > 100, `${undetermined} units are undetermined`)
})

t.test('a household judged twice, with others between, keeps its traces and its assembled values', async (t) => {
  const [one, ...others] = households as [AssembledHousehold, ...AssembledHousehold[]]
  const before = { lo: one.household.lo.slice(), hi: one.household.hi.slice() }
  const first = judge(bundle, one, new Set())
  const kept = JSON.stringify(first)
  for (const other of others) judge(bundle, other, new Set())
  t.equal(JSON.stringify(judge(bundle, one, new Set())), kept)
  t.equal(JSON.stringify(first), kept)
  t.strictSame(one.household, before)
})

t.test('a withheld programme leaves its status unknown to those that read it', async (t) => {
  const wanted = new Set(['unified-cash-transfer'])
  const changed = complete.filter((assembled) => {
    const free = judge(bundle, assembled, new Set())
    const withheld = judge(bundle, assembled, wanted)
    return withheld.some(({ outcome, trace }, index) => outcome === 'undetermined' && trace !== free[index]?.trace)
  })
  t.ok(changed.length > 0, `${changed.length} households have a programme that hangs on the status`)
})

t.test('contributions asked for are an array of their own', async (t) => {
  const formula = bundle.formulas.find((one) => one.formula.terms.length === 57)
  if (!formula) throw new Error('no formula of 57 terms')
  const [one, other] = households as [AssembledHousehold, AssembledHousehold]
  const mine = contributionsOf(formula, one.household)
  const copy = mine.slice()
  scoreOf(formula, other.household)
  contributionsOf(formula, other.household)
  t.strictSame(mine, copy)
})

/** Truth of each unit by the interpreter, over fresh copies, and the facts that are missing by those copies. */
function reference({ programmes }: Bundle, assembled: AssembledHousehold): unknown[] {
  const statuses = new Map<string, ProgrammeStatus>()
  return programmes.flatMap((compiled) => {
    const { id, formula, programme, rule } = compiled
    const score = formula ? scoreOf(formula, assembled.household) : null
    const household = computedValues(catalogue, assembled.household, score, statuses)
    const { members } = assembled
    const units = (programme.source.unit === 'household' ? [null] : members).map(
      (member): [string, number | null, Truth, readonly string[]] => {
        const values = member ? personValues(member.facts, household) : household
        const trace = newTrace(rule.condition)
        compiled.evaluate(values.lo, values.hi, trace)
        const truth = interpret(rule.condition, values)
        const missing = truth === UNKNOWN ? missingOf(bundle as Bundle, compiled, { household, member, members, values, trace }) : []
        return [id, member?.personRef ?? null, truth, missing]
      },
    )
    const truths = units.map(([, , truth]) => truth)
    statuses.set(id, outcomeOf(truths.includes(TRUE) ? TRUE : truths.includes(UNKNOWN) ? UNKNOWN : FALSE))
    return units
  })
}
