/** Programmes whose conditions read a shared text that changes: a definition or a parameter. */
import type { Condition } from '../../language/condition/condition.ts'
import { slotsOf } from '../../language/condition/condition.ts'
import type { Bundle } from '../bundle.ts'

export interface ChangedText {
  readonly kind: string
  readonly id: string
  readonly json: unknown
}

export function programmesReading({ programmes, catalogue }: Bundle, changed: readonly ChangedText[]): string[] {
  const idsIn = (kind: string): Set<unknown> =>
    new Set(changed.flatMap((text) => (text.kind === kind ? [(text.json as { readonly id?: unknown }).id] : [])))
  const [definitions, parameters] = [idsIn('definition'), idsIn('parameter')]
  const reads = (condition: Condition): boolean =>
    condition.nodes.some((node) => node.kind === 'definition' && definitions.has(node.refersTo)) ||
    slotsOf(condition).some((slot) => {
      const fact = catalogue.facts.get(condition.space.types[slot]?.id ?? '')
      return fact?.definition.kind === 'parameter' && parameters.has(fact.definition.parameter.id)
    })
  return programmes
    .filter(({ rule, programme }) => [rule.condition, ...programme.tiers.map(({ condition }) => condition)].some(reads))
    .map(({ id }) => id)
}
