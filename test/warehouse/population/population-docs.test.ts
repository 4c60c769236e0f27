import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../../src/kernel/project-root.ts'
import { demonstrationFamilies, demonstrationNumber } from '../../../src/warehouse/population/demonstration-families.ts'
import { demonstrationFamiliesPage, populationPage } from '../../../src/warehouse/population/population-docs.ts'
import { loadRegistryDefinitions } from '../../../src/warehouse/registry-definition.ts'

const page = (name: string): string => readFileSync(join(projectRoot, 'docs/reference', name), 'utf8')

t.test('the pages of the reference are what their tables say (npm run mizan -- registries)', async (t) => {
  t.equal(page('population.md'), populationPage(loadRegistryDefinitions()))
  t.equal(page('demonstration-families.md'), demonstrationFamiliesPage())
})

t.test('numbers of the demonstration families are ten digits, and each is given once', async (t) => {
  const numbers = demonstrationFamilies.flatMap(({ id, members }) => members.map((_, order) => demonstrationNumber(id, order + 1)))
  t.equal(new Set(numbers).size, numbers.length)
  t.ok(numbers.every((number) => /^0{6}\d{4}$/.test(number)))
})
