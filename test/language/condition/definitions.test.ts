/** Shared definitions: read, checked by themselves, and the schema that editors get. */
import t from 'tap'
import { checkDefinitions } from '../../../src/language/condition/check-definitions.ts'
import { definitionsOf, parseDefinition } from '../../../src/language/condition/definition.ts'
import { conditionSchema } from '../../../src/language/condition/schema.ts'
import { operatorNames } from '../../../src/language/operators.ts'
import { definitions, personSpace, space } from '../rule/fixtures.ts'

const text = (more: object = {}): string =>
  JSON.stringify({ id: 'isPoor', label: { en: 'Poor', ar: 'فقيرة' }, scope: 'household', conditions: { all: [] }, ...more })

t.test('a definition file is read; its shape is checked first', async (t) => {
  t.match(parseDefinition(text()).definition, { id: 'isPoor', scope: 'household' })
  const codes = (source: string): string[] => parseDefinition(source).diagnostics.map((d) => `${d.code} ${d.pointer}`)
  t.same(codes('{'), ['json-syntax '])
  t.same(codes(text({ scope: 'family' })), ['wrong-value /scope'])
  t.same(codes(text({ scoope: 'household' })), ['unknown-key /scoope'])
})

t.test('two definitions of one id are reported', async (t) => {
  const { definition } = parseDefinition(text())
  if (!definition) throw new Error('not read')
  t.same(definitionsOf([definition]).diagnostics, [])
  t.same(
    definitionsOf([definition, definition]).diagnostics.map((d) => `${d.code} ${d.pointer}`),
    ['definition-invalid /id'],
  )
})

t.test('each definition is checked by itself, in the space of its scope', async (t) => {
  const found = checkDefinitions(definitions, { household: space, person: personSpace })
  t.same(
    [...found].map(([id, list]) => [id, ...list.map((d) => `${d.code} ${d.pointer}`)]),
    [
      ['circleA', 'definition-cyclic /conditions/all/0/condition'],
      ['circleB', 'definition-cyclic /conditions/not/condition'],
      ['broken', 'fact-unknown /conditions/all/0/fact'],
      ['wider', 'condition-too-large /conditions'],
    ],
  )
})

t.test('the schema for editors names every operator and refuses other keys', async (t) => {
  const [all, , , , leaf] = conditionSchema.$defs.condition.anyOf as unknown as {
    additionalProperties: boolean
    properties: { operator?: { enum: unknown } }
  }[]
  t.equal(all?.additionalProperties, false)
  t.same(leaf?.properties.operator?.enum, operatorNames)
})
