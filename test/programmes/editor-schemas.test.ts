/** Schemas for editors: every shipped text fits its own, slips do not, and they complete what the catalogue has. */
import { Ajv } from 'ajv'
import t from 'tap'
import { operatorNames } from '../../src/language/operators.ts'
import { editedKinds, editorSchema } from '../../src/programmes/editor-schemas/editor-schemas.ts'
import type { EditedKind } from '../../src/programmes/editor-schemas/editor-schemas.ts'
import { shippedBundle } from '../../src/programmes/shipped-bundle.ts'
import { shippedTexts } from '../../src/programmes/shipped-files.ts'

const { bundle } = shippedBundle()
if (!bundle) throw new Error('the shipped texts do not compile')
const schemas = Object.fromEntries(editedKinds.map((kind) => [kind, editorSchema(bundle, kind)])) as Record<EditedKind, object>
const ajv = new Ajv({ strict: false, validateFormats: false })
const texts = shippedTexts()
const first = (kind: EditedKind): unknown => texts.find((text) => text.kind === kind)?.json

t.test('every shipped text fits', async (t) => {
  for (const kind of editedKinds) {
    const fits = ajv.compile(schemas[kind])
    const own = texts.filter((text) => text.kind === kind && !text.id.startsWith('formula/'))
    t.ok(own.length > 0)
    for (const { id, json } of own) t.ok(fits(json), `${kind} ${id}: ${JSON.stringify(fits.errors?.[0])}`)
  }
})

t.test('slips do not fit', async (t) => {
  const fits = ajv.compile(schemas.rule)
  const base = first('rule') as object
  const leaf = { fact: 'incomeTotalMonthly', operator: 'lessThan', value: 300 }
  const rule = (condition: object): object => ({ ...base, conditions: { all: [condition] } })
  t.ok(fits(rule(leaf)))
  t.ok(fits(rule({ ...leaf, value: { fact: 'healthIncomeCeiling' } })))
  t.ok(fits(rule({ fact: 'governorate', operator: 'in', value: ['11', '21'] })))
  for (const wrong of [
    { ...leaf, fact: 'incomTotalMonthly' },
    { ...leaf, operator: 'less' },
    { ...leaf, value: '300' },
    { ...leaf, value: [300] },
    { ...leaf, value: null },
    { ...leaf, path: '$.x' },
    { ...leaf, value: { fact: 'memberCount' } },
    { fact: 'governorate', operator: 'lessThan', value: '11' },
    { fact: 'governorate', operator: 'equal', value: '99' },
    { all: [] },
    { condition: 'no-such-definition' },
  ])
    t.notOk(fits(rule(wrong)), JSON.stringify(wrong))
  t.notOk(fits({ ...base, versoin: 2 }))
})

t.test('it completes facts with their words, and every operator', async (t) => {
  const { $defs } = schemas.rule as { $defs: { fact: { enum: string[]; enumDescriptions: string[] }; condition: { anyOf: object[] } } }
  t.same($defs.fact.enum, [...bundle.catalogue.facts.keys()])
  t.match($defs.fact.enumDescriptions[$defs.fact.enum.indexOf('incomeTotalMonthly')], /Income from all sources · دخل الأسرة/)
  const offered = JSON.stringify($defs.condition)
  for (const name of operatorNames) t.ok(offered.includes(`"${name}"`), name)
})
