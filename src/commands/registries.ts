/** `mizan registries`: registry definitions, the synthetic population and its demonstration families as pages of the reference. */
import { demonstrationFamiliesPage, populationPage } from '../warehouse/population/population-docs.ts'
import { registriesPage } from '../warehouse/registry-docs.ts'
import { loadRegistryDefinitions } from '../warehouse/registry-definition.ts'
import type { Command } from './command.ts'
import { writeOrCompare } from './generated-files.ts'

export const registries: Command = async ({ args }) => {
  const definitions = loadRegistryDefinitions()
  const pages = {
    'docs/reference/registries.md': registriesPage(definitions),
    'docs/reference/population.md': populationPage(definitions),
    'docs/reference/demonstration-families.md': demonstrationFamiliesPage(),
  }
  return writeOrCompare(pages, args, 'npm run mizan -- registries')
}
