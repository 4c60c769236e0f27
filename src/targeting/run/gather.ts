/** Values of some rows of a column, in the order of the rows: plain loops, since `from` with a function takes ten times as long over millions. */

export type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array

export function gather<T extends Column>(column: T, rows: Uint32Array): T {
  const Type = column.constructor as new (length: number) => T
  const found = new Type(rows.length)
  for (let index = 0; index < rows.length; index++) found[index] = column[rows[index] as number] as number
  return found
}

/** As `gather`, in memory that threads share. */
export function gatherShared<T extends Column>(column: T, rows: Uint32Array): T {
  const Type = column.constructor as new (memory: SharedArrayBuffer) => T
  const found = new Type(new SharedArrayBuffer(rows.length * column.BYTES_PER_ELEMENT))
  for (let index = 0; index < rows.length; index++) found[index] = column[rows[index] as number] as number
  return found
}

/** As `gatherShared`; NaN everywhere without a column. */
export const gatherOrUnknown = (column: Float64Array | undefined, rows: Uint32Array): Float64Array =>
  column ? gatherShared(column, rows) : new Float64Array(new SharedArrayBuffer(rows.length * Float64Array.BYTES_PER_ELEMENT)).fill(NaN)

/** Rows for which `isWanted` holds, ascending. */
export function rowsWhere(length: number, isWanted: (row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(length)
  let count = 0
  for (let row = 0; row < length; row++) if (isWanted(row)) rows[count++] = row
  return rows.slice(0, count)
}
