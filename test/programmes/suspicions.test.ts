/** Suspicious texts, each with exactly its warnings: accepted, and probably not what was meant. */
import t from 'tap'
import type { Condition } from '../../src/language/condition/condition.ts'
import type { Definition } from '../../src/language/condition/definition.ts'
import { checkRule } from '../../src/language/rule/check.ts'
import type { DomainOf } from '../../src/programmes/difference/domain.ts'
import { shippedBundle } from '../../src/programmes/shipped-bundle.ts'
import { shippedTexts } from '../../src/programmes/shipped-files.ts'
import { suspicionCodes } from '../../src/programmes/suspicions/suspicion-codes.ts'
import { suspicionsOf } from '../../src/programmes/suspicions/suspicions.ts'
import { suspiciousSources } from '../../src/programmes/suspicions/suspicious-sources.ts'
import { suspiciousParts, unreachedTiers } from '../../src/programmes/suspicions/suspicious-parts.ts'
import { suspiciousWords } from '../../src/programmes/suspicions/suspicious-words.ts'
import { rule, space, definitions as known } from '../language/rule/fixtures.ts'

const define = (id: string, conditions: unknown): [string, Definition] => [
  id,
  { id, label: { en: 'A', ar: 'أ' }, scope: 'household', conditions },
]
const leaf = (fact: string, operator: string, value: unknown, more: object = {}): object => ({ fact, operator, value, ...more })
const members = (operator: string, value: unknown): object => leaf('memberCount', operator, value)
const income = (operator: string, value: unknown): object => leaf('incomeMonth', operator, value)
const owns = leaf('ownsHome', 'equal', true)
const definitions = new Map([
  ...known,
  define('never', { all: [members('lessThan', 2), members('greaterThan', 5)] }),
  define('small', { all: [members('lessThan', 3)] }),
])
/** The poverty line is 100 on the day; counts and amounts are never negative; incomes have bounds. */
const domainOf: DomainOf = ({ id, type }) => ({
  bounded: id === 'incomeMonth',
  nonNegative: type === 'integer' || type === 'decimal',
  ...(id === 'povertyLine' ? { fixed: 100_000 } : {}),
})

function warningsOf(json: Record<string, unknown>): string[] {
  const { rule: checked, diagnostics } = checkRule(json, { space, definitions })
  if (!checked) throw new Error(JSON.stringify(diagnostics))
  const found = [...diagnostics, ...suspiciousWords(json), ...suspiciousParts(checked.condition, domainOf)]
  for (const { severity, code, message, messageAr } of found) {
    t.equal(severity, 'warning')
    if (Object.hasOwn(suspicionCodes, code))
      t.ok(message.length > 10 && /\p{Script=Arabic}/u.test(messageAr ?? ''), `${code} in both languages`)
  }
  return found.map(({ code, pointer }) => `${code} ${pointer}`)
}

