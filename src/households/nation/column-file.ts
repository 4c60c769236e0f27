/**
 * The flat column file of a part of a snapshot: one line of JSON that says what stands where with the SHA-256 of each array,
 * then the arrays, each at a multiple of eight bytes, little-endian. The file's hash is the line's, which vouches for the arrays:
 * whoever reads a few columns reads and checks those only. A part of which an earlier snapshot's file holds most arrays says in a
 * second line which those are, and keeps that file beside it; its hash is the same.
 */
import { hash } from 'node:crypto'
import { type FileHandle, open, rename } from 'node:fs/promises'
import type { IntegerArray } from '../../language/fact-columns.ts'
import {
  arrayOf,
  arraysOf,
  type ColumnFile,
  columnsOf,
  hashOf,
  headerOf,
  isWanted,
  padded,
  type Piece,
  sizeOf,
  type WantedSlots,
} from './column-pieces.ts'
import {
  holdsAll,
  keepBeside,
  keepNothingBeside,
  type KeptPieces,
  openPart,
  type OpenPart,
  type PiecePlace,
  wholeFileOf,
} from './open-part.ts'

export { type ColumnFile, type WantedSlots, withSlots } from './column-pieces.ts'

/** Of arrays that were read and checked: what goes on into the next snapshot as it is need be neither hashed nor written again. */
interface Origin {
  readonly hash: string
  readonly path: string
  readonly at: number
}

const origins = new WeakMap<IntegerArray, Origin>()
/** Arrays that stand for what was not read; their zeros are nobody's. */
const unread = new WeakSet<IntegerArray>()

/**
 * Writes the file beside its place and moves it there, so that it is whole or not there at all; returns its hash. Arrays that were read
 * from the `earlier` part stay where they are, if they are most of this one.
 */
