/** One household out of a part's column file, by reads of its own rows: the part is checked once, and then nothing else of it is read again. */
import { readSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import type { IntegerArray } from '../../language/fact-columns.ts'
import { readPieces } from './column-file.ts'
import { arrayOf, type ColumnFile, columnsOf, type Piece, sizeOf } from './column-pieces.ts'
import { openPart, type OpenPart, type PiecePlace } from './open-part.ts'

/**
 * The part's columns with the rows of that household only; null when it is not in the part. Throws when the bytes are not those that were
 * written under `expected`. Reads without giving way: for a thread that answers nobody else.
 */
export async function householdRows(path: string, expected: string, householdRef: number): Promise<ColumnFile | null> {
  const part = await openPart(path, expected)
  try {
    await checkOnce(part, path, expected)
    return rowsOf(part, householdRef)
  } finally {
    await part.close()
  }
}

/** Hash and files of the parts that were checked, the earliest first. Who writes into a file, or puts another in its place, changes what it is known by. */
const checked = new Set<string>()
const CHECKED_KEPT = 4_096

async function checkOnce(part: OpenPart, path: string, expected: string): Promise<void> {
  const files = new Set(part.places.map(({ file }) => file))
  const known = [expected, ...(await Promise.all(Array.from(files, identityOf)))].join(' ')
  if (checked.has(known)) return
  await readPieces(part, path, null)
  checked.add(known)
  const [oldest] = checked
  if (checked.size > CHECKED_KEPT && oldest !== undefined) checked.delete(oldest)
}

async function identityOf(file: FileHandle): Promise<string> {
  const { dev, ino, size, ctimeNs } = await file.stat({ bigint: true })
  return `${dev}.${ino}.${size}.${ctimeNs}`
}

function rowsOf({ header, places }: OpenPart, householdRef: number): ColumnFile | null {
  const placed = new Map(header.pieces.map((piece, index) => [piece.name, { piece, place: places[index] as PiecePlace }]))
  const cut = (name: string, from: number, count: number): IntegerArray => {
    const found = placed.get(name)
    // INVARIANT: every part has references and first members.
    if (!found) throw new Error(`a part without ${name}`)
    return read(found.piece, found.place, from, count)
  }
  const row = cut('householdRefs', 0, header.households).indexOf(householdRef)
  if (row < 0) return null
  const [first, next] = cut('firstMember', row, 2) as unknown as readonly [number, number]
  const rows = { household: [row, 1], person: [first, next - first] } as const
  const found = new Map<string, IntegerArray>()
  for (const { piece, place } of placed.values()) {
    const [space, slot, end] = piece.name.split('.')
    if (slot === undefined) continue
    const [from, count] = rows[space as 'household' | 'person']
    found.set(piece.name, end?.endsWith('Known') ? bits(piece, place, from, count) : read(piece, place, from, count))
  }
  found.set('householdRefs', cut('householdRefs', row, 1))
  found.set('personRefs', cut('personRefs', first, next - first))
  found.set('firstMember', Uint32Array.of(0, next - first))
  return columnsOf({ ...header, households: 1, persons: next - first }, found)
}

/** Some values of an array. */
function read(piece: Piece, { file, path, at }: PiecePlace, from: number, count: number): IntegerArray {
  const some = { ...piece, length: count }
  const memory = new SharedArrayBuffer(sizeOf(some))
  const values = arrayOf(some, memory, 0)
  const bytes = new Uint8Array(memory, 0, values.byteLength)
  const begin = at + from * values.BYTES_PER_ELEMENT
  for (let done = 0; done < bytes.length;) {
    const now = readSync(file.fd, bytes, done, bytes.length - done, begin + done)
    if (now === 0) throw new Error(`${path} ends before ${piece.name} does`)
    done += now
  }
  return values
}

/** Some bits of an array, the first of them in the lowest place. */
function bits(piece: Piece, place: PiecePlace, from: number, count: number): Uint8Array {
  const byte = from >> 3
  const packed = read(piece, place, byte, ((from + count + 7) >> 3) - byte)
  const own = new Uint8Array((count + 7) >> 3)
  for (let bit = 0; bit < count; bit++) {
    const at = from - 8 * byte + bit
    const isSet = ((packed[at >> 3] as number) >> (at & 7)) & 1
    own[bit >> 3] = (own[bit >> 3] as number) | (isSet << (bit & 7))
  }
  return own
}
