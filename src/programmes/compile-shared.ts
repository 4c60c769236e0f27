/** What all formulas and programmes stand on: definitions and catalogue, compiled once for the same texts, with what compiled over them. */
import { BoundedMemory } from '../kernel/bounded-memory.ts'
import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import { checkCatalogue } from '../language/catalogue/check.ts'
import type { CodeLists } from '../language/catalogue/fact-header.ts'
import type { RegistryShape } from '../language/catalogue/registry-shape.ts'
import { checkDefinitions } from '../language/condition/check-definitions.ts'
import { definitionsOf, parseDefinition } from '../language/condition/definition.ts'
import type { Definition, Definitions } from '../language/condition/definition.ts'
import type { CompiledFormula, CompiledProgramme, OpinionGroup } from './bundle.ts'
import type { VersionKind, VersionRef, VersionText } from './version.ts'

/** A text with its number. */
export type NumberedText = VersionText & { readonly version: number }

export interface Shared {
  /** Absent when there is any error in it. */
  readonly catalogue?: Catalogue
  readonly definitions: Definitions
  readonly diagnostics: readonly Diagnostic[]
  /** What compiled without an error over this catalogue and these definitions, by its texts. */
  readonly formulas: BoundedMemory<Compiled<CompiledFormula>>
  readonly programmes: BoundedMemory<Compiled<CompiledProgramme>>
  readonly opinions: BoundedMemory<OpinionGroup>
}

export interface Compiled<T> {
  /** Null when there is any error. */
  readonly made: T | null
  /** Pointers begin with the text's name. */
  readonly diagnostics: readonly Diagnostic[]
}

/** More than hold on the days that are asked about at one time; a catalogue is some megabytes. */
const CATALOGUES_KEPT = 4
/** More programmes than a nation has and drafts in an hour. */
const PARTS_KEPT = 64
/** Kinds of texts that any programme may read. */
export const SHARED_KINDS: ReadonlySet<VersionKind> = new Set<VersionKind>([
  'definition',
  'codeLists',
  'catalogue',
  'parameter',
  'registry',
])
const memory = new BoundedMemory<Shared>(CATALOGUES_KEPT)

/** The order of the texts counts: facts have their places by it. */
export function compileShared(texts: readonly NumberedText[]): Shared {
  const own = texts.filter(({ kind }) => SHARED_KINDS.has(kind))
  const compiled = (): Shared => compileTexts(own)
  return memory.of(keyOf(own), compiled, ({ diagnostics }) => !hasError(diagnostics))
}

/** Keeps what compiled without an error; everything else is looked at anew. */
export const compiledOnce = <T>(kept: BoundedMemory<Compiled<T>>, key: string, make: () => Compiled<T>): Compiled<T> =>
  kept.of(key, make, ({ made }) => made !== null)

/** Texts and names: of two texts with one content hash, one may still be refused (a key twice). */
export const keyOf = (texts: readonly NumberedText[]): string =>
  texts.map((text) => `${nameOf(text)}\0${text.hash}\0${text.source}`).join('\0')

export const nameOf = ({ kind, id, version }: Omit<VersionRef, 'hash'>): string => `${kind}/${id}/${version}`

export const namedIn = (text: NumberedText, diagnostics: readonly Diagnostic[]): Diagnostic[] =>
  diagnostics.map((finding) => ({ ...finding, pointer: `${nameOf(text)}#${finding.pointer}` }))

export const hasError = (diagnostics: readonly Diagnostic[]): boolean => diagnostics.some(({ severity }) => severity === 'error')

function compileTexts(texts: readonly NumberedText[]): Shared {
  const found: Diagnostic[] = []
  const definitions = compileDefinitions(texts, found)
  const { catalogue, diagnostics } = compileCatalogue(texts, definitions)
  found.push(...diagnostics)
  if (catalogue) {
    const spaces = { household: catalogue.household, person: catalogue.personWithHousehold }
    for (const [id, wrong] of checkDefinitions(definitions, spaces))
      found.push(...wrong.map((finding) => ({ ...finding, pointer: `definition/${id}#${finding.pointer}` })))
  }
  return {
    ...(catalogue ? { catalogue } : {}),
    definitions,
    diagnostics: found,
    formulas: new BoundedMemory(PARTS_KEPT),
    programmes: new BoundedMemory(PARTS_KEPT),
    opinions: new BoundedMemory(PARTS_KEPT),
  }
}

function compileDefinitions(texts: readonly NumberedText[], found: Diagnostic[]): Definitions {
  const list: Definition[] = []
  for (const text of texts.filter(({ kind }) => kind === 'definition')) {
    const { definition, diagnostics } = parseDefinition(text.source)
    found.push(...namedIn(text, diagnostics))
    if (definition) list.push(definition)
  }
  return definitionsOf(list).definitions
}

function compileCatalogue(texts: readonly NumberedText[], definitions: Definitions): ReturnType<typeof checkCatalogue> {
  const named = (kind: VersionKind) => texts.filter((text) => text.kind === kind).map((text) => ({ name: nameOf(text), json: text.json }))
  const codeLists: CodeLists = new Map(
    texts.filter(({ kind }) => kind === 'codeLists').flatMap(({ json }) => Object.entries(json as object)),
  )
  const registries = texts.filter(({ kind }) => kind === 'registry').map(({ json }) => json as RegistryShape)
  return checkCatalogue({ files: named('catalogue'), parameters: named('parameter'), definitions, codeLists, registries })
}
