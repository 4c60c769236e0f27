/** Checks every shared definition by itself, in the space of facts that its scope names. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { finding } from '../diagnostic-codes.ts'
import { checkCondition, MAX_LEAVES } from './check.ts'
import type { Definitions, DefinitionSpaces } from './definition.ts'

/** Over all definitions: the shipped ones have some dozens, and few lines can refer to so many that everybody else would wait. */
const MAX_LEAVES_OF_ALL = 10_000

/** Diagnostics by definition id; only definitions with something to say are there. */
export function checkDefinitions(definitions: Definitions, spaces: DefinitionSpaces): ReadonlyMap<string, readonly Diagnostic[]> {
  const found = new Map<string, readonly Diagnostic[]>()
  let leaves = 0
  for (const definition of definitions.values()) {
    if (leaves > MAX_LEAVES_OF_ALL) {
      const message = `all definitions together have more than ${MAX_LEAVES_OF_ALL} leaves after definitions are put in`
      found.set(definition.id, [finding('condition-too-large', '/conditions', message)])
      break
    }
    const scope = { space: spaces[definition.scope], definitions, allowFactValue: true }
    const { condition, diagnostics } = checkCondition(definition.conditions, '/conditions', scope, definition.id)
    leaves += condition?.leaves.length ?? MAX_LEAVES
    if (diagnostics.length > 0) found.set(definition.id, diagnostics)
  }
  return found
}
