/** Strong Kleene truth values as small integers: `all` is min, `any` is max, `not` is 2 − x. */
export type Truth = 0 | 1 | 2

export const FALSE = 0
export const UNKNOWN = 1
export const TRUE = 2

export const not = (x: Truth): Truth => (2 - x) as Truth

/** SQL, JSON and a client's answer write a truth value as true, false or null (unknown). */
export const truthOf = (x: boolean | null | undefined): Truth => (x === null || x === undefined ? UNKNOWN : x ? TRUE : FALSE)

export const toBoolean = (x: Truth): boolean | null => (x === TRUE ? true : x === FALSE ? false : null)

export const truthName = (x: Truth): 'false' | 'unknown' | 'true' => (x === TRUE ? 'true' : x === FALSE ? 'false' : 'unknown')
