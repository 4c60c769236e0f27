/**
 * The flat column file of a part of a snapshot: one line of JSON that says what stands where with the SHA-256 of each array,
 * then the arrays, each at a multiple of eight bytes, little-endian. The file's hash is the line's, which vouches for the arrays:
 * whoever reads a few columns reads and checks those only.
 */
import { hash } from 'node:crypto'
import { copyFile, type FileHandle, open, rename } from 'node:fs/promises'
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
type SharedArrayType = new (buffer: SharedArrayBuffer, at: number, length: number) => IntegerArray

interface Piece {
  readonly name: string
  readonly type: TypeName
  /** Bytes from the end of the line. */
  readonly at: number
  readonly length: number
  /** With the zeros that fill it up. */
  readonly hash: string
}

interface Header {
  readonly households: number
  readonly persons: number
  readonly slots: { readonly household: number; readonly person: number }
  readonly pieces: readonly Piece[]
}

/** Hashes of arrays that were read and checked: columns that go on into the next snapshot as they are need not be hashed again. */
const known = new WeakMap<IntegerArray, string>()

const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8
const sizeOf = ({ type, length }: Piece): number => padded(length * TYPES[type].BYTES_PER_ELEMENT)
const sha256 = (bytes: Uint8Array): string => hash('sha256', bytes, 'base64url')

/** Writes the file beside its place and moves it there, so that it is whole or not there at all; returns its hash. */
export async function writeColumnFile(path: string, columns: ColumnFile): Promise<string> {
  const arrays = arraysOf(columns)
  const size = arrays.reduce((total, [, { byteLength }]) => total + padded(byteLength), 0)
  const memory = takeMemory(size)
  const body = memory.subarray(0, size)
  let at = 0
  const pieces = arrays.map(([name, array]): Piece => {
    const room = body.subarray(at, at + padded(array.byteLength))
    room.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    room.fill(0, array.byteLength)
    const piece = { name, type: array.constructor.name as TypeName, at, length: array.length, hash: known.get(array) ?? sha256(room) }
    at += room.byteLength
    return piece
  })
  const header: Header = {
    households: columns.households,
    persons: columns.persons,
    slots: { household: columns.household.length, person: columns.person.length },
    pieces,
  }
  const line = Buffer.from(`${JSON.stringify(header)}\n`)
  const file = await open(`${path}.part`, 'w')
  try {
    for (const bytes of [line, body]) await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  spare = memory
  await rename(`${path}.part`, path)
  return hash('sha256', line, 'hex')
}

/** Bytes of a file that is written: whoever writes file after file needs no new memory for each. */
let spare: Buffer | null = null

function takeMemory(size: number): Buffer {
  const found = spare
  // Nobody else has it until it is given back.
  spare = null
  return found && found.byteLength >= size ? found : Buffer.allocUnsafeSlow(Math.ceil(size * 1.1))
}

/** A copy, by the same way: on the disk before it has its name. */
export async function copyColumnFile(from: string, path: string): Promise<void> {
  await copyFile(from, `${path}.part`)
  const file = await open(`${path}.part`, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.part`, path)
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

/** Slots whose columns are wanted; the others are left undefined, as facts that nobody loaded. */
export interface WantedSlots {
  readonly household: ReadonlySet<number>
  readonly person: ReadonlySet<number>
}

/** The file's arrays; throws when its bytes are not those that were written under `expected`. All columns unless some are wanted. */
export async function readColumnFile(path: string, expected: string, wanted: WantedSlots | null = null): Promise<ColumnFile> {
  const file = await open(path, 'r')
  try {
    const line = await readLine(file)
    if (hash('sha256', line, 'hex') !== expected) throw new Error(`${path} is not the file that was written`)
    const header = JSON.parse(line.toString('utf8')) as Header
    const pieces = header.pieces.filter(({ name }) => isWanted(name, wanted))
    const found = await readPieces(file, path, line.byteLength, pieces)
    return columnsOf(header, found)
  } finally {
    await file.close()
  }
}

/** Whether the file of that hash stands there with all its bytes: cheap, for whoever reads columns checks them. */
export async function isColumnFile(path: string, expected: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => null)
  if (!file) return false
  try {
    const line = await readLine(file)
    if (hash('sha256', line, 'hex') !== expected) return false
    const { pieces } = JSON.parse(line.toString('utf8')) as Header
    const { size } = await file.stat()
    return size === line.byteLength + pieces.reduce((total, piece) => total + sizeOf(piece), 0)
  } finally {
    await file.close()
  }
}

function isWanted(name: string, wanted: WantedSlots | null): boolean {
  const [space, slot] = name.split('.')
  return wanted === null || slot === undefined || wanted[space as 'household' | 'person'].has(Number(slot))
}

const LINE_BYTES = 1 << 17

/** The first line with its end. */
async function readLine(file: FileHandle): Promise<Buffer> {
  let line = Buffer.alloc(0)
  for (;;) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LINE_BYTES), 0, LINE_BYTES, line.byteLength)
    const end = buffer.subarray(0, bytesRead).indexOf(10)
    line = Buffer.concat([line, buffer.subarray(0, end < 0 ? bytesRead : end + 1)])
    if (end >= 0 || bytesRead === 0) return line
  }
}

/** All in one piece of memory that threads can share: what one of them reads, every other one has. */
async function readPieces(file: FileHandle, path: string, from: number, pieces: readonly Piece[]): Promise<Map<string, IntegerArray>> {
  const shared = new SharedArrayBuffer(pieces.reduce((total, piece) => total + sizeOf(piece), 0))
  const found = new Map<string, IntegerArray>()
  let start = 0
  for (const piece of pieces) {
    const bytes = new Uint8Array(shared, start, sizeOf(piece))
    let read = 0
    while (read < bytes.byteLength) {
      const { bytesRead } = await file.read(bytes, read, bytes.byteLength - read, from + piece.at + read)
      if (bytesRead === 0) break
      read += bytesRead
    }
    if (sha256(bytes) !== piece.hash) throw new Error(`${path}: ${piece.name} is not the column that was written`)
    const array = new (TYPES[piece.type] as SharedArrayType)(shared, start, piece.length)
    known.set(array, piece.hash)
    found.set(piece.name, array)
    start += bytes.byteLength
  }
  return found
}

function columnsOf({ households, persons, slots }: Header, found: ReadonlyMap<string, IntegerArray>): ColumnFile {
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
