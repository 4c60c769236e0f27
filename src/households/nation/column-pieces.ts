/** What a column file is made of: its arrays by name, in their order, and the line that says what stands where. */
import { hash } from 'node:crypto'
import type { FactColumn, FactColumns, IntegerArray } from '../../language/fact-columns.ts'

/** Names of arrays and what they hold; facts stand under `household.<slot>` and `person.<slot>`. */
export interface ColumnFile {
  readonly households: number
  readonly persons: number
  readonly householdRefs: Float64Array
  readonly personRefs: Float64Array
  readonly firstMember: Uint32Array
  readonly household: FactColumns
  readonly person: FactColumns
}

/** Slots whose columns are wanted; the others are left undefined, as facts that nobody loaded. */
export interface WantedSlots {
  readonly household: ReadonlySet<number>
  readonly person: ReadonlySet<number>
}

const TYPES = { Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, Float64Array } as const
type TypeName = keyof typeof TYPES
type SharedArrayType = new (buffer: SharedArrayBuffer, at: number, length: number) => IntegerArray

export interface Piece {
  readonly name: string
  readonly type: TypeName
  /** Bytes from the end of the line, where all arrays stand in the file. */
  readonly at: number
  readonly length: number
  /** With the zeros that fill it up. */
  readonly hash: string
}

export interface Header {
  readonly households: number
  readonly persons: number
  readonly slots: { readonly household: number; readonly person: number }
  readonly pieces: readonly Piece[]
}

/** Arrays stand at multiples of eight bytes. */
export const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8
export const sizeOf = ({ type, length }: Piece): number => padded(length * TYPES[type].BYTES_PER_ELEMENT)
export const hashOf = (bytes: Uint8Array): string => hash('sha256', bytes, 'base64url')

export const arrayOf = ({ type, length }: Piece, memory: SharedArrayBuffer, at: number): IntegerArray =>
  new (TYPES[type] as SharedArrayType)(memory, at, length)

/** The line that is the file's first, its arrays following one another; `hashes` are those of the arrays in their order. */
export function headerOf(
  { households, persons, household, person }: ColumnFile,
  arrays: readonly (readonly [name: string, array: IntegerArray])[],
  hashes: readonly string[],
): Header {
  let at = 0
  const pieces = arrays.map(([name, array], index): Piece => {
    const piece = { name, type: array.constructor.name as TypeName, at, length: array.length, hash: hashes[index] as string }
    at += padded(array.byteLength)
    return piece
  })
  return { households, persons, slots: { household: household.length, person: person.length }, pieces }
}

export function arraysOf({ householdRefs, personRefs, firstMember, household, person }: ColumnFile): [string, IntegerArray][] {
  const arrays: [string, IntegerArray][] = [
    ['householdRefs', householdRefs],
    ['personRefs', personRefs],
    ['firstMember', firstMember],
  ]
  for (const [space, columns] of Object.entries({ household, person }))
    columns.forEach((column, slot) => {
      if (!column) return
      const { lo, hi, loKnown, hiKnown } = column
      const name = `${space}.${slot}`
      arrays.push([`${name}.lo`, lo])
      if (hi !== lo) arrays.push([`${name}.hi`, hi])
      if (loKnown) arrays.push([`${name}.loKnown`, loKnown])
      if (hiKnown && hiKnown !== loKnown) arrays.push([`${name}.hiKnown`, hiKnown])
    })
  return arrays
}

export function isWanted(name: string, wanted: WantedSlots | null): boolean {
  const [space, slot] = name.split('.')
  return wanted === null || slot === undefined || wanted[space as 'household' | 'person'].has(Number(slot))
}

/** Without the columns of other facts. */
export const withSlots = (file: ColumnFile, { household, person }: WantedSlots): ColumnFile => ({
  ...file,
  household: file.household.map((column, slot) => (household.has(slot) ? column : undefined)),
  person: file.person.map((column, slot) => (person.has(slot) ? column : undefined)),
})

export function columnsOf({ households, persons, slots }: Header, found: ReadonlyMap<string, IntegerArray>): ColumnFile {
  const columns = (space: 'household' | 'person'): FactColumns =>
    Array.from({ length: slots[space] }, (_, slot): FactColumn | undefined => {
      const name = `${space}.${slot}`
      const lo = found.get(`${name}.lo`)
      if (!lo) return undefined
      const hi = found.get(`${name}.hi`)
      const loKnown = (found.get(`${name}.loKnown`) as Uint8Array | undefined) ?? null
      const ownKnown = (found.get(`${name}.hiKnown`) as Uint8Array | undefined) ?? null
      // Two sides of a bounded fact have bits of their own; one side has one set.
      return hi ? { lo, hi, loKnown, hiKnown: ownKnown } : { lo, hi: lo, loKnown, hiKnown: loKnown }
    })
  return {
    households,
    persons,
    householdRefs: found.get('householdRefs') as Float64Array,
    personRefs: found.get('personRefs') as Float64Array,
    firstMember: found.get('firstMember') as Uint32Array,
    household: columns('household'),
    person: columns('person'),
  }
}
