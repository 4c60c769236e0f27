import t from 'tap'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../../src/kernel/project-root.ts'
import { noDefinitions } from '../../../src/language/condition/definition.ts'
import { runFormulaCases } from '../../../src/language/formula/cases.ts'
import { parseFormula } from '../../../src/language/formula/check.ts'
import type { Formula } from '../../../src/language/formula/formula.ts'
import { slotsOf } from '../../../src/language/formula/formula.ts'
import { householdSpace, readJson } from './catalogue-space.ts'

const context = { space: householdSpace(), definitions: noDefinitions }
const ids = readdirSync(join(projectRoot, 'formulas'))

function shipped(id: string): Formula {
  const { formula, diagnostics } = parseFormula(readFileSync(join(projectRoot, 'formulas', id, '1.json'), 'utf8'), context)
  t.strictSame(diagnostics, [], `${id} has no findings`)
  if (!formula) throw new Error(`${id} does not check`)
  return formula
}

t.strictSame(ids.toSorted(), ['jordan-poverty-scorecard-2010', 'welfare-ranking'])

for (const id of ids) {
  t.test(`${id}: every worked example comes out as written`, async (t) => {
    const formula = shipped(id)
    const { outcomes, diagnostics } = runFormulaCases(formula, readJson('formulas', id, 'cases.json'))
    t.strictSame(diagnostics, [])
    for (const { id: name, differences } of outcomes) t.strictSame(differences, [], name)
    const texts = outcomes.map((outcome) => outcome.id)
    t.ok(texts.length >= 5)
    t.equal(formula.illustrative, true, 'shipped formulas are labelled illustrative')
  })
}

t.test('the welfare ranking shows every kind of term', async (t) => {
  const formula = shipped('welfare-ranking')
  t.equal(formula.terms.length, 57)
  const kinds = new Set(formula.terms.map((term) => (term.kind === 'linear' ? term.transform : term.kind)))
  t.strictSame([...kinds].toSorted(), ['bands', 'categories', 'conditional', 'identity', 'ln', 'ln1p', 'sqrt'])
  const policies = new Set(formula.terms.map((term) => term.unknown.kind))
  t.strictSame([...policies].toSorted(), ['imputed', 'undetermined'])
  const read = new Set(formula.terms.flatMap(slotsOf).map((slot) => formula.space.types[slot]))
  const guarded = [...read].flatMap((type) => (type?.protected ? [type.id] : []))
  t.ok(guarded.includes('headSex'))
  t.strictSame(formula.legalBasis.map((entry) => entry.fact).toSorted(), guarded.toSorted())
})

t.test('the scorecard spans 0 to 100', async (t) => {
  const formula = shipped('jordan-poverty-scorecard-2010')
  t.equal(formula.least, 0)
  t.equal(formula.most, 100_000_000)
})
