/** `mizan configuration`: the settings table as a page of the reference, so that code and page cannot differ. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { settings } from '../config.ts'
import { projectRoot } from '../kernel/project-root.ts'
import { type Command, tell } from './command.ts'

const page = join(projectRoot, 'docs', 'reference', 'configuration.md')

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

export const configuration: Command = async ({ args }) => {
  if (!args.includes('--check')) {
    writeFileSync(page, configurationPage())
    return 0
  }
  if (readFileSync(page, 'utf8') === configurationPage()) return 0
  tell(
    'docs/reference/configuration.md is not up to date: run npm run mizan -- configuration',
    'صفحة الإعدادات غير محدَّثة: شغّل npm run mizan -- configuration',
  )
  return 1
}
