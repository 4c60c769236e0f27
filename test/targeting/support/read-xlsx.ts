/** Reads a workbook of ours back: the archive by its directory, as readers do, and the cells of each sheet with their kinds. */
import { crc32, inflateRawSync } from 'node:zlib'

export function unzip(bytes: Buffer): Map<string, string> {
  const end = bytes.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'))
  if (end < 0) throw new Error('no end of a directory: the archive is cut off')
  const files = new Map<string, string>()
  let at = bytes.readUInt32LE(end + 16)
  for (let entry = 0; entry < bytes.readUInt16LE(end + 10); entry++) {
    const [crc, packed, nameLength] = [bytes.readUInt32LE(at + 16), bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28)]
    const local = bytes.readUInt32LE(at + 42)
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength)
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const raw = bytes.subarray(from, from + packed)
    const content = bytes.readUInt16LE(at + 10) === 8 ? inflateRawSync(raw) : raw
    if (crc32(content) !== crc) throw new Error(`${name}: not the bytes that were written`)
    files.set(name, content.toString('utf8'))
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return files
}

export interface Cell {
  readonly kind: 'number' | 'text' | 'boolean'
  readonly value: string
  readonly style: number
}

/** Rows of a sheet, by the letter of the column. */
export function cellsOf(sheet: string): Record<string, Cell>[] {
  const unescaped = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
  return [...sheet.matchAll(/<row r="(\d+)">(.*?)<\/row>/gs)].map(([, row, cells]) =>
    Object.fromEntries(
      [
        ...(cells as string).matchAll(/<c r="([A-Z]+)(\d+)"([^>]*)>(?:<is><t xml:space="preserve">(.*?)<\/t><\/is>|<v>(.*?)<\/v>)<\/c>/gs),
      ].map(([, letter, number, attributes, text, value]) => {
        if (number !== row) throw new Error(`cell ${letter}${number} stands in row ${row}`)
        const kind = /t="inlineStr"/.test(attributes as string) ? 'text' : /t="b"/.test(attributes as string) ? 'boolean' : 'number'
        return [letter, { kind, value: unescaped(text ?? value ?? ''), style: Number(/s="(\d+)"/.exec(attributes as string)?.[1] ?? 0) }]
      }),
    ),
  )
}
