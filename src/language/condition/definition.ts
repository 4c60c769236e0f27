/** Shared definitions: conditions with a name, used by `{"condition": name}` from rules and from each other. */
import Type from 'typebox'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { finding, quote } from '../diagnostic-codes.ts'
import type { FactSpace, Words } from '../fact-space.ts'
import { parseJsonText } from '../json-text.ts'
import { AnyConditionSchema, IdSchema, WordsSchema } from '../schema-parts.ts'
import { shapeDiagnostics } from '../shape.ts'

export interface Definition {
  readonly id: string
  readonly label: Words
  /** A household definition may be used wherever the household's facts are; a person's only about persons. */
  readonly scope: 'household' | 'person'
  /** The condition as written; it is checked where it is used and, by itself, when it is read. */
  readonly conditions: unknown
}

export type Definitions = ReadonlyMap<string, Definition>

export const noDefinitions: Definitions = new Map()

export const DefinitionSchema = Type.Object(
  {
    id: IdSchema,
    label: WordsSchema,
    description: Type.Optional(WordsSchema),
    scope: Type.Enum(['household', 'person']),
    illustrative: Type.Optional(Type.Boolean()),
    citation: Type.Optional(Type.String()),
    conditions: AnyConditionSchema,
  },
  { additionalProperties: false },
)

/** Text of a definition file → definition whose shape is right; `checkDefinitions` then checks what it says. */
export function parseDefinition(text: string): { readonly definition?: Definition; readonly diagnostics: readonly Diagnostic[] } {
  const json = parseJsonText(text)
  if (json.diagnostics.length > 0) return { diagnostics: json.diagnostics }
  const diagnostics = shapeDiagnostics(DefinitionSchema, json.value)
  return diagnostics.length > 0 ? { diagnostics } : { definition: json.value as Definition, diagnostics }
}

/** A map of definitions by id; a second one of the same id is reported. */
export function definitionsOf(list: readonly Definition[]): {
  readonly definitions: Definitions
  readonly diagnostics: readonly Diagnostic[]
} {
  const definitions = new Map<string, Definition>()
  const diagnostics: Diagnostic[] = []
  for (const definition of list) {
    if (definitions.has(definition.id))
      diagnostics.push(finding('definition-invalid', '/id', `there are two definitions ${quote(definition.id)}`))
    definitions.set(definition.id, definition)
  }
  return { definitions, diagnostics }
}

export interface DefinitionSpaces {
  readonly household: FactSpace
  readonly person: FactSpace
}
