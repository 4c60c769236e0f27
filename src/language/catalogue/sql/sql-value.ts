/** A value in SQL: its two bounds. Values without bounds have one text, so that it is written and computed once. */
export interface SqlValue {
  readonly lo: string
  readonly hi: string
}

export const exact = (sql: string): SqlValue => ({ lo: sql, hi: sql })
export const isExact = (value: SqlValue): boolean => value.lo === value.hi

/** The known value, NULL when only bounds or nothing is known. */
export const known = (value: SqlValue): string => (isExact(value) ? value.lo : `(CASE WHEN ${value.lo} = ${value.hi} THEN ${value.lo} END)`)

/** Applies a monotone rising function to both bounds. */
export const mapValue = (value: SqlValue, f: (sql: string) => string): SqlValue =>
  isExact(value) ? exact(f(value.lo)) : { lo: f(value.lo), hi: f(value.hi) }
