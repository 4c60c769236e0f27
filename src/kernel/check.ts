/** One thing that a verification looks at, and whether it is as it was. */

export interface Check<Name extends string> {
  readonly name: Name
  /** The programme, where it is about a list. */
  readonly programme: string | null
  readonly ok: boolean
  /** What differs; references, hashes and counts, never a household's values. Empty when nothing does. */
  readonly detail: string
}

export const check = <Name extends string>(name: Name, differences: readonly string[], programme: string | null = null): Check<Name> => ({
  name,
  programme,
  ok: differences.length === 0,
  detail: differences.join('; '),
})

/** `name: expected ≠ found` where two things are not the same. */
export const differs = (name: string, expected: unknown, found: unknown): string[] =>
  Object.is(expected, found) ? [] : [`${name}: ${String(expected)} ≠ ${String(found)}`]
