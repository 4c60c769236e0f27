/** `mizan measures`: the measures that compare policies, as a page of the reference. */
import { measuresPage } from '../simulation/measures/measures-page.ts'
import type { Command } from './command.ts'
import { writeOrCompare } from './generated-files.ts'

export const measures: Command = async ({ args }) =>
  writeOrCompare({ 'docs/reference/measures.md': measuresPage() }, args, 'npm run mizan -- measures')
