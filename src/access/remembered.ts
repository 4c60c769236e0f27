/** A look-up that is remembered for five seconds: what is taken away in the database stops within them in every process. */
export const REMEMBERED_MS = 5_000
const REMEMBERED_MAX = 10_000

/** Found values are remembered, unknown keys never: a new key works at once, and strangers fill no memory. */
export function remembered<T>(find: (key: string) => Promise<T | null>, now: () => number = Date.now): (key: string) => Promise<T | null> {
  const known = new Map<string, { readonly value: T; readonly until: number }>()
  return async (key) => {
    const hit = known.get(key)
    if (hit && hit.until > now()) return hit.value
    const value = await find(key)
    if (known.size >= REMEMBERED_MAX) known.clear()
    if (value === null) known.delete(key)
    else known.set(key, { value, until: now() + REMEMBERED_MS })
    return value
  }
}
