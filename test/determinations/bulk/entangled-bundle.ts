/** The shipped files made harder: rules read the status of a programme that judges persons, two formulas and none, a tier by rank, orders by facts. */
import type { Bundle } from '../../../src/programmes/bundle.ts'
import { compileBundle } from '../../../src/programmes/compile-bundle.ts'
import { shippedTexts } from '../../../src/programmes/shipped-files.ts'

interface ProgrammeJson {
  formula?: { id: string; version: number }
  targeting: { order: { by: string; tiers?: object[] }[] }
}

const edits: Readonly<Record<string, (source: string) => string>> = {
  'catalogue/programmes': (source) =>
    source.replace('"programmeStatus": "unified-cash-transfer"', '"programmeStatus": "pwd-rehabilitation"'),
  'definition/enrolled-in-cash': (source) => source.replace('"enrolled"', '"eligible"'),
  'programme/in-kind': programmeEdit((programme) => {
    programme.formula = { id: 'jordan-poverty-scorecard-2010', version: 1 }
    const label = { en: 'Poorest', ar: 'الأفقر' }
    const when = { fact: 'welfarePercentile', operator: 'lessThanInclusive', value: 20 }
    programme.targeting.order[0]?.tiers?.unshift({ name: 'poorest', label, when })
  }),
  'programme/energy-support': programmeEdit(({ targeting }) => {
    targeting.order.splice(1, 0, fact('welfareScore'), fact('welfareRank'))
  }),
  'programme/health-insurance': programmeEdit((programme) => {
    delete programme.formula
    const { targeting } = programme
    targeting.order = [fact('welfareScore'), fact('welfarePercentile'), ...targeting.order.filter(({ by }) => by !== 'score')]
  }),
  'programme/pwd-rehabilitation': programmeEdit(({ targeting }) => {
    targeting.order.unshift(fact('householdSize'), fact('age'))
  }),
}

export function entangledBundle(): Bundle {
  const used = new Set<string>()
  const texts = shippedTexts()
    .filter(({ kind }) => kind !== 'cases')
    .map((text) => {
      const name = `${text.kind}/${text.id}`
      const source = edits[name]?.(text.source) ?? text.source
      if (source !== text.source) used.add(name)
      return { ...text, version: text.version ?? 1, source, json: JSON.parse(source) as unknown }
    })
  const unused = Object.keys(edits).filter((name) => !used.has(name))
  if (unused.length > 0) throw new Error(`nothing changed in ${unused.join(', ')}`)
  const { bundle, diagnostics } = compileBundle(texts)
  if (!bundle) throw new Error(JSON.stringify(diagnostics.filter(({ severity }) => severity === 'error')))
  return bundle
}

function fact(id: string): { by: string; fact: string; direction: string } {
  return { by: 'fact', fact: id, direction: 'ascending' }
}

function programmeEdit(edit: (programme: ProgrammeJson) => void): (source: string) => string {
  return (source) => {
    const programme = JSON.parse(source) as ProgrammeJson
    edit(programme)
    return JSON.stringify(programme)
  }
}
