/** `mizan catalogue`: the fact catalogue as a page of the reference. */
import { cataloguePage } from '../language/catalogue/catalogue-page.ts'
import { shippedBundle } from '../programmes/shipped-bundle.ts'
import type { Command } from './command.ts'
import { writeOrCompare } from './generated-files.ts'

export const catalogue: Command = async ({ args }) => {
  const { bundle, diagnostics } = shippedBundle()
  if (!bundle) throw new Error(diagnostics.map(({ pointer, message }) => `${pointer}: ${message}`).join('\n'))
  return writeOrCompare({ 'docs/reference/catalogue.md': cataloguePage(bundle.catalogue) }, args, 'npm run mizan -- catalogue')
}
