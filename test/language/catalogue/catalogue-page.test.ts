/** The catalogue's page is what the catalogue says, and every kind of definition has its phrase. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../../src/kernel/project-root.ts'
import { cataloguePage, howComputed } from '../../../src/language/catalogue/catalogue-page.ts'
import type { FactDefinition } from '../../../src/language/catalogue/catalogue.ts'
import { shippedBundle } from '../../../src/programmes/shipped-bundle.ts'
import { smallCatalogue } from '../../support/small-catalogue.ts'

t.test('the committed page is up to date (npm run mizan -- catalogue)', async (t) => {
  const { bundle } = shippedBundle()
  if (!bundle) throw new Error('the shipped files do not check')
  const page = cataloguePage(bundle.catalogue)
  t.equal(readFileSync(join(projectRoot, 'docs', 'reference', 'catalogue.md'), 'utf8'), page)
  t.same(
    [...bundle.catalogue.facts.keys()].filter((id) => !page.includes(`| \`${id}\` |`)),
    [],
    'every fact has its row',
  )
})

t.test('how facts are computed', async (t) => {
  const { facts } = smallCatalogue()
  const phrases = [
    ['payCount', 'count over rows of pay, filtered'],
    ['payMean', 'mean over rows of pay, last 12 months'],
    ['spouseWorks', 'any over spouse anywhere, filtered'],
    ['othersPay', 'sum over otherMembers'],
    ['birthDate', 'civil.birth_date'],
    ['headAge', "the head's age"],
    ['declaredPay', 'declared at /pay'],
    ['bestPay', 'greatest known of declaredPay, payLatest'],
    ['rent', 'first known of declaredRent, line'],
    ['age', 'derived'],
    ['poor', 'a condition'],
    ['line', 'parameter line'],
    ['jordanian', 'isJordanian'],
    ['size', 'memberCount'],
    ['welfareScore', 'welfareScore'],
  ] as const
  for (const [id, phrase] of phrases) t.equal(howComputed(facts.get(id)?.definition as FactDefinition), phrase, id)
  t.equal(howComputed({ kind: 'programmeStatus', programme: 'cash' }), 'status in cash')
})