const A = '/conditions/all'
const basis = [{ fact: 'headIsCitizen', basis: { en: 'Law', ar: 'قانون' } }]
const suspicious: readonly (readonly [what: string, conditions: unknown, warnings: readonly string[], more?: Record<string, unknown>])[] = [
  ['below 2 and above 5', { all: [members('lessThan', 2), members('greaterThan', 5)] }, ['part-never-true /conditions']],
  ['two codes at once', { all: [leaf('tenure', 'equal', 'own'), leaf('tenure', 'equal', 'rent')] }, ['part-never-true /conditions']],
  ['true and false', { all: [owns, leaf('ownsHome', 'equal', false)] }, ['part-never-true /conditions']],
  ['known and not known', { all: [owns, leaf('ownsHome', 'isKnown', false)] }, ['part-never-true /conditions']],
  ['a negative count', { all: [members('lessThan', 0), owns] }, [`part-never-true ${A}/0`]],
  ['a negative count among others', { any: [members('lessThan', 0), owns] }, ['part-never-true /conditions/any/0']],
  ['at least nobody', { all: [members('greaterThanInclusive', 0), owns] }, [`part-never-false ${A}/0`]],
  ['none of all codes', { all: [leaf('tenure', 'notIn', ['own', 'rent', 'free']), owns] }, [`part-never-true ${A}/0`]],
  ['no matter what', { any: [members('lessThan', 5), members('greaterThan', 2)] }, ['part-never-false /conditions']],
  ['itself or its opposite', { any: [owns, { not: owns }] }, ['part-never-false /conditions']],
  [
    'a contradiction in an alternative',
    { any: [owns, { all: [income('lessThan', 1), income('greaterThan', 2)] }] },
    ['part-never-true /conditions/any/1'],
  ],
  ['the parameter against a number', { all: [leaf('povertyLine', 'lessThan', 90), owns] }, [`part-never-true ${A}/0`]],
  ['a parameter that is known', { all: [leaf('povertyLine', 'isKnown', true), owns] }, [`part-never-false ${A}/0`]],
  [
    'under the line and over its amount',
    { all: [income('lessThan', { fact: 'povertyLine' }), income('greaterThan', 120)] },
    ['part-never-true /conditions'],
  ],
  ['the contradiction of a definition', { any: [{ condition: 'never' }, owns] }, ['part-never-true /conditions/any/0/condition']],
  ['the opposite of a contradiction', { all: [{ not: { condition: 'never' } }, owns] }, [`part-never-true ${A}/0/not/condition`]],
  ['the same twice', { all: [members('lessThan', 3), owns, members('lessThan', 3)] }, [`part-repeated ${A}/2`]],
  [
    'the same group twice',
    { any: [{ all: [owns, members('equal', 1)] }, { all: [owns, members('equal', 1)] }] },
    ['part-repeated /conditions/any/1'],
  ],
  ['the same under another name', { all: [owns, { ...owns, name: 'owner' }] }, [`part-repeated ${A}/1`]],
  ['a definition and its text', { all: [{ condition: 'small' }, { all: [members('lessThan', 3)] }] }, [`part-repeated ${A}/1`]],
  ['a wider threshold beside a narrower', { all: [income('lessThan', 500), income('lessThan', 300)] }, [`part-superfluous ${A}/0`]],
  ['a narrower alternative', { any: [income('lessThan', 500), income('lessThan', 300)] }, ['part-superfluous /conditions/any/1']],
  ['the same said otherwise', { all: [members('lessThan', 3), { not: members('greaterThanInclusive', 3) }] }, [`part-superfluous ${A}/1`]],
  ['whole numbers said otherwise', { all: [members('lessThan', 3), members('lessThanInclusive', 2)] }, [`part-superfluous ${A}/1`]],
  ['an alternative that holds already', { any: [owns, { all: [owns, members('lessThan', 3)] }] }, ['part-superfluous /conditions/any/1']],
  [
    'a code and a list with it',
    { all: [leaf('tenure', 'in', ['own', 'rent']), leaf('tenure', 'equal', 'own')] },
    [`part-superfluous ${A}/0`],
  ],
  ['a code twice in a list', { all: [leaf('tenure', 'in', ['own', 'own'])] }, [`list-repeats ${A}/0/value/1`]],
  ['a basis that nothing needs', { all: [owns] }, ['basis-unused /legalBasis/0/fact'], { legalBasis: basis }],
  ['English in place of Arabic', { all: [owns] }, ['words-language /description/ar'], { description: { en: 'A rule', ar: 'A rule' } }],
  ['Arabic in place of English', { all: [owns] }, ['words-language /description/en'], { description: { en: 'قاعدة', ar: 'قاعدة' } }],
  ['a reason in the wrong language', { all: [{ ...owns, because: { en: 'why', ar: 'why' } }] }, [`words-language ${A}/0/because/ar`]],
  [
    'three things at once',
    { all: [owns, owns, { any: [income('lessThan', 0), members('equal', 2)] }] },
    [`part-repeated ${A}/1`, `part-never-true ${A}/2/any/0`],
  ],
]

