/** What the checks of definitions share: what they may look at, conditions and the facts these read, and fitting types. */
import { dayNumber } from '../../kernel/date.ts'
import { scaledOfNumber } from '../../kernel/decimal.ts'
import { checkCondition } from '../condition/check.ts'
import { type Condition, slotsOf } from '../condition/condition.ts'
import type { Definitions } from '../condition/definition.ts'
import type { FactSpace } from '../fact-space.ts'
import type { CatalogueFact } from './catalogue.ts'
import { type Findings, quote } from './diagnostics.ts'
import type { Expression, ExpressionName } from './expression.ts'
import type { FactHeader } from './fact-header.ts'
import type { Parameter } from './parameter.ts'
import type { RegistryShape } from './registry-shape.ts'
import { sameUnit } from './unit.ts'

/** What the check of one fact's definition may look at. `fact` checks an input first and reports cycles. */
export interface DefinitionContext {
  readonly out: Findings
  readonly fact: (id: string) => CatalogueFact | undefined
  readonly factIds: readonly string[]
  readonly parameters: ReadonlyMap<string, Parameter>
  readonly registries: ReadonlyMap<string, RegistryShape>
  readonly spaces: { readonly household: FactSpace; readonly person: FactSpace }
  readonly definitions: Definitions
  /** Collects the facts that the definition reads. */
  readonly reads: Set<string>
}

export const AS_OF: ExpressionName = { name: 'asOf', type: 'date', scale: 0, unit: null, nonNegative: false, bounded: false }

export function conditionOver(json: unknown, pointer: string, space: FactSpace, context: DefinitionContext): Condition | undefined {
  const { condition, diagnostics } = checkCondition(json, pointer, { space, definitions: context.definitions, allowFactValue: true })
  context.out.list.push(...diagnostics)
  return condition
}

/** Checks the facts that a condition reads first, and notes them; false when one of them has errors. */
export function readsOf(condition: Condition, context: DefinitionContext): boolean {
  const ids = slotsOf(condition).map((slot) => condition.space.types[slot]?.id ?? '')
  for (const id of ids) context.reads.add(id)
  return ids.every((id) => context.fact(id) !== undefined)
}

/** Whether an expression yields what the place states; numbers may lose places there, rounded half away from zero. */
export function yields(
  want: { id: string; type: string; unit: string | null; codes: readonly string[] | null },
  got: Expression,
  pointer: string,
  out: Findings,
): boolean {
  const number = (type: string) => type === 'integer' || type === 'decimal'
  if (number(want.type) ? !number(got.type) : want.type !== got.type) {
    out.error('definition-type', pointer, `this yields ${got.type}, ${want.id} is ${want.type}`)
    return false
  }
  const stray = got.type === 'category' ? (got.codes?.filter((code) => !want.codes?.includes(code)) ?? null) : []
  if (stray === null) {
    out.error('definition-type', pointer, 'free text and references can be counted apart, and nothing else', { hint: 'use countDistinct' })
    return false
  }
  if (stray.length > 0) {
    out.error('codes-differ', pointer, `${want.id} lacks the codes ${stray.join(', ')} of what this yields`)
    return false
  }
  if (got.unit !== null && number(want.type) && !sameUnit(got.unit, want.unit)) {
    out.error('units-differ', pointer, `this yields ${got.unit}, ${want.id} is in ${want.unit}`, { expected: want.unit ?? '' })
    return false
  }
  return true
}

/** The stated value of an empty set, scaled; null when none is stated. */
export function emptyValue(json: unknown, header: FactHeader, pointer: string, out: Findings): number | string | null {
  if (json === undefined) return null
  if (header.type === 'category' && typeof json === 'string' && header.codes?.includes(json)) return json
  if (header.type === 'boolean' && typeof json === 'boolean') return Number(json)
  if (header.type === 'date' && typeof json === 'string') return dayNumber(json)
  const scaled = typeof json === 'number' ? scaledOfNumber(json, header.scale) : null
  if (scaled?.ok && (header.type === 'integer' || header.type === 'decimal')) return scaled.value
  out.error('literal-type', pointer, `${quote(json)} is not a value of ${header.id}`)
  return null
}
