/** Made households of a scenario: of the rules that decide otherwise only, explained in both languages, the same each time. */
import t from 'tap'
import { RULE, witnessesBetween, witnessesOf, witnessesOfChange } from './support/made-witnesses.ts'

const CHANGED = { '/conditions': { all: [{ fact: 'householdSize', operator: 'greaterThan', value: 3 }] } }

t.test('for each kind of change that there is, with why before and after', async (t) => {
  const witnesses = witnessesOf(CHANGED)
  t.same(
    witnesses.map(({ programme }) => programme),
    [RULE],
  )
  const changes = witnesses[0]?.difference?.changes ?? []
  const enters = changes.find(({ from, to }) => from === 'ineligible' && to === 'eligible')
  t.equal(enters?.verdict, 'witness')
  t.match(enters?.witness?.facts, { householdSize: 4 })
  for (const language of ['en', 'ar'] as const) {
    const { household = [], before = [], after = [] } = enters?.witness?.words[language] ?? {}
    t.ok(household.length > 0 && before.length > 0 && after.length > 0, language)
    t.not(before.join(), after.join())
  }
  t.equal(JSON.stringify(witnessesOf(CHANGED)), JSON.stringify(witnesses))
})

t.test('that rules differ is proven only where no definition binds the facts that they read', async (t) => {
  const [bound] = witnessesOf(CHANGED)
  t.equal(bound?.difference?.equivalent, null, 'the rule in force reads facts that are computed from each other')
  t.ok(bound?.difference?.changes.some(({ verdict }) => verdict === 'witness'))
  for (const { witness } of bound?.difference?.changes ?? []) if (witness) t.equal(witness.isHeld, false)
  const larger = { '/conditions': { all: [{ fact: 'householdSize', operator: 'greaterThan', value: 4 }] } }
  const [free] = witnessesBetween(CHANGED, larger)
  t.equal(free?.difference?.equivalent, false)
  for (const { witness } of free?.difference?.changes ?? []) if (witness) t.equal(witness.isHeld, true)
})

t.test('nothing of rules that decide alike', async (t) => {
  t.same(witnessesOf({ '/description/en': 'told otherwise' }), [])
  t.same(witnessesOfChange({ object: 'formula', id: 'welfare-ranking', set: { '/intercept': 3 } }), [])
  t.same(witnessesOfChange({ object: 'definition', id: 'below-poverty-line', set: { '/citation': 'elsewhere' } }), [])
})

t.test('a parameter makes the rules that read it decide otherwise', async (t) => {
  const witnesses = witnessesOfChange({ object: 'parameter', id: 'povertyLine', value: 250 })
  const programmes = witnesses.map(({ programme }) => programme)
  t.ok(programmes.includes('pwd-rehabilitation'), 'also where it is read through a fact that is computed from it')
  t.notMatch(
    witnesses.map(({ difference }) => difference?.equivalent),
    [true],
  )
})

t.test('rules that outgrow the effort are named without a difference', async (t) => {
  t.same(witnessesOf(CHANGED, { nodes: 1, states: 1 }), [{ programme: RULE, difference: null }])
})
