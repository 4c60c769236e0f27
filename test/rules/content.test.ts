/** The shipped content holds together: counts, both languages, every kind of definition, references, declared paths, inherited protection. */
import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { codeLists, content, facts, type FactText, programmeIds, root } from './content.ts'

const factById = new Map(facts.map((fact) => [fact.id, fact]))
const parameters = content<{ id: string; keys?: { fact: string }[]; values: Record<string, unknown>[] }>('rules/parameters').map(({ json }) => json)
const definitions = content<{ id: string; scope: string; conditions: unknown }>('rules/definitions').map(({ json }) => json)
const programmes = programmeIds.map((id) => content<Programme>(`rules/${id}/programme.json`)[0]!.json)
const form = JSON.parse(readFileSync(join(root, 'src/intake/forms/intake-1.json'), 'utf8')) as Schema

interface Programme {
  readonly id: string
  readonly unit: string
  readonly benefit: { readonly fact: string }
  readonly targeting: { readonly quotas?: { readonly to: 'population' | { readonly parameter: string } }; readonly exclusions?: unknown; readonly thresholds?: unknown }
}
interface Schema {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly properties?: Readonly<Record<string, Schema>>
  readonly const?: unknown
  readonly enum?: readonly string[]
  readonly 'x-codes'?: string
}

t.test('there are facts enough, each with an id of its own', async (t) => {
  t.ok(facts.filter(({ entity }) => entity === 'household').length >= 90)
  t.ok(facts.filter(({ entity }) => entity === 'person').length >= 35)
  t.equal(factById.size, facts.length)
})

t.test('every kind of definition, aggregate, range and relation is used', async (t) => {
  const texts = facts.map(({ definition }) => JSON.stringify(definition))
  const kinds = ['attribute', 'aggregate', 'declared', 'firstKnown', 'greatestKnown', 'derived', 'holds', 'parameter', 'computed']
  const functions = ['count', 'countDistinct', 'sum', 'mean', 'max', 'min', 'latest', 'any', 'every', 'longestRun'].map((name) => `"function":"${name}"`)
  const relations = ['members', 'otherMembers', 'spouse', 'parents', 'children', 'siblings'].map((name) => `"relatives":"${name}"`)
  const ranges = ['"within":"household"', '"within":"anywhere"', '"of":"head"', '"of":"dwelling"', '"of":"household"', '"of":"person"', '"window"', '"let"', '"empty"']
  const operations = ['add', 'subtract', 'multiply', 'divide', 'ratio', 'max', 'yearsBetween', 'monthsBetween', 'perMonth', 'band', 'lookUp', 'year']
  const computed = ['welfareScore', 'welfareRank', 'welfarePercentile', 'programmeStatus']
  for (const kind of kinds) t.ok(facts.some(({ definition }) => Object.hasOwn(definition, kind)), kind)
  for (const part of [...functions, ...relations, ...ranges, ...[...operations, ...computed].map((name) => `"${name}"`)]) t.ok(texts.some((text) => text.includes(part)), part)
  t.ok(parameters.some(({ keys }) => keys?.length === 1), 'a table with one key')
  t.ok(parameters.some(({ keys }) => keys?.length === 2), 'a table with two keys')
  t.ok(parameters.some(({ values }) => values.length > 1), 'a parameter that changes with time')
})

t.test('everything that people see is in English and in Arabic', async (t) => {
  for (const path of ['rules/catalogue', 'rules/parameters', 'rules/definitions', ...programmeIds.map((id) => `rules/${id}`), 'src/intake/forms']) {
    for (const { name, json } of content(path)) {
      for (const [pointer, { en, ar }] of wordsIn(json)) {
        t.match(en, /^[^\u0600-\u06ff]+$/, `${name}${pointer}: English`)
        t.match(ar, /^[^A-Za-z]*[\u0621-\u064a][^A-Za-z]*$/, `${name}${pointer}: Arabic`)
      }
    }
  }
})

t.test('what is named exists', async (t) => {
  const ids = new Set(parameters.map(({ id }) => id))
  const named = new Set(definitions.map(({ id }) => id))
  for (const fact of facts) {
    for (const input of inputsOf(fact)) t.ok(factById.has(input), `${fact.id} reads ${input}`)
    for (const table of valuesOf(fact.definition, 'table')) t.ok(ids.has(table), `${fact.id} looks up ${table}`)
    if (typeof fact.definition['parameter'] === 'string') t.ok(ids.has(fact.definition['parameter']), `${fact.id} is a parameter`)
    if (fact.codes !== undefined) t.ok(codeLists.has(fact.codes), `${fact.id}: code list`)
  }
  for (const parameter of parameters) {
    for (const { fact } of parameter.keys ?? []) t.ok(factById.has(fact), `${parameter.id} is keyed by ${fact}`)
    for (const value of parameter.values) t.type(value['citation'], 'string', `${parameter.id} cites`)
  }
  for (const { id, conditions } of definitions) for (const other of valuesOf(conditions, 'condition')) t.ok(named.has(other), `${id} uses ${other}`)
})

