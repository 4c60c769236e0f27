/** A column file that is open, and where each of its arrays stands: in itself, or in the whole file of an earlier snapshot that is kept beside it. */
import { hash } from 'node:crypto'
import { type FileHandle, link, open, rm } from 'node:fs/promises'
import { type Header, sizeOf } from './column-pieces.ts'
import { copyFlushed } from './copy-flushed.ts'

/** Bytes from the beginning of the file that holds them. */
export interface PiecePlace {
  readonly file: FileHandle
  readonly path: string
  readonly at: number
}

export interface OpenPart {
  readonly header: Header
  /** By the pieces' place in the header. */
  readonly places: readonly PiecePlace[]
  readonly close: () => Promise<void>
}

/** By name, where arrays stand in the file beside; the others stand in the part's own file, one after the other. */
export type KeptPieces = Readonly<Record<string, number>>

const besideOf = (path: string): string => `${path}.whole`

/** Throws when the file is not the one that was written under `expected`; its arrays are vouched for by their hashes alone. */
export async function openPart(path: string, expected: string): Promise<OpenPart> {
  const opened = [await open(path, 'r')]
  const close = async (): Promise<void> => void (await Promise.all(opened.map((file) => file.close())))
  try {
    const [file] = opened as [FileHandle]
    const line = await readLine(file, 0)
    if (hash('sha256', line, 'hex') !== expected) throw notAsWritten(path)
    const header = JSON.parse(line.toString('utf8')) as Header
    const beside = await openIfThere(besideOf(path))
    if (beside) opened.push(beside)
    const second = beside ? await readLine(file, line.byteLength) : Buffer.alloc(0)
    const kept = second.byteLength > 0 ? keptBy(second, path) : {}
    let own = line.byteLength + second.byteLength
    const places = header.pieces.map((piece): PiecePlace => {
      const at = kept[piece.name]
      if (at !== undefined && beside) return { file: beside, path: besideOf(path), at }
      own += sizeOf(piece)
      return { file, path, at: own - sizeOf(piece) }
    })
    return { header, places, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Whether every piece ends where its file does, or before. */
export async function holdsAll({ header, places }: OpenPart): Promise<boolean> {
  const ends = new Map<FileHandle, number>()
  header.pieces.forEach((piece, index) => {
    const { file, at } = places[index] as PiecePlace
    ends.set(file, Math.max(ends.get(file) ?? 0, at + sizeOf(piece)))
  })
  const sizes = await Promise.all(Array.from(ends, async ([file, end]) => (await file.stat()).size >= end))
  return sizes.every(Boolean)
}

/** The file in which the arrays of a part stood when it was written whole. */
export async function wholeFileOf(path: string): Promise<string> {
  const beside = await openIfThere(besideOf(path))
  await beside?.close()
  return beside ? besideOf(path) : path
}

/** Keeps a whole file beside the part: nobody will write it again, so two names of one file are enough, where the disk knows that. */
export const keepBeside = (whole: string, path: string): Promise<void> => sameFile(whole, besideOf(path))
export const keepNothingBeside = (path: string): Promise<void> => rm(besideOf(path), { force: true })

/** The same part under a second name. */
export async function samePart(from: string, path: string): Promise<void> {
  const whole = await wholeFileOf(from)
  if (whole === from) await keepNothingBeside(path)
  else await keepBeside(whole, path)
  await sameFile(from, path)
}

async function sameFile(from: string, path: string): Promise<void> {
  await rm(path, { force: true })
  // At its place at once: what writes beside a place would empty the earlier snapshot's file under that name.
  await link(from, path).catch(() => copyFlushed(from, path))
}

function keptBy(line: Buffer, path: string): KeptPieces {
  try {
    return JSON.parse(line.toString('utf8')) as KeptPieces
  } catch {
    throw notAsWritten(path)
  }
}

const notAsWritten = (path: string): Error => new Error(`${path} is not the file that was written`)

const openIfThere = (path: string): Promise<FileHandle | null> =>
  open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })

const LINE_BYTES = 1 << 17

/** The line that begins at a place, with its end. */
async function readLine(file: FileHandle, from: number): Promise<Buffer> {
  let line = Buffer.alloc(0)
  for (;;) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LINE_BYTES), 0, LINE_BYTES, from + line.byteLength)
    const end = buffer.subarray(0, bytesRead).indexOf(10)
    line = Buffer.concat([line, buffer.subarray(0, end < 0 ? bytesRead : end + 1)])
    if (end >= 0 || bytesRead === 0) return line
  }
}
