/** `mizan catalogue`: the fact catalogue as a page of the reference, or what a file of it would cost. */
import { cataloguePage } from '../language/catalogue/catalogue-page.ts'
import { shippedBundle } from '../programmes/shipped-bundle.ts'
import { catalogueCost } from './catalogue-cost.ts'
import type { Command } from './command.ts'
import { writeOrCompare } from './generated-files.ts'

export const catalogue: Command = async (context) => {
  const [first, ...rest] = context.args
  if (first === 'cost') return catalogueCost({ ...context, args: rest })
  const { bundle, diagnostics } = shippedBundle()
  if (!bundle) throw new Error(diagnostics.map(({ pointer, message }) => `${pointer}: ${message}`).join('\n'))
  return writeOrCompare({ 'docs/reference/catalogue.md': cataloguePage(bundle.catalogue) }, context.args, 'npm run mizan -- catalogue')
}
