/** The product's own rules, formulas, catalogue and registry definitions, read from its folder. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { canonicalJson } from '../kernel/canonical.ts'
import { projectRoot } from '../kernel/project-root.ts'
import { loadRegistryDefinitions } from '../warehouse/registry-definition.ts'
import { withAnswers } from '../warehouse/pulled/answers-registry.ts'
import type { RegistryDefinition } from '../warehouse/registry-definition.ts'
import { registryShape } from '../warehouse/registry-shape.ts'
import { versionText } from './version.ts'
import type { VersionKind, VersionText } from './version.ts'

/** Files that are shared by all programmes stand in folders of their own beside the programmes' folders. */
const shared: Readonly<Record<string, VersionKind>> = { catalogue: 'catalogue', definitions: 'definition', parameters: 'parameter' }

export function shippedTexts(root: string = projectRoot): VersionText[] {
  const rules = join(root, 'rules')
  return [
    ...withAnswers(loadRegistryDefinitions(join(root, 'src', 'warehouse', 'registries'))).map(registryText),
    ...folders(rules).flatMap((folder) => {
      const kind = shared[folder]
      const files = jsonFiles(join(rules, folder))
      if (kind === undefined) return files.map((file) => readOf('rule', folder, file))
      return files.map((file) => read(basename(file) === 'code-lists.json' ? 'codeLists' : kind, file, basename(file, '.json')))
    }),
    ...folders(join(root, 'formulas')).flatMap((folder) =>
      jsonFiles(join(root, 'formulas', folder)).map((file) => readOf('formula', folder, file)),
    ),
  ]
}

/** What the language needs of a registry, its code lists put in, so that the stored version stands by itself. */
function registryText(definition: RegistryDefinition): VersionText {
  const shape = registryShape(definition)
  return versionText('registry', shape.id, canonicalJson(shape), shape)
}

/** A programme's or formula's folder: numbered versions, worked cases and, for a programme, its programme.json. */
function readOf(numbered: 'rule' | 'formula', folder: string, file: string): VersionText {
  const name = basename(file, '.json')
  if (name === 'cases') return read('cases', file, `${numbered === 'rule' ? 'programme' : 'formula'}/${folder}`)
  return read(name === 'programme' ? 'programme' : numbered, file, folder)
}

function read(kind: VersionKind, file: string, id: string): VersionText {
  const source = readFileSync(file, 'utf8')
  try {
    return versionText(kind, id, source, JSON.parse(source))
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error })
  }
}

const folders = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()

function jsonFiles(path: string): string[] {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}
