/** The page of the reference that lists every measure, from their definitions. */
import { posix } from 'node:path'
import { MEASURE_UNITS, type MeasureDefinition } from './measure-definition.ts'
import { measureSections } from './measure-definitions.ts'

export function measuresPage(): string {
  return [
    '# Measures',
    '',
    'Generated from `src/simulation/measures/definitions` by `npm run mizan -- measures`; a test compares the two. Poor is strictly below the line; equal ranks are averaged;',
    'scores are rounded before they are ranked or compared; unknown is neither zero nor poor, and every answer says how many were left out for it. A worked example',
    'is in [how a policy is measured](../explanation/measures.md).',
    '',
    ...measureSections.flatMap(({ title, measures }) => [
      `## ${title.en} · ${title.ar}`,
      '',
      '| id | measure | المقياس | unit | source | computed by |',
      '|---|---|---|---|---|---|',
      ...measures.map(line),
      '',
    ]),
  ].join('\n')
}

function line({ id, name, definition, unit, source, computedBy: { file, name: by, field } }: MeasureDefinition): string {
  const { en, ar } = MEASURE_UNITS[unit]
  const answer = field === undefined ? '' : `, \`${field}\``
  return `| \`${id}\` | **${name.en}**: ${definition.en} | **${name.ar}**: ${definition.ar} | ${en} · ${ar} | ${source} | \`${by}\` of \`${posix.join('src/simulation/measures', `${file}.ts`)}\`${answer} |`
}
