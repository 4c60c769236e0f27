/** How a value that an author wrote is put into generated code: as an integer. Names and texts never reach it. */
export const integer = (value: number): string => {
  if (!Number.isSafeInteger(value)) throw new RangeError(`generated code takes integers only, not ${value}`)
  return value < 0 ? `(${value})` : String(value === 0 ? 0 : value)
}
