/** What a fact is computed from and how, as one text: the same in two catalogues where every household gets the same value. */
import { canonicalJson } from '../../kernel/canonical.ts'
import type { Catalogue, CatalogueFact } from '../../language/catalogue/catalogue.ts'
import { epochAt } from '../../language/catalogue/parameter.ts'
import type { Parameter } from '../../language/catalogue/parameter.ts'
import type { Condition, ConditionNode } from '../../language/condition/condition.ts'

export type MeaningOf = (id: string) => string

/** Of facts of two catalogues, each on its day; of one catalogue on one day there is nothing to tell apart. */
export function meaningsOf(
  before: Catalogue,
  after: Catalogue,
  [beforeDay, afterDay]: readonly [number, number],
): readonly [MeaningOf, MeaningOf] {
  if (before === after && beforeDay === afterDay) return [() => '', () => '']
  return [meaningsIn(before, beforeDay), meaningsIn(after, afterDay)]
}

function meaningsIn({ facts }: Catalogue, day: number): MeaningOf {
  const known = new Map<string, string>()
  const of: MeaningOf = (id) => {
    const fact = facts.get(id)
    const made = known.get(id) ?? (fact ? meaning(fact, day, of) : '')
    known.set(id, made)
    return made
  }
  return of
}

/** A parameter's is its value of the day, so that facts that are computed from it are others where it is another. */
function meaning(fact: CatalogueFact, day: number, of: MeaningOf): string {
  const inputs = [...new Set(fact.inputs)].toSorted().map((input) => [input, of(input)])
  return canonicalJson([plain(fact.definition, day), inputs])
}

/** Registries by their names, tables by their rows of the day, conditions by the names of their facts. */
function plain(value: unknown, day: number): unknown {
  if (Array.isArray(value)) return value.map((one) => plain(one, day))
  if (typeof value !== 'object' || value === null) return value ?? null
  if ('epochs' in value) {
    const { id, keys } = value as Parameter
    const { value: single, rows } = epochAt(value as Parameter, day) ?? { value: null, rows: [] }
    return { parameter: id, keys, single: single ?? null, rows: rows.map((row) => [row.keys, row.value]) }
  }
  if ('custodian' in value && 'columns' in value) return { registry: (value as { readonly id?: string }).id }
  if ('root' in value && 'space' in value) return told((value as Condition).root, value as Condition)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, key === 'space' ? null : plain(one, day)]))
}

function told(node: ConditionNode, { space }: Condition): unknown {
  const name = (slot: number): string => space.types[slot]?.id ?? ''
  switch (node.kind) {
    case 'leaf': {
      const { operand } = node
      return [name(node.slot), node.operator, operand.kind === 'fact' ? { fact: name(operand.slot) } : operand.values]
    }
    case 'definition':
      return told(node.child, { space } as Condition)
    case 'not':
      return { not: told(node.child, { space } as Condition) }
    default:
      return { [node.kind]: node.children.map((child) => told(child, { space } as Condition)) }
  }
}
