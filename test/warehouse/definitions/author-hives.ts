/** A fact drawn from the registry of beehives, and a rule that uses it: drafted, approved by three and put into force. */
import assert from 'node:assert/strict'
import { type Ask, shipped } from '../../programmes/authoring/support.ts'
import { AS_OF } from '../../support/seeded-app.ts'

/** Energy support then asks for at most ten beehives in the household. */
export async function authorHives({ put, submit, decide, activate }: Ask): Promise<void> {
  const catalogue = {
    entity: 'household',
    facts: [
      {
        id: 'beehivesOwned',
        type: 'integer',
        unit: 'hives',
        label: { en: 'Beehives of the household', ar: 'خلايا النحل التي تملكها الأسرة' },
        custodian: 'BKA',
        correctable: false,
        protected: false,
        definition: { aggregate: { function: 'sum', over: { registry: 'bka_beehives' }, of: 'hives' } },
      },
    ],
  }
  const rule = shipped('rule', 'energy-support')
  Object.assign(rule, { version: 2, effectiveFrom: AS_OF })
  rule.conditions.all.push({
    name: 'few-hives',
    because: { en: 'At most ten beehives', ar: 'عشر خلايا نحل على الأكثر' },
    citation: 'Test',
    fact: 'beehivesOwned',
    operator: 'lessThanInclusive',
    value: 10,
  })
  const programme = shipped('programme', 'energy-support')
  programme.rule.version = 2
  const cases = shipped('cases', 'programme/energy-support')
  for (const one of cases.cases) one.facts.beehivesOwned = 10
  const eligible = cases.cases.find(({ outcome }: { outcome: string }) => outcome === 'eligible')
  cases.cases.push({
    ...eligible,
    id: 'many-hives',
    facts: { ...eligible.facts, beehivesOwned: 11 },
    outcome: 'ineligible',
    because: ['few-hives'],
  })
  const drafts = [
    await put('maker', 'catalogue', 'beehives', catalogue),
    await put('maker', 'rule', 'energy-support', rule),
    await put('maker', 'programme', 'energy-support', programme),
    await put('maker', 'cases', 'programme/energy-support', cases),
  ]
  const submitted = await submit('maker', AS_OF, drafts)
  const set = submitted.json()
  for (const checker of ['checker', 'one-at-NAF', 'one-at-MOPIC']) await decide(checker, 'approve', set)
  const activated = await activate(set)
  assert.equal(activated.json().status, 'in-force', activated.body)
}