t.test(`${suspicious.length} suspicious rules, each with its warnings`, async (t) => {
  t.ok(suspicious.length >= 30)
  for (const [what, conditions, warnings, more] of suspicious) t.same(warningsOf(rule(conditions, more)), warnings, what)
})

t.test('what is meant is not suspected', async (t) => {
  const fine = [
    { all: [income('lessThan', { fact: 'povertyLine' }), members('greaterThan', 2), { any: [owns, leaf('tenure', 'equal', 'rent')] }] },
    { all: [leaf('tenure', 'in', ['own', 'rent', 'free']), owns] },
    { all: [income('lessThan', 300), leaf('incomeMonth', 'isKnown', true)] },
    { any: [{ all: [members('equal', 1), income('lessThan', 100)] }, { all: [members('equal', 2), income('lessThan', 150)] }] },
    { all: [leaf('incomeYear', 'lessThan', 5_000), { not: { condition: 'small' } }] },
    { all: [income('lessThan', { fact: 'benefitAmount' }), income('lessThan', 300)] },
  ]
  for (const conditions of fine) t.same(warningsOf(rule(conditions)), [])
})

t.test('what is too large to prove is called so, and many comparisons of one fact are not', async (t) => {
  const many = { all: Array.from({ length: 120 }, (_, n) => leaf('incomeYear', 'notEqual', n)) }
  t.same(warningsOf(rule(many)), [])
  const linked = ['incomeMonth', 'benefitAmount', 'povertyLine'].flatMap((fact) =>
    Array.from({ length: 60 }, (_, n) => leaf(fact, 'notEqual', n)),
  )
  const large = { all: [...linked, income('lessThan', { fact: 'benefitAmount' })] }
  t.match(warningsOf(rule(large)), ['parts-not-decided /conditions'])
})

t.test('facts of registries that are too old', async (t) => {
  const { bundle } = shippedBundle()
  if (!bundle) throw new Error('the shipped texts do not compile')
  const [registry = ''] = bundle.catalogue.sourcesOf('headWorksAbroad')
  const told = (state: 'grace' | 'stale' | 'missing') => suspiciousSources(bundle, ['health-insurance'], [{ registry, state }])
  t.same(told('grace'), [], 'the last value is still used')
  t.same(told('stale'), told('missing'))
  const found = told('stale').find(({ message }) => message.startsWith('"headWorksAbroad"'))
  t.match(found, { code: 'registry-not-fresh', pointer: 'rule/health-insurance/1#/conditions/all/1/any/1/all/2/fact', severity: 'warning' })
  t.match(found?.messageAr, /قديمة/)
  t.same(suspiciousSources(bundle, [], [{ registry, state: 'stale' }]), [], 'of programmes that are asked about')
})

t.test('tiers that nobody reaches, and what the shipped texts are warned of', async (t) => {
  const tier = (conditions: unknown): { condition: Condition } => {
    const { rule: checked } = checkRule(rule(conditions), { space, definitions })
    if (!checked) throw new Error('no rule')
    return { condition: checked.condition }
  }
  const tiers = [{ any: [owns, members('lessThan', 3)] }, { all: [income('lessThan', 5)] }, { all: [members('lessThan', 2)] }].map(tier)
  t.same(unreachedTiers(tiers, domainOf), [2])
  t.same(unreachedTiers(tiers.slice(0, 1), domainOf), [])
  const { bundle } = shippedBundle()
  if (!bundle) throw new Error('the shipped texts do not compile')
  const texts = shippedTexts().map((text) => ({ ...text, version: text.version ?? 1 }))
  const asked = { bundle, programmes: bundle.programmes.map(({ id }) => id), texts, asOf: 20_700 }
  t.same(
    suspicionsOf(asked).map(({ code, pointer }) => `${code} ${pointer}`),
    [],
  )
})
