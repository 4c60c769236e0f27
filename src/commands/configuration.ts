/** `mizan configuration`: the settings table as a page of the reference, so that code and page cannot differ. */
import { settings } from '../config.ts'
import type { Command } from './command.ts'
import { writeOrCompare } from './generated-files.ts'

/** The page's text. */
export function configurationPage(): string {
  const rows = Object.values(settings).map(
    ({ env, default: fallback, unit, description }) =>
      `| \`${env}\` | ${fallback === '' ? '' : `\`${fallback}\``} | ${unit} | ${description} |`,
  )
  return `# Configuration

Environment variables, read once at start. Generated from \`src/config.ts\` by \`npm run mizan -- configuration\`; a test compares the two.

| variable | default | unit | meaning |
|---|---|---|---|
${rows.join('\n')}
`
}

export const configuration: Command = async ({ args }) =>
  writeOrCompare({ 'docs/reference/configuration.md': configurationPage() }, args, 'npm run mizan -- configuration')
