/** Values put at places of a JSON text, named by JSON Pointers (RFC 6901). */

/** A copy with the values in place, or the pointer that leads nowhere. Null removes a member; a member may be new, its parent may not. */
export function putAt(json: unknown, values: Readonly<Record<string, unknown>>): { readonly json: unknown } | { readonly missing: string } {
  const copy = structuredClone(json)
  for (const [pointer, value] of Object.entries(values)) if (!put(copy, pointer, value)) return { missing: pointer }
  return { json: copy }
}

function put(root: unknown, pointer: string, value: unknown): boolean {
  if (!pointer.startsWith('/')) return false
  const steps = pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
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

/** Names that mean something to the language itself. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

const has = (parent: unknown, step: string): boolean =>
  Array.isArray(parent)
    ? /^(0|[1-9][0-9]{0,8})$/.test(step) && Number(step) < parent.length
    : typeof parent === 'object' && parent !== null && Object.hasOwn(parent, step)
