/** The gate of simulations: whoever is granted a fact in no way cannot have it counted, however the change reads it. */
import t from 'tap'
import type { ReadRights } from '../../src/access/grants/read-rights.ts'
import { slotsOf } from '../../src/language/condition/condition.ts'
import type { Bundle } from '../../src/programmes/bundle.ts'
import { factsUsed } from '../../src/programmes/facts-granted.ts'
import { shippedBundle } from '../../src/programmes/shipped-bundle.ts'
import { mayBeExact, refuseUngranted, refuseUngrantedTexts, textsMayBeExact } from '../../src/simulation/facts-granted.ts'
import type { Change, Scenario } from '../../src/simulation/scenario-schema.ts'

const bundle = shippedBundle().bundle as Bundle
const ids = [...bundle.catalogue.facts.keys()]
const CASH = 'unified-cash-transfer'

interface Granted {
  readonly facts?: readonly string[]
  readonly decideOnly?: readonly string[]
  readonly columns?: Readonly<Record<string, readonly string[]>>
}
const rightsTo = ({ facts = [], decideOnly = [], columns = {} }: Granted): ReadRights => ({
  entity: 'NAF',
  columns: (registry) => new Set(columns[registry] ?? []),
  facts: new Set(facts),
  decideOnly: new Set(decideOnly),
  rowScope: () => ({ kind: 'person' }),
})
const but = (...facts: readonly string[]): readonly string[] => ids.filter((id) => !facts.includes(id))
const scenario = (change: Partial<Change>, name = 'a'): Scenario => ({ name, changes: [change as Change] })

/** Where it is refused; null where it passes. */
function refusedAt(granted: Granted, ...scenarios: readonly Scenario[]): string | null {
  try {
    refuseUngranted(bundle, scenarios, rightsTo(granted))
    return null
  } catch (error) {
    const { code, parts } = error as { code: string; parts: { pointer: string } }
    return code === 'facts-not-granted' ? parts.pointer : String(error)
  }
}
const exact = (granted: Granted, change: Partial<Change>): boolean => mayBeExact(bundle, [scenario(change)], rightsTo(granted))
const rule = (conditions: unknown): Partial<Change> => ({ object: 'rule', id: CASH, set: { '/conditions': conditions } })
const countedCars = { fact: 'countedCars', operator: 'greaterThan', value: 0 }

t.test('a fact that the change names: seen, for use, or not at all; the refusal tells the place, the facts and their custodians', (t) => {
  const change = rule({ all: [countedCars] })
  t.equal(refusedAt({ decideOnly: but('countedCars') }, scenario(change)), '/scenarios/0/changes/0')
  t.equal(
    refusedAt({ facts: but('countedCars') }, scenario({ object: 'rule', id: 'none', set: {} }), scenario(change, 'b')),
    '/scenarios/1/changes/0',
  )
  const both = scenario({ object: 'rule', id: 'new', source: { any: [{ fact: 'isTrader' }, countedCars, { fact: 'countedCars' }] } })
  const custodian = (id: string) => bundle.catalogue.facts.get(id)?.custodian
  const [cars, property] = [custodian('countedCars'), custodian('isTrader')]
  t.ok(cars && property)
  const told = { code: 'facts-not-granted', parts: { expected: `countedCars (${cars}), isTrader (${property})` } }
  t.throws(() => refuseUngranted(bundle, [both], rightsTo({})), told)
  t.throws(() => refuseUngrantedTexts([bundle, bundle], [{ kind: 'rule', id: 'new', json: both.changes[0]?.source }], rightsTo({})), told)
  t.equal(refusedAt({ decideOnly: ids }, scenario(change)), null)
  t.equal(exact({ decideOnly: ids }, change), false, 'for use alone nothing is counted exactly')
  t.equal(exact({ facts: ids }, change), true)
  t.equal(refusedAt({ facts: ids }, scenario(change)), null)
  t.end()
})

