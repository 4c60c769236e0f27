/** The place of a file says what it is of: there and back. */
import t from 'tap'
import { objectAt, pathOf } from '../../src/programmes/export-versions.ts'
import { shippedTexts } from '../../src/programmes/shipped-files.ts'

t.test('every shipped text', async (t) => {
  for (const { kind, id, version } of shippedTexts()) {
    const path = pathOf({ kind, id, version: version ?? 1 })
    if (path !== null) t.same(objectAt(`/somewhere/else/${path}`), { kind, id }, path)
  }
})

t.test('no other place', async (t) => {
  for (const path of [
    'rules/health.json',
    'health-insurance/1.json',
    'rules/a b/1.json',
    'rules/a/1.txt',
    'other/rules.json',
    'rules//1.json',
  ])
    t.equal(objectAt(path), null, path)
})
