/** A fact drawn from the registry of beehives, and a rule that uses it: drafted, approved by three and put into force. */
import assert from 'node:assert/strict'
import { type Ask, shipped } from '../../programmes/authoring/support.ts'
import { AS_OF } from '../../support/seeded-app.ts'

/** Words and the rest that does not matter here. */
const hives = (id: string, definition: object): object => ({
  id,
  type: 'integer',
  unit: 'hives',
  label: { en: `${HIVES[id]}`, ar: 'خلايا النحل التي تملكها الأسرة' },
  custodian: 'BKA',
  correctable: false,
  protected: false,
  definition,
})
const HIVES: Readonly<Record<string, string>> = {
  beehivesOwned: 'Beehives of the household',
  hivesOwned: 'Beehives of the person',
  childrensHives: 'Beehives of the children',
  childrensHivesInAll: 'Beehives of the members’ children, wherever they live',
}
const overRegistry = { aggregate: { function: 'sum', over: { registry: 'bka_beehives' }, of: 'hives' } }
const sumOf = (of: string, over: object): object => ({ aggregate: { function: 'sum', over, of } })

/** Energy support then asks for at most ten beehives in the household. */
export const authorHives = (ask: Ask): Promise<void> =>
  authorLimit(ask, 'beehivesOwned', [{ entity: 'household', facts: [hives('beehivesOwned', overRegistry)] }])

/** Energy support then asks for at most ten beehives of the members' children, who may live elsewhere. */
export const authorChildrensHives = (ask: Ask): Promise<void> =>
  authorLimit(ask, 'childrensHivesInAll', [
    {
      entity: 'person',
      facts: [
        hives('hivesOwned', overRegistry),
        hives('childrensHives', sumOf('hivesOwned', { relatives: 'children', within: 'anywhere' })),
      ],
    },
    { entity: 'household', facts: [hives('childrensHivesInAll', sumOf('childrensHives', { relatives: 'members' }))] },
  ])

async function authorLimit({ put, submit, decide, activate }: Ask, fact: string, catalogues: readonly object[]): Promise<void> {
  const rule = shipped('rule', 'energy-support')
  Object.assign(rule, { version: 2, effectiveFrom: AS_OF })
  rule.conditions.all.push({
    name: 'few-hives',
    because: { en: 'At most ten beehives', ar: 'عشر خلايا نحل على الأكثر' },
    citation: 'Test',
    fact,
    operator: 'lessThanInclusive',
    value: 10,
  })
  const programme = shipped('programme', 'energy-support')
  programme.rule.version = 2
  const cases = shipped('cases', 'programme/energy-support')
  for (const one of cases.cases) one.facts[fact] = 10
  const eligible = cases.cases.find(({ outcome }: { outcome: string }) => outcome === 'eligible')
  cases.cases.push({
    ...eligible,
    id: 'many-hives',
    facts: { ...eligible.facts, [fact]: 11 },
    outcome: 'ineligible',
    because: ['few-hives'],
  })
  const drafts = []
  for (const [index, catalogue] of catalogues.entries()) drafts.push(await put('maker', 'catalogue', `beehives-${index}`, catalogue))
  drafts.push(
    await put('maker', 'rule', 'energy-support', rule),
    await put('maker', 'programme', 'energy-support', programme),
    await put('maker', 'cases', 'programme/energy-support', cases),
  )
  const submitted = await submit('maker', AS_OF, drafts)
  const set = submitted.json()
  for (const checker of ['checker', 'one-at-NAF', 'one-at-MOPIC']) await decide(checker, 'approve', set)
  const activated = await activate(set)
  assert.equal(activated.json().status, 'in-force', activated.body)
}
