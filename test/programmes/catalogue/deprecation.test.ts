/** Deprecated facts: stated, warned of wherever they are read, marked for editors and readers, and refused to leave while in use. */
import t from 'tap'
import { cataloguePage } from '../../../src/language/catalogue/catalogue-page.ts'
import { compileBundle } from '../../../src/programmes/compile-bundle.ts'
import { retiredInUse } from '../../../src/programmes/authoring/changes/retired-facts.ts'
import { editorSchema } from '../../../src/programmes/editor-schemas/editor-schemas.ts'
import { shippedTexts } from '../../../src/programmes/shipped-files.ts'
import { suspicionsOf } from '../../../src/programmes/suspicions/suspicions.ts'

const numbered = shippedTexts().flatMap((text) => (text.kind === 'cases' ? [] : [{ ...text, version: text.version ?? 1 }]))
const because = { en: 'the mean of a year replaces it', ar: 'حلّ محله متوسط سنة' }

/** The shipped texts with entries of the catalogue changed by their ids; null takes one out. */
function changed(entries: Readonly<Record<string, object | null>>) {
  return numbered.map((text) => {
    if (text.kind !== 'catalogue') return text
    const json = structuredClone(text.json) as { facts: { id: string }[] }
    json.facts = json.facts.flatMap((fact) => (entries[fact.id] === null ? [] : [{ ...fact, ...entries[fact.id] }]))
    return { ...text, json }
  })
}

function bundleWith(entries: Readonly<Record<string, object | null>>) {
  const texts = changed(entries)
  const { bundle, diagnostics } = compileBundle(texts)
  if (!bundle) throw new Error(JSON.stringify(diagnostics))
  return { bundle, texts }
}

t.test('whoever reads a deprecated fact is warned in both languages, with what to use instead', async (t) => {
  const { bundle, texts } = bundleWith({ wageMean12m: { deprecated: { since: '2026-01-31', instead: 'incomeTotalMonthly', because } } })
  t.same(bundle.catalogue.facts.get('wageMean12m')?.deprecated, { since: '2026-01-31', instead: 'incomeTotalMonthly', because })
  const found = suspicionsOf({ bundle, programmes: [], texts, asOf: 20_700 })
  t.ok(found.length >= 1)
  for (const { code, severity, message, messageAr, hint } of found) {
    t.match({ code, severity, hint }, { code: 'fact-deprecated', severity: 'warning', hint: 'use "incomeTotalMonthly" instead' })
    t.match([message, messageAr], [/deprecated since 2026-01-31: the mean/, /متوقف عن الاستعمال منذ 2026-01-31: حلّ/])
  }
  t.ok(
    found.some(({ pointer }) => pointer === 'rule/health-insurance/1#/conditions/all/1/any/1/all/1/fact'),
    found.map(({ pointer }) => pointer).join(),
  )
  t.match(cataloguePage(bundle.catalogue), /\| `wageMean12m` \|.* D \(2026-01-31, `incomeTotalMonthly`\) \|/)
  const { $defs } = editorSchema(bundle, 'rule') as { $defs: { fact: { enum: string[]; enumDescriptions: string[] } } }
  t.match(
    $defs.fact.enumDescriptions[$defs.fact.enum.indexOf('wageMean12m')],
    /^Deprecated, use incomeTotalMonthly · متوقف، استعمل incomeTotalMonthly — /,
  )
  t.match(JSON.stringify(editorSchema(bundle, 'cases')), /"deprecated":true/)
})

t.test('a fact that is on its way out too may read it; without a replacement none is named', async (t) => {
  const users = [...bundleWith({}).bundle.catalogue.facts.values()].filter(({ inputs }) => inputs.includes('age')).map(({ id }) => id)
  const deprecated = { since: '2026-01-31', because }
  const { bundle, texts } = bundleWith(Object.fromEntries(['age', ...users].map((id) => [id, { deprecated }])))
  const found = suspicionsOf({ bundle, programmes: [], texts: texts.filter(({ kind }) => kind === 'catalogue'), asOf: 20_700 })
  t.same(
    found.filter(({ message, hint }) => message.startsWith('"age"') || hint !== undefined),
    [],
  )
  t.notMatch(cataloguePage(bundle.catalogue), /D \(2026-01-31, /)
  t.match(cataloguePage(bundle.catalogue), /D \(2026-01-31\)/)
})

t.test('a fact in use cannot be taken out: its users are named', async (t) => {
  const found = retiredInUse(numbered, changed({ wageMean12m: null }))
  t.match(found, [
    { code: 'fact-in-use', severity: 'error', message: /"wageMean12m" is taken out, and read by .*rule\/health-insurance\/1/ },
  ])
  t.match(found[0]?.pointer, /^catalogue\/[a-z-]+\/1#\/facts$/)
  const file = numbered.find(({ kind, json }) => kind === 'catalogue' && JSON.stringify(json).includes('"id":"wageMean12m"'))
  const without = numbered.filter((text) => text !== file)
  t.match(
    retiredInUse(numbered, without).find(({ message }) => message.startsWith('"wageMean12m"'))?.pointer,
    `catalogue/${file?.id}#`,
    'the whole text goes',
  )
  t.same(retiredInUse(numbered, numbered), [])
  const unused = [...bundleWith({}).bundle.catalogue.facts.keys()].filter(
    (id) => retiredInUse(numbered, changed({ [id]: null })).length === 0,
  )
  t.ok(unused.length > 0)
  t.doesNotThrow(() => bundleWith({ [unused[0] as string]: null }), 'what nothing reads may go')
})
