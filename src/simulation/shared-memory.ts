/** Columns in memory that all threads share, so that telling them costs nothing. */

type Values = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array

/** The same value with its columns in shared memory; those that are there already stand as they are. Arrays and plain objects only. */
export function inSharedMemory<T>(value: T): T {
  if (ArrayBuffer.isView(value)) return (value.buffer instanceof SharedArrayBuffer ? value : copied(value as unknown as Values)) as T
  if (Array.isArray(value)) return value.map(inSharedMemory) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inSharedMemory(one as unknown)])) as T
}

function copied(values: Values): Values {
  const Type = values.constructor as new (memory: SharedArrayBuffer) => Values
  const copy = new Type(new SharedArrayBuffer(values.byteLength))
  copy.set(values)
  return copy
}
