/** Values worth trying for each fact that formulas read: both sides of every limit, every code, and places along a line. */
import type { LeafNode } from '../../language/condition/condition.ts'
import type { FactType } from '../../language/fact-space.ts'
import type { Term } from '../../language/formula/formula.ts'
import { slotsOf } from '../../language/formula/formula.ts'
import { rangeOf } from './domain.ts'
import type { CommonSpace } from './same-space.ts'

/** Along a line between the ends of its clamp. */
const PLACES_ALONG = 32

/** By slot, ascending; a parameter has none, since its value is given, nor has what is `given` otherwise. */
export function moverCandidates(
  terms: readonly Term[],
  { space, domainOf }: CommonSpace,
  given: ReadonlySet<number> = new Set(),
): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, Set<number>>()
  const add = (slot: number, values: readonly number[]): void => {
    const type = space.types[slot] as FactType
    const { fixed, nonNegative } = domainOf(type)
    if (fixed !== undefined || given.has(slot)) return
    const [least, most] = rangeOf(type, nonNegative)
    const own = found.get(slot) ?? new Set(everyCode(type))
    for (const value of values) if (Number.isSafeInteger(value) && least <= value && value <= most) own.add(value)
    found.set(slot, own)
  }
  for (const term of terms) {
    for (const slot of slotsOf(term)) add(slot, [])
    if (term.kind === 'conditional') for (const leaf of term.condition.leaves) add(leaf.slot, literalsOf(leaf))
    else add(term.slot, valuesOf(term))
  }
  return new Map([...found].map(([slot, values]) => [slot, [...values].toSorted((a, b) => a - b)]))
}

function everyCode({ type, codes }: FactType): number[] {
  if (type === 'boolean') return [0, 1]
  return type === 'category' ? (codes ?? []).map((_, code) => code) : [0]
}

const literalsOf = ({ operand }: LeafNode): number[] =>
  operand.kind === 'literals' ? operand.values.flatMap((value) => [value - 1, value, value + 1]) : []

function valuesOf(term: Exclude<Term, { kind: 'conditional' }>): number[] {
  if (term.kind === 'bands') return term.limits.flatMap((limit) => [limit - 1, limit])
  if (term.kind === 'categories') return []
  const { low, high } = term
  return Array.from({ length: PLACES_ALONG + 1 }, (_, place) => Math.round(low + ((high - low) * place) / PLACES_ALONG))
}
