/**
 * The flat column file of a part of a snapshot: one line of JSON that says what stands where, then the arrays, each at a
 * multiple of eight bytes, little-endian. Reading is one read; an array is a view of it.
 */
import { createHash } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
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

const TYPES = { Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, Float64Array } as const
type TypeName = keyof typeof TYPES

interface Piece {
  readonly name: string
  readonly type: TypeName
  readonly at: number
  readonly length: number
}

interface Header {
  readonly households: number
  readonly persons: number
  readonly slots: { readonly household: number; readonly person: number }
  readonly pieces: readonly Piece[]
}

/** Writes the file beside its place and moves it there, so that it is whole or not there at all; returns the SHA-256 of its bytes. */
export async function writeColumnFile(path: string, columns: ColumnFile): Promise<string> {
  const arrays = arraysOf(columns)
  let at = 0
  const pieces = arrays.map(([name, array]): Piece => {
    const piece = { name, type: array.constructor.name as TypeName, at, length: array.length }
    at += Math.ceil(array.byteLength / 8) * 8
    return piece
  })
  const header: Header = {
    households: columns.households,
    persons: columns.persons,
    slots: { household: columns.household.length, person: columns.person.length },
    pieces,
  }
  const text = JSON.stringify(header)
  // The line is filled up to a multiple of eight, so that the arrays behind it are aligned.
  const line = Buffer.from(`${text}${' '.repeat((8 - ((Buffer.byteLength(text) + 1) % 8)) % 8)}\n`)
  const hash = createHash('sha256')
  const file = await open(`${path}.part`, 'w')
  try {
    const write = async (bytes: Uint8Array): Promise<void> => {
      hash.update(bytes)
      for (let done = 0; done < bytes.byteLength;) done += (await file.write(bytes, done)).bytesWritten
    }
    await write(line)
    for (const [, array] of arrays) {
      const padded = Buffer.alloc(Math.ceil(array.byteLength / 8) * 8)
      padded.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
      await write(padded)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.part`, path)
  return hash.digest('hex')
}

function arraysOf({ householdRefs, personRefs, firstMember, household, person }: ColumnFile): [string, IntegerArray][] {
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

/** The file's arrays; throws when its bytes are not those that `hash` says. */
export async function readColumnFile(path: string, hash?: string): Promise<ColumnFile> {
  const bytes = await readFile(path)
  if (hash !== undefined && createHash('sha256').update(bytes).digest('hex') !== hash)
    throw new Error(`${path} is not the file that was written`)
  const end = bytes.indexOf(10) + 1
  const header = JSON.parse(bytes.toString('utf8', 0, end)) as Header
  // A Buffer may begin anywhere in memory: the arrays need a multiple of eight.
  const body = new Uint8Array(bytes.byteLength - end)
  body.set(bytes.subarray(end))
  const found = new Map(header.pieces.map(({ name, type, at, length }) => [name, new TYPES[type](body.buffer, at, length)]))
  const columns = (space: 'household' | 'person'): FactColumns =>
    Array.from({ length: header.slots[space] }, (_, slot): FactColumn | undefined => {
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
    households: header.households,
    persons: header.persons,
    householdRefs: found.get('householdRefs') as Float64Array,
    personRefs: found.get('personRefs') as Float64Array,
    firstMember: found.get('firstMember') as Uint32Array,
    household: columns('household'),
    person: columns('person'),
  }
}
