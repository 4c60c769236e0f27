/** docs/reference/registries.md: every registry as a table, in both languages, from its definition. */
import type { Words } from '../language/fact-space.ts'
import { places } from './places.ts'
import type { RegistryColumn, RegistryDefinition } from './registry-definition.ts'
import { registryDiagnosticCodes } from './registry-diagnostics.ts'
import { type Codes, codeLists, type Entity, entities } from './shared-lists.ts'

/** Lists of places are long and stand in places.json. */
const PLACE_LISTS = ['liwa', 'kada', 'city']

const populationWords = {
  everyone: 'everyone',
  jordanians: 'Jordanians, by National ID',
  nonJordanians: 'non-Jordanians, by personal ID',
} as const
const absenceWords = { none: 'a covered person without a row has none of it', unknown: 'no row tells nothing' } as const

/** The page's text. */
export function registriesPage(definitions: readonly RegistryDefinition[]): string {
  const keepers = entities.filter(({ id }) => definitions.some(({ custodian }) => custodian === id))
  const sections = keepers.map((entity) =>
    entitySection(
      entity,
      definitions.filter(({ custodian }) => custodian === entity.id),
    ),
  )
  return `# Registries

${definitions.length} registries of ${keepers.length} custodians. Generated from \`src/warehouse/registries/\` by \`npm run mizan -- registries\`; a test compares the two.
Table \`warehouse.<id>\` has the person reference, these columns, and the load and sequence of each row. A registry marked *assumed* is ours: a rule needs it and
no source names it. **Key** columns tell the rows of one person apart; **protected** ones need a stated legal basis wherever a rule reads them.

| registry | name | custodian | rows per person | covers | older than (days) is stale | then kept for |
|---|---|---|---|---|---|---|
${keepers.flatMap(({ id }) => definitions.filter(({ custodian }) => custodian === id).map(summaryRow)).join('\n')}

${sections.join('\n\n')}

## Code lists

${[...usedLists(definitions)].map(([id, codes]) => `### ${id}\n\n${codeRows(id, codes)}`).join('\n\n')}

## Faults of a definition

Beside the shape faults of the [diagnostics](diagnostics.md), a definition can have these, each with a JSON Pointer.

| code | meaning |
|---|---|
${Object.entries(registryDiagnosticCodes)
  .map(([code, meaning]) => `| \`${code}\` | ${meaning} |`)
  .join('\n')}
`
}

const summaryRow = ({ id, label, custodian, rowsPerPerson, population, freshness }: RegistryDefinition): string =>
  `| [\`${id}\`](#${id}) | ${both(label)} | ${custodian} | ${rowsPerPerson} | ${population} | ${freshness.maxAgeDays} | ${freshness.graceDays} |`

const entitySection = ({ id, names }: Entity, definitions: readonly RegistryDefinition[]): string =>
  [`## ${id}: ${both(names)}`, ...definitions.map(registryPage)].join('\n\n')

/** One registry's part of the page. */
export function registryPage(definition: RegistryDefinition): string {
  const { id, label, description, sourceName, origin, population, absence, dwelling, shelters } = definition
  const facts = [
    `source table \`${sourceName}\`${origin === 'assumed' ? ' (*assumed*)' : ''}`,
    `covers ${populationWords[population]}`,
    absenceWords[absence],
    ...(shelters
      ? [
          `rows with ${Object.entries(shelters)
            .map(([name, code]) => `\`${name}\` = \`${code}\``)
            .join(' and ')} say that the person is sheltered`,
        ]
      : []),
    ...(dwelling ? ['a registry of dwellings: the row of the head of the household'] : []),
  ]
  return `### ${id}

${both(label)}. ${description.en}

${description.ar}

${facts.join(' · ')}

| column | type | unit | label | | codes |
|---|---|---|---|---|---|
${definition.columns.map((column) => columnRow(column, definition.key)).join('\n')}`
}

function columnRow(column: RegistryColumn, key: readonly string[]): string {
  const marks = [
    ...(key.includes(column.name) ? ['**key**'] : column.required ? ['required'] : []),
    ...(column.protected ? ['**protected**'] : []),
    ...(column.address ? ['address: masked of sheltered persons'] : []),
  ]
  const type = column.scale === undefined ? column.type : `${column.type}(${column.scale})`
  return `| \`${column.name}\` | ${type} | ${column.unit ?? ''} | ${both(column.label)} | ${marks.join(', ')} | ${codesCell(column)} |`
}

function codesCell({ codeList, codes }: RegistryColumn): string {
  if (codeList) return `[${codeList}](#${codeList.toLowerCase()})`
  return Object.entries(codes ?? {})
    .map(([code, words]) => `\`${code}\` ${both(words)}`)
    .join('; ')
}

function codeRows(id: string, codes: Codes): string {
  if (!PLACE_LISTS.includes(id)) {
    const rows = Object.entries(codes).map(([code, { en, ar }]) => `| \`${code}\` | ${en} | ${ar} |`)
    return `| code | English | Arabic |\n|---|---|---|\n${rows.join('\n')}`
  }
  return `${Object.keys(codes).length} codes, such as \`${Object.keys(codes)[0]}\`, below the ${places.length} governorates: \`src/warehouse/places.json\`.`
}

/** The shared lists that some column uses, in order of name. */
function usedLists(definitions: readonly RegistryDefinition[]): Map<string, Codes> {
  const used = new Set(definitions.flatMap(({ columns }) => columns.flatMap(({ codeList }) => codeList ?? [])))
  return new Map([...codeLists].filter(([id]) => used.has(id)).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const both = ({ en, ar }: Words): string => `${en} · ${ar}`
