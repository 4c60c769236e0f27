/** What a fact is computed from and how, as one text: the same in two catalogues where every household gets the same value. */
import { canonicalJson } from '../../kernel/canonical.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { epochAt } from '../../language/catalogue/parameter.ts'
import type { Parameter } from '../../language/catalogue/parameter.ts'
import type { Condition, ConditionNode } from '../../language/condition/condition.ts'

export type MeaningOf = (catalogue: Catalogue, id: string) => string

/** Of facts of two catalogues, each on its day; of one catalogue on one day there is nothing to tell apart. */
export function meaningsOf(before: Catalogue, after: Catalogue, [beforeDay, afterDay]: readonly [number, number]): MeaningOf {
  if (before === after && beforeDay === afterDay) return () => ''
  const known = [new Map<string, string>(), new Map<string, string>()] as const
  const of = (catalogue: Catalogue, id: string): string => {
    const [memory, day] = catalogue === after ? [known[1], afterDay] : [known[0], beforeDay]
    const made = memory.get(id) ?? meaning(catalogue, id, day, of)
    memory.set(id, made)
    return made
  }
  return of
}

function meaning(catalogue: Catalogue, id: string, day: number, of: MeaningOf): string {
  const fact = catalogue.facts.get(id)
  // A parameter's value is told by its domain.
  if (!fact || fact.definition.kind === 'parameter') return ''
  const inputs = [...new Set(fact.inputs)].toSorted().map((input) => [input, of(catalogue, input)])
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
