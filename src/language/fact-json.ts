/** Fact values as JSON: what cases, evaluate requests and answers write, to and from intervals. */
import { isoOfDay } from '../kernel/date.ts'
import { formatDecimal } from '../kernel/decimal.ts'
import { at } from '../kernel/diagnostic.ts'
import type { Diagnostic } from '../kernel/diagnostic.ts'
import { isFailure, readValue } from './condition/literal.ts'
import { finding, quote } from './diagnostic-codes.ts'
import { unknownValues } from './fact-space.ts'
import type { FactSpace, FactType, FactValues } from './fact-space.ts'
import { hintAmong } from './nearest.ts'

export type FactJson = number | string | boolean | null | { readonly atLeast?: number | string; readonly atMost?: number | string }

/**
 * `{"id": value | null | {"atLeast"?, "atMost"?}}` → values of the space; a fact that is not there is unknown.
 * Decimals may be JSON numbers or texts.
 */
export function readFactValues(
  space: FactSpace,
  json: Readonly<Record<string, unknown>>,
  pointer: string,
  into: FactValues = unknownValues(space),
): { readonly values: FactValues; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  for (const [id, value] of Object.entries(json)) {
    const slot = space.slot(id)
    const place = at(pointer, id)
    if (slot === undefined) {
      const hint = hintAmong(
        diagnostics,
        id,
        space.types.map((type) => type.id),
      )
      diagnostics.push(finding('fact-unknown', place, `there is no fact ${quote(id)} among the facts of ${space.name}`, { hint }))
      continue
    }
    const read = readInterval(space.types[slot] as FactType, value, place)
    if ('problem' in read) diagnostics.push(read.problem)
    else if (read.lo !== null) {
      into.lo[slot] = read.lo
      into.hi[slot] = read.hi
    }
  }
  return { values: into, diagnostics }
}

/** The value of one slot as answers write it: decimals as texts, bounds as an object, null when nothing is known. */
export function factJson(type: FactType, lo: number, hi: number): FactJson {
  if (lo === hi) return oneJson(type, lo)
  const isOpen = !Number.isFinite(lo) && !Number.isFinite(hi)
  if (isOpen || type.type === 'boolean' || type.type === 'category') return null
  return {
    ...(Number.isFinite(lo) ? { atLeast: oneJson(type, lo) as number | string } : {}),
    ...(Number.isFinite(hi) ? { atMost: oneJson(type, hi) as number | string } : {}),
  }
}

function oneJson(type: FactType, value: number): number | string | boolean {
  switch (type.type) {
    case 'boolean':
      return value === 1
    case 'integer':
      return value
    case 'decimal':
      return formatDecimal(value, type.scale)
    case 'date':
      return isoOfDay(value)
    case 'category':
      return type.codes?.[value] ?? ''
  }
}

type Interval = { readonly lo: number; readonly hi: number } | { readonly lo: null } | { readonly problem: Diagnostic }

function readInterval(type: FactType, json: unknown, pointer: string): Interval {
  if (json === null) return { lo: null }
  if (typeof json !== 'object' || Array.isArray(json)) {
    const one = readValue(type, json, pointer)
    return isFailure(one) ? one : { lo: one.value, hi: one.value }
  }
  const bounds = json as Record<string, unknown>
  const keys = Object.keys(bounds)
  const refuse = (message: string): Interval => ({
    problem: finding('bounds-invalid', pointer, message, { expected: '{"atLeast"?: value, "atMost"?: value}' }),
  })
  if (type.type === 'boolean' || type.type === 'category') return refuse(`${quote(type.id)} is ${type.type} and has no bounds`)
  if (keys.length === 0 || keys.some((key) => key !== 'atLeast' && key !== 'atMost'))
    return refuse(`${quote(json)} is not a pair of bounds`)
  const low = 'atLeast' in bounds ? readValue(type, bounds.atLeast, at(pointer, 'atLeast')) : { value: -Infinity }
  const high = 'atMost' in bounds ? readValue(type, bounds.atMost, at(pointer, 'atMost')) : { value: Infinity }
  if (isFailure(low)) return low
  if (isFailure(high)) return high
  return low.value > high.value ? refuse(`${quote(json)}: the lower bound is above the upper`) : { lo: low.value, hi: high.value }
}
