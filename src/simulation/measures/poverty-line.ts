/** A poverty line: one for all, or one for each row where it differs by household or place; and who is below it. */

/** In the unit of welfare. By row, NaN is unknown. */
export type PovertyLine = number | Float64Array

/** The line of a row; NaN unknown. One that is not above 0 is a RangeError: gaps are shares of it. */
export function lineOf(line: PovertyLine, row: number): number {
  const value = typeof line === 'number' ? line : (line[row] as number)
  if (value <= 0 || value === Infinity) throw new RangeError(`row ${row} has the poverty line ${value}`)
  return value
}

/** By row: 1 where welfare is strictly below the line, 0 where it is not, NaN where either is unknown. A likelihood that is certain. */
export function poorBelow(welfare: Float64Array, line: PovertyLine): Float64Array {
  return welfare.map((value, row) => {
    const limit = lineOf(line, row)
    return Number.isNaN(value) || Number.isNaN(limit) ? NaN : Number(value < limit)
  })
}
