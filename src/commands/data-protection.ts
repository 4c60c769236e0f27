/** `mizan data-protection`: the records of processing and retention as pages of the reference. */
import { processingPage, retentionPage } from '../data-protection/reference-pages.ts'
import type { Command } from './command.ts'
import { writeOrCompare } from './generated-files.ts'

export const dataProtection: Command = async ({ args }) => {
  const pages = { 'docs/reference/processing-records.md': processingPage(), 'docs/reference/retention.md': retentionPage() }
  return writeOrCompare(pages, args, 'npm run mizan -- data-protection')
}
