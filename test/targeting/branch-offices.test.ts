/** The table of offices: every liwa has one, and only liwas there are; the catalogue's codes of places are the registries'. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { branchOffices, officeOfLiwa } from '../../src/targeting/branch-offices.ts'
import { placeCodeLists } from '../../src/warehouse/places.ts'

t.test('each liwa is served by one office', async (t) => {
  const served = branchOffices.flatMap(({ liwas }) => liwas)
  t.same(served.toSorted(), Object.keys(placeCodeLists().liwa).toSorted())
  t.equal(new Set(branchOffices.map(({ code }) => code)).size, branchOffices.length)
  for (const { name } of branchOffices) t.ok(/[A-Z]/.test(name.en) && /[\u0600-\u06ff]/.test(name.ar))
  t.equal(officeOfLiwa('1101'), 'NAF-1101')
  t.equal(officeOfLiwa('9999'), null)
  t.equal(officeOfLiwa(undefined), null)
})

t.test("the catalogue's lists of places are those of the registries", async (t) => {
  const lists = JSON.parse(readFileSync(join(projectRoot, 'rules/catalogue/code-lists.json'), 'utf8')) as Record<string, unknown>
  for (const name of ['governorate', 'liwa', 'kada'] as const) t.same(lists[name], placeCodeLists()[name], name)
})
