/** `mizan language`: operators and findings as pages of the reference, those of queries too, which speak the same conditions. */
import { diagnosticsPage, operatorsPage } from '../language/reference-pages.ts'
import { suspicionsPage } from '../programmes/suspicions/suspicions-page.ts'
import { queryFindingsPage } from '../queries/query-diagnostics.ts'
import type { Command } from './command.ts'
import { writeOrCompare } from './generated-files.ts'

export const language: Command = async ({ args }) =>
  writeOrCompare(
    {
      'docs/reference/operators.md': operatorsPage(),
      'docs/reference/diagnostics.md': diagnosticsPage(),
      'docs/reference/suspicions.md': suspicionsPage(),
      'docs/reference/query-findings.md': queryFindingsPage(),
    },
    args,
    'npm run mizan -- language',
  )
