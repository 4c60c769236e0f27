/** Checks every shared definition by itself, in the space of facts that its scope names. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { checkCondition } from './check.ts'
import type { Definitions, DefinitionSpaces } from './definition.ts'

/** Diagnostics by definition id; only definitions with something to say are there. */
export function checkDefinitions(definitions: Definitions, spaces: DefinitionSpaces): ReadonlyMap<string, readonly Diagnostic[]> {
  const found = new Map<string, readonly Diagnostic[]>()
  for (const definition of definitions.values()) {
    const scope = { space: spaces[definition.scope], definitions, allowFactValue: true }
    const { diagnostics } = checkCondition(definition.conditions, '/conditions', scope, definition.id)
    if (diagnostics.length > 0) found.set(definition.id, diagnostics)
  }
  return found
}