t.test('a fact by the columns behind it, one of them missing', (t) => {
  const change = scenario({ object: 'rule', id: 'new', source: { any: [{ fact: 'isTrader', operator: 'equal', value: true }] } })
  const all = bundle.catalogue.registries.get('customs_traders')?.columns.map(({ name }) => name) ?? []
  t.equal(refusedAt({ columns: { customs_traders: all } }, change), null)
  t.equal(refusedAt({ columns: { customs_traders: [] } }, change), '/scenarios/0/changes/0')
  t.equal(refusedAt({}, change), '/scenarios/0/changes/0')
  t.end()
})

t.test('a fact that is not named: under a shared condition, in the text that is changed, behind a parameter or definition', (t) => {
  for (const [id, { conditions }] of bundle.definitions) {
    const [fact] = [...JSON.stringify(conditions).matchAll(/"fact":"(\w+)"/g)].flatMap(([, name = '']) =>
      ids.includes(name) ? [name] : [],
    )
    if (fact === undefined || bundle.catalogue.facts.get(fact)?.definition.kind === 'parameter') continue
    const uses = { object: 'rule', id: 'new', source: { all: [{ any: [{ condition: id }] }] } } as const
    t.equal(refusedAt({ decideOnly: but(fact) }, scenario(uses)), '/scenarios/0/changes/0', `${id} reads ${fact}`)
    t.equal(refusedAt({ decideOnly: ids }, scenario(uses)), null, id)
    t.equal(exact({ decideOnly: ids }, uses), false, id)
  }
  const cash = bundle.programmes.find(({ id }) => id === CASH)
  if (!cash) throw new Error('the cash programme is shipped')
  const { condition } = cash.rule
  const read = [...slotsOf(condition)].map((slot) => condition.space.types[slot]?.id ?? '')
  const [known] = read.filter((id) => bundle.catalogue.facts.get(id)?.definition.kind !== 'parameter')
  const moved = scenario({ object: 'rule', id: CASH, set: { '/conditions/all/0/value': 7 } })
  t.equal(
    refusedAt({ decideOnly: but(known as string) }, moved),
    '/scenarios/0/changes/0',
    'a threshold over a fact that the change does not name',
  )
  for (const id of ['povertyLine', 'poverty-line'])
    t.equal(
      refusedAt({ decideOnly: but('incomePerCapitaMonthly') }, scenario({ object: 'parameter', id, value: 100 })),
      '/scenarios/0/changes/0',
      `${id}: the income is held against what follows from the line`,
    )
  t.equal(refusedAt({ decideOnly: ids }, scenario({ object: 'parameter', id: 'povertyLine', value: 100 })), null)
  const shared = scenario({ object: 'definition', id: 'near-poverty-line', set: { '/conditions/operator': 'lessThan' } })
  const users = bundle.programmes.filter(({ rule: { condition: one } }) =>
    one.nodes.some((node) => node.definition === 'near-poverty-line'),
  )
  t.ok(users.length > 0)
  t.equal(refusedAt({}, shared), '/scenarios/0/changes/0')
  t.end()
})

t.test('a programme that is given the rule of another reads what that rule reads', (t) => {
  const other = bundle.programmes.find(({ id }) => id === 'monthly-payment') as (typeof bundle.programmes)[number]
  const own = bundle.programmes.find(({ id }) => id === 'housing') as (typeof bundle.programmes)[number]
  const readBy = ({ rule: { condition } }: typeof other): string[] =>
    [...slotsOf(condition)].map((slot) => condition.space.types[slot]?.id ?? '')
  const [fact] = readBy(other).filter(
    (id) =>
      !readBy(own).includes(id) &&
      bundle.catalogue.facts.get(id)?.definition.kind !== 'parameter' &&
      id !== own.programme.source.benefit.fact,
  )
  for (const change of [
    { set: { '/rule': { id: other.ruleRef.id, version: 1 } } },
    { set: { '/rule/id': other.ruleRef.id } },
    { source: { rule: { id: other.ruleRef.id } } },
  ]) {
    const wish = scenario({ object: 'programme', id: 'housing', ...change })
    t.equal(refusedAt({ decideOnly: but(fact as string) }, wish), '/scenarios/0/changes/0', fact as string)
    t.equal(refusedAt({ decideOnly: ids }, wish), null)
  }
  t.end()
})