export async function writeColumnFile(path: string, columns: ColumnFile, earlier: string | null = null): Promise<string> {
  const arrays = arraysOf(columns)
  const beside = earlier === null ? null : await keptIn(earlier, arrays)
  const own = beside ? arrays.filter(([name]) => beside.kept[name] === undefined) : arrays
  const size = own.reduce((total, [, { byteLength }]) => total + padded(byteLength), 0)
  const memory = takeMemory(size)
  const body = memory.subarray(0, size)
  const hashes = new Map<string, string>()
  let at = 0
  for (const [name, array] of own) {
    const room = body.subarray(at, at + padded(array.byteLength))
    if (unread.has(array)) await readOrigin(origins.get(array) as Origin, name, room)
    else room.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    room.fill(0, array.byteLength)
    hashes.set(name, origins.get(array)?.hash ?? hashOf(room))
    at += room.byteLength
  }
  const all = arrays.map(([name, array]) => hashes.get(name) ?? (origins.get(array)?.hash as string))
  const line = Buffer.from(`${JSON.stringify(headerOf(columns, arrays, all))}\n`)
  const second = beside ? Buffer.from(`${JSON.stringify(beside.kept)}\n`) : Buffer.alloc(0)
  const file = await open(`${path}.part`, 'w')
  try {
    for (const bytes of [line, second, body]) await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  spare = memory
  if (beside) await keepBeside(beside.whole, path)
  else await keepNothingBeside(path)
  await rename(`${path}.part`, path)
  return hash('sha256', line, 'hex')
}

/** What was left unread until it has to be written again. */
async function readOrigin({ path, at, hash: expected }: Origin, name: string, room: Buffer): Promise<void> {
  const file = await open(path, 'r')
  try {
    await readWhole(file, room, at)
  } finally {
    await file.close()
  }
  if (hashOf(room) !== expected) throw notTheColumn(path, name)
}

/** Above this share of its bytes a part is written whole. */
const OWN_SHARE_MAX = 0.5

/** Null where too few stand in the whole file that the earlier part is, or has beside it. */
async function keptIn(
  earlier: string,
  arrays: readonly (readonly [name: string, array: IntegerArray])[],
): Promise<{ readonly whole: string; readonly kept: KeptPieces } | null> {
  const whole = await wholeFileOf(earlier)
  const kept: Record<string, number> = {}
  let [size, own] = [0, 0]
  for (const [name, array] of arrays) {
    const origin = origins.get(array)
    size += array.byteLength
    if (origin?.path === whole) kept[name] = origin.at
    else own += array.byteLength
  }
  return own > size * OWN_SHARE_MAX ? null : { whole, kept }
}

/** Bytes of a file that is written: whoever writes file after file needs no new memory for each. */
let spare: Buffer | null = null

function takeMemory(size: number): Buffer {
  const found = spare
  // Nobody else has it until it is given back.
  spare = null
  return found && found.byteLength >= size ? found : Buffer.allocUnsafeSlow(Math.ceil(size * 1.1))
}

/** The file's arrays; throws when its bytes are not those that were written under `expected`. All columns unless some are wanted. */
export async function readColumnFile(path: string, expected: string, wanted: WantedSlots | null = null): Promise<ColumnFile> {
  const part = await openPart(path, expected)
  try {
    return columnsOf(part.header, await readPieces(part, path, wanted))
  } finally {
    await part.close()
  }
}

/**
 * The file for whoever writes another with a few columns that differ: those that are `wanted`, and in the place of the others arrays that
 * writeColumnFile knows, and nobody may read. Of these it is seen that they are there, and no more.
 */
export async function readToRenew(path: string, expected: string, wanted: WantedSlots): Promise<ColumnFile> {
  const part = await openPart(path, expected)
  try {
    if (!(await holdsAll(part))) throw new Error(`${path} is not the file that was written: its end is missing`)
    const found = await readPieces(part, path, wanted)
    const others = part.header.pieces.flatMap((piece, index) =>
      found.has(piece.name) ? [] : [{ piece, place: part.places[index] as PiecePlace }],
    )
    const memory = new SharedArrayBuffer(Math.max(0, ...others.map(({ piece }) => sizeOf(piece))))
    for (const { piece, place } of others) {
      const array = arrayOf(piece, memory, 0)
      origins.set(array, { hash: piece.hash, path: place.path, at: place.at })
      unread.add(array)
      found.set(piece.name, array)
    }
    return columnsOf(part.header, found)
  } finally {
    await part.close()
  }
}

/** Whether the file of that hash stands there with all its bytes: cheap, for whoever reads columns checks them. */
export async function isColumnFile(path: string, expected: string): Promise<boolean> {
  const part = await openPart(path, expected).catch(() => null)
  if (!part) return false
  try {
    return await holdsAll(part)
  } finally {
    await part.close()
  }
}

interface Wanted extends PiecePlace {
  readonly piece: Piece
  /** Where it stands in memory. */
  readonly start: number
}

/** Checked, all in one piece of memory that threads can share: what one of them reads, every other one has. All columns unless some are wanted. */
export async function readPieces(
  { header, places }: OpenPart,
  path: string,
  slots: WantedSlots | null,
): Promise<Map<string, IntegerArray>> {
  let size = 0
  const wanted = header.pieces.flatMap((piece, index): Wanted[] => {
    if (!isWanted(piece.name, slots)) return []
    size += sizeOf(piece)
    return [{ ...(places[index] as PiecePlace), piece, start: size - sizeOf(piece) }]
  })
  const memory = new SharedArrayBuffer(size)
  for (const { file, at, start, bytes } of stretchesOf(wanted)) await readWhole(file, new Uint8Array(memory, start, bytes), at)
  const found = new Map<string, IntegerArray>()
  for (const { piece, path: origin, at, start } of wanted) {
    if (hashOf(new Uint8Array(memory, start, sizeOf(piece))) !== piece.hash) throw notTheColumn(path, piece.name)
    const array = arrayOf(piece, memory, start)
    origins.set(array, { hash: piece.hash, path: origin, at })
    found.set(piece.name, array)
  }
  return found
}

const notTheColumn = (path: string, name: string): Error => new Error(`${path}: ${name} is not the column that was written`)

/** Or as much as there is. */
async function readWhole(file: FileHandle, into: Uint8Array, at: number): Promise<void> {
  for (let read = 0; read < into.byteLength;) {
    const { bytesRead } = await file.read(into, read, into.byteLength - read, at + read)
    if (bytesRead === 0) break
    read += bytesRead
  }
}

/** Pieces that follow one another, in the file and in memory, are read at once. */
function stretchesOf(wanted: readonly Wanted[]): (PiecePlace & { readonly start: number; bytes: number })[] {
  const stretches: (PiecePlace & { readonly start: number; bytes: number })[] = []
  for (const { piece, file, path, at, start } of wanted) {
    const last = stretches.at(-1)
    if (last && last.file === file && last.at + last.bytes === at) last.bytes += sizeOf(piece)
    else stretches.push({ file, path, at, start, bytes: sizeOf(piece) })
  }
  return stretches
}
