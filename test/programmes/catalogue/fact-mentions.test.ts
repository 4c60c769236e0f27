/** What is found in texts is what the compiled versions read. */
import t from 'tap'
import { slotsOf } from '../../../src/language/condition/condition.ts'
import { factMentions } from '../../../src/programmes/catalogue/fact-mentions.ts'
import { shippedBundle } from '../../../src/programmes/shipped-bundle.ts'
import { shippedTexts } from '../../../src/programmes/shipped-files.ts'

const { bundle } = shippedBundle()
if (!bundle) throw new Error('the shipped texts do not compile')
const { catalogue } = bundle
const known = (id: string): boolean => catalogue.facts.has(id)
const texts = shippedTexts()
const mentioned = (kind: string, id?: string, version?: number) =>
  texts
    .filter((text) => text.kind === kind && (id === undefined || text.id === id) && (version === undefined || text.version === version))
    .flatMap((text) => factMentions(kind, text.json, known))
const sorted = (ids: Iterable<string>): string[] => [...new Set(ids)].toSorted()

t.test('definitions of facts name what they are computed from', async (t) => {
  const found = new Map<string, string[]>()
  for (const { fact, inFact } of mentioned('catalogue')) found.set(inFact ?? '', [...(found.get(inFact ?? '') ?? []), fact])
  for (const { id, inputs } of catalogue.facts.values()) t.same(sorted(found.get(id) ?? []), sorted(inputs), id)
})

t.test('rules, with the definitions that they refer to, and formulas', async (t) => {
  for (const { rule, ruleRef } of bundle.programmes) {
    const definitions = rule.condition.nodes.flatMap((node) => (node.kind === 'definition' ? [node.refersTo] : []))
    const read = [...mentioned('rule', ruleRef.id, ruleRef.version), ...definitions.flatMap((id) => mentioned('definition', id))]
    const slots = slotsOf(rule.condition).map((slot) => rule.condition.space.types[slot]?.id ?? '')
    t.same(sorted(read.map(({ fact }) => fact)), sorted(slots), ruleRef.id)
  }
  for (const { formula, ref } of bundle.formulas) {
    const slots = formula.slots.map((slot) => formula.space.types[slot]?.id ?? '')
    t.same(sorted(mentioned('formula', ref.id, ref.version).map(({ fact }) => fact)), sorted(slots), ref.id)
  }
})

t.test('programmes name benefit, quotas and keys, with their places; broken texts what can be read', async (t) => {
  const json = {
    id: 'cash',
    benefit: { fact: 'energySupportBenefit', period: 'month' },
    targeting: {
      quotas: { by: 'governorate', places: { '11': 1 } },
      order: [
        {
          by: 'tiers',
          tiers: [
            {
              name: 'incomeTotalMonthly',
              when: { all: [{ fact: 'incomeTotalMonthly', operator: 'equal', value: { fact: 'wageMean12m' } }] },
            },
          ],
        },
        { by: 'fact', fact: 'incomeTotalMonthly', direction: 'ascending' },
        { by: 'score' },
      ],
      legalBasis: [{ fact: 'incomeTotalMonthly', basis: { en: 'a', ar: 'أ' } }],
    },
  }
  t.same(
    factMentions('programme', json, known).map(({ fact, pointer }) => `${fact} ${pointer}`),
    [
      'energySupportBenefit /benefit/fact',
      'governorate /targeting/quotas/by',
      'incomeTotalMonthly /targeting/order/0/tiers/0/when/all/0/fact',
      'wageMean12m /targeting/order/0/tiers/0/when/all/0/value/fact',
      'incomeTotalMonthly /targeting/order/1/fact',
    ],
  )
  for (const broken of [null, 3, [], { facts: [null, { id: 3 }] }, { facts: {} }])
    for (const kind of ['catalogue', 'rule', 'cases']) t.same(factMentions(kind, broken, known), [])
})
