/** A look-up that is remembered for five seconds: what is taken away in the database stops within them in every process. */
export const REMEMBERED_MS = 5_000
const REMEMBERED_MAX = 10_000

export interface Remembered<T> {
  (key: string): Promise<T | null>
  /** For the process that takes something away: there it stops at once. */
  readonly forget: () => void
}

/** Found values are remembered, unknown keys never: a new key works at once, and strangers fill no memory. */
export function remembered<T>(find: (key: string) => Promise<T | null>, now: () => number = Date.now): Remembered<T> {
  let known = new Map<string, { readonly value: T; readonly until: number }>()
  const forget = (): void => void (known = new Map())
  const ask = async (key: string): Promise<T | null> => {
    const hit = known.get(key)
    if (hit && hit.until > now()) return hit.value
    // What is being read while everything is forgotten may be from before: it goes into the map that was put aside.
    const into = known
    const value = await find(key)
    if (into.size >= REMEMBERED_MAX) into.clear()
    if (value === null) into.delete(key)
    else into.set(key, { value, until: now() + REMEMBERED_MS })
    return value
  }
  return Object.assign(ask, { forget })
}
