/** `mizan registries`: the registry definitions as a page of the reference. */
import { registriesPage } from '../warehouse/registry-docs.ts'
import { loadRegistryDefinitions } from '../warehouse/registry-definition.ts'
import type { Command } from './command.ts'
import { writeOrCompare } from './generated-files.ts'

export const registries: Command = async ({ args }) =>
  writeOrCompare({ 'docs/reference/registries.md': registriesPage(loadRegistryDefinitions()) }, args, 'npm run mizan -- registries')
