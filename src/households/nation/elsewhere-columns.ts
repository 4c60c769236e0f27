/** Shared columns for the facts of relatives, by place in the replica's `relative` table; written once, read by every thread. */
import type { ValueColumn, ValueColumns } from '../../language/catalogue/assembly/chunk.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'

/** Single floats hold every flag, code and day number exactly. */
const NARROW: readonly string[] = ['boolean', 'category', 'date']

/** Memory that can be handed to threads: by slot, the two ends of the column. */
export type SharedColumns = readonly (readonly [lo: SharedArrayBuffer, hi: SharedArrayBuffer] | null)[]

export function newElsewhere(catalogue: Catalogue, slots: readonly number[], relatives: number): SharedColumns {
  return catalogue.person.types.map(({ id, type }, slot) => {
    if (!slots.includes(slot)) return null
    const bytes = relatives * (NARROW.includes(type) ? 4 : 8)
    const lo = new SharedArrayBuffer(bytes)
    return [lo, catalogue.facts.get(id)?.bounded ? new SharedArrayBuffer(bytes) : lo]
  })
}

export function elsewhereColumns(catalogue: Catalogue, shared: SharedColumns): ValueColumns {
  return shared.map((buffers, slot): ValueColumn | undefined => {
    if (!buffers) return undefined
    const type = catalogue.person.types[slot]?.type ?? ''
    const [lo, hi] = buffers.map((buffer) => (NARROW.includes(type) ? new Float32Array(buffer) : new Float64Array(buffer))) as [
      Float32Array,
      Float32Array,
    ]
    return { lo, hi: buffers[0] === buffers[1] ? lo : hi }
  })
}

/** The rows from `from` on, as columns of their own over the same memory. */
export function columnsFrom(columns: ValueColumns, from: number, rows: number): ValueColumns {
  return columns.map((column): ValueColumn | undefined => {
    if (!column) return undefined
    const lo = column.lo.subarray(from, from + rows)
    return { lo, hi: column.hi === column.lo ? lo : column.hi.subarray(from, from + rows) }
  })
}
