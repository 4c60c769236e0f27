/** `mizan language`: operators and findings as pages of the reference. */
import { diagnosticsPage, operatorsPage } from '../language/reference-pages.ts'
import type { Command } from './command.ts'
import { writeOrCompare } from './generated-files.ts'

export const language: Command = async ({ args }) =>
  writeOrCompare(
    { 'docs/reference/operators.md': operatorsPage(), 'docs/reference/diagnostics.md': diagnosticsPage() },
    args,
    'npm run mizan -- language',
  )