t.test('each declared fact has its place in the form, of its type and period', async (t) => {
  for (const fact of facts) {
    const path = (fact.definition['declared'] as { path: string } | undefined)?.path
    if (path === undefined) continue
    const start = fact.entity === 'person' ? form.$defs!['member']! : form
    const steps = path.slice(1).split('/')
    const found = steps.reduce<Schema | undefined>(step, start)
    t.ok(found, `${fact.id}: ${path}`)
    if (fact.codes !== undefined) t.same(found?.enum, Object.keys(codeLists.get(fact.codes) ?? {}), `${fact.id}: codes`)
    if (steps.at(-1) !== 'amount') continue
    const { period } = steps.slice(0, -1).reduce<Schema | undefined>(step, start)?.properties ?? {}
    t.equal(fact.unit, `JOD/${String(period?.const)}`, `${fact.id}: the period of the form is the fact's`)
  }
})

t.test('a fact computed from protected facts is protected', async (t) => {
  for (const fact of facts) {
    const from = inputsOf(fact).filter((id) => factById.get(id)?.protected)
    if (from.length > 0) t.ok(fact.protected, `${fact.id} reads ${from.join(', ')}`)
  }
})

t.test('programmes pay a catalogued amount and divide places by a parameter that exists', async (t) => {
  for (const { id, unit, benefit, targeting } of programmes) {
    const fact = factById.get(benefit.fact)
    t.ok(fact && fact.unit === 'JOD/month' && fact.entity === unit, `${id}: benefit`)
    const to = targeting.quotas?.to
    if (typeof to === 'object') t.ok(parameters.some((parameter) => parameter.id === to.parameter), `${id}: quotas`)
  }
  t.ok(programmes.some(({ targeting }) => targeting.quotas), 'quotas are used')
  t.ok(programmes.some(({ targeting }) => targeting.exclusions), 'exclusions are used')
  t.ok(programmes.some(({ targeting }) => targeting.thresholds), 'thresholds are used')
})

t.test('the form is closed, and accepts little and much', async (t) => {
  const ajv = new Ajv2020.default({ strict: true, allErrors: false })
  addFormats.default(ajv)
  ajv.addVocabulary(['x-label', 'x-codes', 'x-unit'])
  const valid = ajv.compile(form)
  const least = { formVersion: 1, applicant: { nationalId: '9871234560' }, notice: { version: '2026-01', shownOn: '2026-02-01' } }
  const amount = (text: string, period: string) => ({ amount: text, period })
  const overspent = { ...least, members: [{ nationalId: '9871234560', income: { wages: amount('120.000', 'month') } }], expenses: { food: amount('400', 'month') } }
  t.ok(valid(least), 'only the applicant and the notice')
  t.ok(valid(overspent), 'expenses above income are accepted')
  t.notOk(valid({ ...least, extra: 1 }), 'an unknown key')
  t.notOk(valid({ ...least, applicant: { nationalId: 9871234560 } }), 'a number instead of text')
  t.notOk(valid({ ...least, applicant: { nationalId: '٩٨٧١٢٣٤٥٦٠' } }), 'Arabic digits')
  t.notOk(valid({ ...least, expenses: { food: amount('400', 'year') } }), 'another period')
  t.notOk(valid({ ...least, expenses: { food: amount('-1', 'month') } }), 'a negative amount')
})

function step(schema: Schema | undefined, name: string): Schema | undefined {
  const here = schema?.$ref === undefined ? schema : form.$defs?.[schema.$ref.replace('#/$defs/', '')]
  return here?.properties?.[name]
}

/** Facts that a definition reads of the catalogue (names of a registry's columns are not among them). */
function inputsOf({ definition }: FactText): string[] {
  const aggregate = definition['aggregate'] as { over?: { registry?: string } } | undefined
  if (aggregate?.over?.registry !== undefined) return []
  const attribute = definition['attribute'] as { fact?: string } | undefined
  if (attribute) return attribute.fact === undefined ? [] : [attribute.fact]
  const inside = definition['holds'] ?? aggregate ?? {}
  const listed = [definition['firstKnown'], definition['greatestKnown']].flatMap((list) => (list ?? []) as string[])
  return [...valuesOf(inside, 'fact'), ...listed, ...namesIn(definition['derived']), ...namesIn((aggregate as { of?: unknown } | undefined)?.of)]
}

/** Names in an expression. */
function namesIn(expression: unknown): string[] {
  if (typeof expression === 'string') return expression === 'asOf' ? [] : [expression]
  if (Array.isArray(expression)) return expression.flatMap(namesIn)
  if (typeof expression !== 'object' || expression === null) return []
  return Object.entries(expression).flatMap(([key, value]) => {
    if (key === 'lookUp') return namesIn((value as { keys: unknown }).keys)
    if (key === 'band') return namesIn((value as { of: unknown }).of)
    return namesIn(value)
  })
}

/** Texts that stand under a key, at any depth. */
function valuesOf(json: unknown, wanted: string): string[] {
  if (typeof json !== 'object' || json === null) return []
  return Object.entries(json).flatMap(([key, value]) => (key === wanted && typeof value === 'string' ? [value] : valuesOf(value, wanted)))
}

function wordsIn(json: unknown, pointer = ''): [string, { en: string; ar: string }][] {
  if (typeof json !== 'object' || json === null) return []
  if ('en' in json && 'ar' in json) return [[pointer, json as { en: string; ar: string }]]
  return Object.entries(json).flatMap(([key, value]) => wordsIn(value, `${pointer}/${key}`))
}
