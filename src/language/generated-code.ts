/** How a value that an author wrote is put into generated code: as an integer. Names and texts never reach it. */
export const integer = (value: number): string => {
  if (!Number.isSafeInteger(value)) throw new RangeError(`generated code takes integers only, not ${value}`)
  return value < 0 ? `(${value})` : String(value === 0 ? 0 : value)
}

/** Values by the source text that they were made from; those asked for longest ago are forgotten. */
export function keptBySource<T>(most = 4_096): { readonly of: (source: string, make: () => T) => T } {
  const kept = new Map<string, T>()
  return {
    of(source, make) {
      const value = kept.has(source) ? (kept.get(source) as T) : make()
      kept.delete(source)
      kept.set(source, value)
      const [oldest] = kept.keys()
      if (kept.size > most && oldest !== undefined) kept.delete(oldest)
      return value
    },
  }
}
