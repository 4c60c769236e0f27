/** Registry definitions: the files of a folder, checked, with their code lists put in. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Diagnostic } from '../kernel/diagnostic.ts'
import { projectRoot } from '../kernel/project-root.ts'
import type { Words } from '../language/fact-space.ts'
import { parseJsonText } from '../language/json-text.ts'
import { checkRegistry, type RegistryContext } from './check-registry.ts'
import type { Generator } from './generator-schema.ts'
import { fault } from './registry-diagnostics.ts'
import type { ColumnFile, RegistryFile } from './registry-schema.ts'
import { type Codes, codeLists, entities } from './shared-lists.ts'

export interface RegistryColumn {
  readonly name: string
  readonly type: ColumnFile['type']
  /** Decimals only. */
  readonly scale?: number
  readonly unit?: string
  /** Categories only; a shared list is already put in. */
  readonly codes?: Codes
  /** Id of the shared list that `codes` comes from. */
  readonly codeList?: string
  readonly label: Words
  readonly required?: true
  readonly min?: number
  readonly max?: number
  readonly protected?: true
  /** Masked where the person is sheltered. */
  readonly address?: true
}

export interface RegistryDefinition extends Readonly<Omit<RegistryFile, 'columns' | 'generator' | 'key' | 'indexes'>> {
  /** Column names that tell the rows of one person apart; empty for one row per person. */
  readonly key: readonly string[]
  readonly columns: readonly RegistryColumn[]
  readonly indexes?: readonly (readonly string[])[]
  /** In order; in a registry of one row per person the first that is due gives the row. */
  readonly generator: readonly Generator[]
}

export interface RegistryFinding extends Diagnostic {
  /** Path of the file below the folder. */
  readonly file: string
}

export const registriesFolder: string = join(projectRoot, 'src/warehouse/registries')

/** The definitions of a folder, in order of id; throws with every finding when one is faulty. */
export const loadRegistryDefinitions = (folder: string = registriesFolder): RegistryDefinition[] => loadRegistries(folder).definitions

/** The same as they are written. */
export const loadRegistryFiles = (folder: string = registriesFolder): RegistryFile[] => loadRegistries(folder).files

function loadRegistries(folder: string) {
  const { findings, ...registries } = readRegistryDefinitions(folder)
  if (findings.length > 0) {
    const lines = findings.map(
      ({ file, pointer, code, message, hint }) => `${file}${pointer}: ${message}${hint ? ` (${hint})` : ''} [${code}]`,
    )
    throw new Error(`Faulty registry definitions:\n${lines.join('\n')}`)
  }
  return registries
}

/** The sound definitions of a folder, in order of id, and what is wrong with the others. */
export function readRegistryDefinitions(
  folder: string,
  context: RegistryContext = { entities, codeLists },
): { readonly definitions: RegistryDefinition[]; readonly files: RegistryFile[]; readonly findings: RegistryFinding[] } {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .toSorted()
  const definitions = new Map<string, RegistryDefinition>()
  const sound: RegistryFile[] = []
  const findings: RegistryFinding[] = []
  for (const file of paths) {
    const { value, diagnostics } = parseJsonText(readFileSync(join(folder, file), 'utf8'))
    const found = diagnostics.length > 0 ? diagnostics : checkRegistry(value, context)
    const definition = found.length > 0 ? undefined : resolveDefinition(value as RegistryFile, context.codeLists)
    const misplaced = definition ? placeFindings(definition, file, definitions) : []
    findings.push(...[...found, ...misplaced].map((diagnostic) => ({ file, ...diagnostic })))
    if (!definition || misplaced.length > 0) continue
    definitions.set(definition.id, definition)
    sound.push(value as RegistryFile)
  }
  return { definitions: [...definitions.values()].toSorted(byId), files: sound.toSorted(byId), findings }
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1)

function placeFindings({ id, custodian }: RegistryDefinition, file: string, earlier: ReadonlyMap<string, unknown>): Diagnostic[] {
  if (earlier.has(id)) return [fault('registry-repeats', '/id', `another file defines ${id} already`)]
  if (basename(file, '.json') === id && dirname(file) === custodian.toLowerCase()) return []
  return [
    fault('registry-file', '/id', `the registry ${id} of ${custodian} stands in ${file}`, {
      expected: `${custodian.toLowerCase()}/${id}.json`,
    }),
  ]
}

/** The form with code lists put in; `file` was checked. */
export function resolveDefinition(file: RegistryFile, lists: ReadonlyMap<string, Codes>): RegistryDefinition {
  const columns = file.columns.map(({ codes, ...column }): RegistryColumn => {
    if (codes === undefined) return column
    return typeof codes === 'string' ? { ...column, codes: lists.get(codes) ?? {}, codeList: codes } : { ...column, codes }
  })
  const { generator = [] } = file
  return { ...file, columns, generator: Array.isArray(generator) ? generator : [generator] }
}
