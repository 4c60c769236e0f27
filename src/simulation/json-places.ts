/** Values put at places of a JSON text, named by JSON Pointers (RFC 6901). */
import { at } from '../kernel/diagnostic.ts'

/**
 * A copy with the values in place, or the pointer that leads nowhere. Null removes a member; a member may be new, its parent may not.
 * The order in which pointers are written means nothing: values are put first, a place before what lies in it, and members are removed
 * last, those of an array from its end, so that one removal does not move what another names.
 */
export function putAt(json: unknown, values: Readonly<Record<string, unknown>>): { readonly json: unknown } | { readonly missing: string } {
  const copy = structuredClone(json)
  const pointers = Object.keys(values).toSorted(comparePlaces)
  const isRemoval = (pointer: string): boolean => values[pointer] === null
  const inOrder = [...pointers.filter((pointer) => !isRemoval(pointer)), ...pointers.filter(isRemoval).toReversed()]
  for (const pointer of inOrder) if (!put(copy, pointer, structuredClone(values[pointer]))) return { missing: pointer }
  return { json: copy }
}

function put(root: unknown, pointer: string, value: unknown): boolean {
  if (!pointer.startsWith('/')) return false
  const steps = stepsOf(pointer)
  const last = steps.pop() as string
  let parent = root
  for (const step of steps) {
    if (!has(parent, step)) return false
    parent = (parent as Record<string, unknown>)[step]
  }
  if (Array.isArray(parent)) {
    if (!has(parent, last)) return false
    if (value === null) parent.splice(Number(last), 1)
    else parent[Number(last)] = value
    return true
  }
  if (typeof parent !== 'object' || parent === null || FORBIDDEN.has(last)) return false
  if (value !== null) (parent as Record<string, unknown>)[last] = value
  else if (has(parent, last)) delete (parent as Record<string, unknown>)[last]
  else return false
  return true
}

/** How far a pointer leads: the last place that there is, its pointer, and the step that it does not have. */
export function lastPlace(json: unknown, pointer: string): { readonly reached: string; readonly found: unknown; readonly step: string } {
  let [reached, found] = ['', json]
  for (const step of stepsOf(pointer)) {
    if (!has(found, step)) return { reached, found, step }
    found = (found as Record<string, unknown>)[step]
    reached = at(reached, step)
  }
  return { reached, found, step: '' }
}

/** Names that mean something to the language itself. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])
const INDEX = /^(0|[1-9][0-9]{0,8})$/

const has = (parent: unknown, step: string): boolean =>
  Array.isArray(parent)
    ? INDEX.test(step) && Number(step) < parent.length
    : typeof parent === 'object' && parent !== null && Object.hasOwn(parent, step)

const stepsOf = (pointer: string): string[] =>
  pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))

/** Step by step, indexes as numbers; a place comes before what lies in it. */
function comparePlaces(a: string, b: string): number {
  const [x, y] = [stepsOf(a), stepsOf(b)]
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [one, other] = [x[i] as string, y[i] as string]
    if (one === other) continue
    if (INDEX.test(one) && INDEX.test(other)) return Number(one) - Number(other)
    return one < other ? -1 : 1
  }
  return x.length - y.length
}