t.test('order, quotas, tiers, benefit and formula read facts too', (t) => {
  const targeting = [
    { '/targeting/order': [{ by: 'fact', fact: 'countedCars', direction: 'ascending' }] },
    { '/targeting/quotas': { by: 'countedCars' } },
    { '/tiers': [{ conditions: { all: [countedCars] } }] },
    { '/benefit/fact': 'countedCars' },
  ]
  for (const set of targeting) {
    const change = { object: 'programme', id: CASH, set } as const
    t.equal(refusedAt({ decideOnly: but('countedCars') }, scenario(change)), '/scenarios/0/changes/0', JSON.stringify(set))
    t.equal(refusedAt({ decideOnly: ids }, scenario(change)), null)
  }
  const [formula] = bundle.formulas
  const { space, slots } = (formula as (typeof bundle.formulas)[number]).formula
  const [input] = [...slots].map((slot) => space.types[slot]?.id ?? '')
  const intercept = scenario({ object: 'formula', id: formula?.formula.id ?? '', set: { '/intercept': 3 } })
  t.equal(refusedAt({ decideOnly: but(input as string) }, intercept), '/scenarios/0/changes/0')
  t.equal(refusedAt({ decideOnly: ids }, intercept), null)
  t.end()
})

t.test('a programme that comes to rank by another formula reads what that formula reads, and the one before', (t) => {
  const other = 'jordan-poverty-scorecard-2010'
  const readBy = (formula: string): string[] =>
    bundle.formulas.flatMap(({ formula: { id, space, slots } }) => (id === formula ? slots.map((slot) => space.types[slot]?.id ?? '') : []))
  const housing = bundle.programmes.find(({ id }) => id === 'housing') as (typeof bundle.programmes)[number]
  const { source } = housing.programme
  const used = factsUsed(housing)
  const onlyIn = (formula: string, than: string): string => {
    // Not to be seen by what it is computed from.
    const isBase = (id: string): boolean => bundle.catalogue.facts.get(id)?.inputs.length === 0
    const [fact] = readBy(formula).filter((id) => isBase(id) && !readBy(than).includes(id) && !used.has(id))
    if (fact === undefined) throw new Error(`${formula} reads nothing of its own`)
    return fact
  }
  const [now, before] = [onlyIn(other, 'welfare-ranking'), onlyIn('welfare-ranking', other)]
  const named = { id: other, version: 1 }
  for (const change of [{ set: { '/formula': named } }, { set: { '/formula/id': other } }, { source: { ...source, formula: named } }]) {
    const wish = { object: 'programme', id: 'housing', ...change } as const
    for (const fact of [now, before]) {
      t.equal(refusedAt({ decideOnly: but(fact) }, scenario(wish)), '/scenarios/0/changes/0', fact)
      t.equal(exact({ facts: but(fact), decideOnly: [fact] }, wish), false, 'for use alone nothing is counted exactly')
      const text = { kind: 'programme', id: 'housing', json: { ...source, formula: named } }
      t.equal(textsMayBeExact([bundle], [text], rightsTo({ facts: but(fact) })), false)
      t.equal(textsMayBeExact([bundle], [{ ...text, id: 'new', json: { ...text.json, id: 'new' } }], rightsTo({ facts: but(now) })), false)
    }
    t.equal(refusedAt({ decideOnly: ids }, scenario(wish)), null)
  }
  const same = { object: 'programme', id: 'housing', source } as const
  t.equal(refusedAt({ decideOnly: but(before) }, scenario(same)), null, 'by the same formula the nation’s score is a fact like others')
  t.equal(
    refusedAt({ decideOnly: but(before) }, scenario({ ...same, source: { ...source, formula: undefined } })),
    '/scenarios/0/changes/0',
    'by none',
  )
  const budget = { object: 'programme', id: 'housing', set: { '/targeting/budget': 5 } } as const
  t.equal(refusedAt({ decideOnly: but(source.benefit.fact) }, scenario(budget)), '/scenarios/0/changes/0', 'the benefit that it pays')
  t.end()
})
