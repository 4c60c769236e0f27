/** Catalogues that somebody sends to exhaust the service: each is refused, or checked in the time of an honest one. */
import t from 'tap'
import { checkCatalogue } from '../../../src/language/catalogue/check.ts'
import { parameters, smallText } from '../../support/small-catalogue.ts'

const label = { en: 'x', ar: 'س' }
const fact = (id: string, definition: unknown, more = {}) => ({
  id,
  type: 'integer',
  unit: 'persons',
  label,
  custodian: 'X',
  definition,
  ...more,
})
const files = (facts: unknown[]) => [...smallText().files, { name: 'hostile.json', json: { entity: 'person', facts } }]
const declared = (id: string) => fact(id, { declared: { path: `/${id}` } })

t.test('a lattice of facts has more ways down than there is time', (t) => {
  const levels = Array.from({ length: 38 }, (_, n) => n + 1)
  const lattice = [
    declared('a0'),
    declared('b0'),
    ...levels.flatMap((n) => ['a', 'b'].map((side) => fact(side + n, { derived: { max: [`a${n - 1}`, `b${n - 1}`] } }))),
  ]
  const last = fact('eldest', { aggregate: { function: 'max', over: { relatives: 'parents', within: 'anywhere' }, of: 'a38' } })
  const { catalogue, diagnostics } = checkCatalogue(smallText({ files: files([...lattice, last]) }))
  t.same(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  )
  t.same(catalogue?.baseFactsOf('a38').toSorted(), ['a0', 'b0'])
  t.end()
})

t.test('a chain that is too long, in whatever order it is written', (t) => {
  const chain = [declared('c0'), ...Array.from({ length: 5_000 }, (_, n) => fact(`c${n + 1}`, { derived: { add: [`c${n}`, 1] } }))]
  for (const facts of [chain, chain.toReversed()]) {
    const { catalogue, diagnostics } = checkCatalogue(smallText({ files: files(facts) }))
    t.notOk(catalogue)
    t.ok(diagnostics.some(({ code }) => code === 'fact-too-deep'))
    t.ok(diagnostics.length <= 200, 'nobody reads thousands of errors')
  }
  t.end()
})

t.test('a parameter of a scale that no decimal has', (t) => {
  const line = { id: 'line', label, type: 'decimal', unit: 'JOD/month', values: [{ from: '2026-01-01', value: 5 }] }
  for (const scale of [-1, 7, 2.5, 1e9, '3', null, [], {}]) {
    const given = [...parameters.map((json) => ({ name: json.id, json })), { name: 'line.json', json: { ...line, scale } }]
    const { diagnostics } = checkCatalogue(smallText({ parameters: given }))
    if (scale === null) continue
    t.match(
      diagnostics.find(({ code }) => code === 'fact-scale'),
      { pointer: 'line.json/scale' },
      JSON.stringify(scale),
    )
  }
  t.end()
})
