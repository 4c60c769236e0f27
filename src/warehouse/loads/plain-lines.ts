/**
 * Lines of CSV that are plain and good, checked and written for COPY as bytes, four times as fast as by text. Whatever is not as plain as can be
 * is left to the reader of text, which alone refuses rows. INVARIANT: a line that is taken here would be taken there, with the same outcome.
 */
import { isUtf8 } from 'node:buffer'
import { TEXT_LENGTH_MAX, YEAR_FIRST, YEAR_LAST } from '../check-row.ts'
import type { RegistryColumn, RegistryDefinition } from '../registry-definition.ts'
import type { CopyText } from './copy-text.ts'
import { ROW_CHARACTERS_MAX } from './text-blocks.ts'

/** Where the fields of a delivery stand. */
export interface Header {
  readonly width: number
  readonly number: number
  /** Place of each column's field; negative where the delivery has none. */
  readonly columns: readonly number[]
}

export interface PlainLines {
  /** To be told each block before its lines are read; each ends with a line feed. */
  readonly begin: (block: Buffer) => void
  /** Writes the line that begins at `from`; returns where the next one begins, or -1 when it is not for this reader. */
  readonly take: (from: number, line: number) => number
}

/** Writes a field that is not empty; false when it is not plain. The room is there. */
type WriteField = (bytes: Buffer, from: number, to: number, out: CopyText) => boolean

const COMMA = 44
const QUOTE = 34
const BACKSLASH = 92
const LINE_FEED = 10
const RETURN = 13
const TAB = 9
const ZERO = 48
const NINE = 57
const MINUS = 45
const POINT = 46
const NO_VALUE = Buffer.from('\t\\N')
const REPLACEMENT = Buffer.from('\ufffd')
const NUMBER_DIGITS = 10
/** So many digits are exact in a double, whatever they are. */
const DIGITS_MAX = 15
/** A column's separator, and places that are filled up. */
const FIELD_BYTES_MORE = 10

/** Lines go to `out`; `count` hears of each. */
export function plainLines({ columns, key }: RegistryDefinition, header: Header, out: CopyText, count: () => void): PlainLines {
  const { width, number } = header
  const writers = columns.map(fieldWriter)
  const needed = columns.map(({ name, required }) => required === true || key.includes(name))
  const starts = new Int32Array(width + 1)
  let block: Buffer = Buffer.alloc(0)
  let mayHoldMore = false

  /** The places of the fields; returns where the line feed is, or -1. */
  const split = (from: number): number => {
    let field = 0
    starts[0] = from
    for (let at = from; ; at++) {
      const code = block[at] as number
      if (code === COMMA) {
        if (++field === width) return -1
        starts[field] = at + 1
      } else if (code < 32) {
        const isReturn = code === RETURN && block[at + 1] === LINE_FEED
        if (code !== LINE_FEED && !isReturn) return -1
        starts[field + 1] = at + 1
        return field + 1 === width && at - from <= ROW_CHARACTERS_MAX ? (isReturn ? at + 1 : at) : -1
      } else if (code === QUOTE || code === BACKSLASH || (code > 126 && !mayHoldMore)) return -1
    }
  }
  const write = (line: number): boolean => {
    const first = starts[number] as number
    writeCount(line, out)
    if ((starts[number + 1] as number) - first !== NUMBER_DIGITS + 1) return false
    out.bytes[out.length++] = TAB
    if (!writePerson(block, first, first + NUMBER_DIGITS, out)) return false
    for (let column = 0; column < writers.length; column++) {
      const place = header.columns[column] as number
      const from = place < 0 ? 0 : (starts[place] as number)
      const to = place < 0 ? 0 : (starts[place + 1] as number) - 1
      if (from === to) {
        if (needed[column]) return false
        for (const code of NO_VALUE) out.bytes[out.length++] = code
        continue
      }
      out.bytes[out.length++] = TAB
      if (!(writers[column] as WriteField)(block, from, to, out)) return false
    }
    out.bytes[out.length++] = LINE_FEED
    return true
  }
  return {
    begin(bytes) {
      block = bytes
      mayHoldMore = isUtf8(bytes) && !bytes.includes(REPLACEMENT)
    },
    take(from, line) {
      const feed = split(from)
      if (feed < 0) return -1
      out.room(feed - from + FIELD_BYTES_MORE * (columns.length + 4))
      const before = out.length
      if (write(line)) {
        count()
        return feed + 1
      }
      out.length = before
      return -1
    },
  }
}

function fieldWriter(column: RegistryColumn): WriteField {
  switch (column.type) {
    case 'integer':
      return writeDecimal(column, 0)
    case 'decimal':
      return writeDecimal(column, column.scale ?? 0)
    case 'boolean':
      return writeCode(['true', 'false'])
    case 'category':
      return writeCode(Object.keys(column.codes ?? {}))
    case 'date':
      return writeDate
    case 'person':
      return (bytes, from, to, out) => to - from === NUMBER_DIGITS && writePerson(bytes, from, to, out)
    case 'text':
      // No text has more characters than bytes.
      return (bytes, from, to, out) => to - from <= TEXT_LENGTH_MAX && copy(bytes, from, to, out)
  }
}

function copy(bytes: Buffer, from: number, to: number, out: CopyText): boolean {
  const target = out.bytes
  let length = out.length
  for (let at = from; at < to; at++) target[length++] = bytes[at] as number
  out.length = length
  return true
}

function writePerson(bytes: Buffer, from: number, to: number, out: CopyText): boolean {
  for (let at = from; at < to; at++) if ((bytes[at] as number) < ZERO || (bytes[at] as number) > NINE) return false
  return copy(bytes, from, to, out)
}

function writeCode(codes: readonly string[]): WriteField {
  // By length and last byte: some lists of codes are long.
  const byShape = new Map<number, Buffer[]>()
  for (const code of codes.map((text) => Buffer.from(text))) {
    const shape = code.length * 256 + (code.at(-1) ?? 0)
    byShape.set(shape, [...(byShape.get(shape) ?? []), code])
  }
  return (bytes, from, to, out) => {
    const alike = byShape.get((to - from) * 256 + (bytes[to - 1] as number))
    if (alike === undefined) return false
    for (const code of alike) {
      let at = 0
      while (at < code.length && code[at] === bytes[from + at]) at++
      if (at === code.length) return copy(bytes, from, to, out)
    }
    return false
  }
}

function writeDate(bytes: Buffer, from: number, to: number, out: CopyText): boolean {
  if (to - from !== 10 || bytes[from + 4] !== MINUS || bytes[from + 7] !== MINUS) return false
  const year = digits(bytes, from, 4)
  const month = digits(bytes, from + 5, 2)
  const day = digits(bytes, from + 8, 2)
  // Days that not every month has are the other reader's affair.
  if (year < YEAR_FIRST || year > YEAR_LAST || month < 1 || month > 12 || day < 1 || day > 28 + (month === 2 ? 0 : 2)) return false
  return copy(bytes, from, to, out)
}

/** Negative when one of them is no digit. */
function digits(bytes: Buffer, from: number, count: number): number {
  let value = 0
  for (let at = from; at < from + count; at++) {
    const code = bytes[at] as number
    if (code < ZERO || code > NINE) return -1
    value = 10 * value + code - ZERO
  }
  return value
}

function writeDecimal({ min, max }: RegistryColumn, scale: number): WriteField {
  const factor = 10 ** scale
  const least = min === undefined ? -Infinity : Math.round(min * factor)
  const most = max === undefined ? Infinity : Math.round(max * factor)
  return (bytes, from, to, out) => {
    const isNegative = bytes[from] === MINUS
    const first = isNegative ? from + 1 : from
    let value = 0
    let places = -1
    for (let at = first; at < to; at++) {
      const code = bytes[at] as number
      if (code === POINT && places < 0 && at > first) places = 0
      else if (code < ZERO || code > NINE) return false
      else {
        value = 10 * value + code - ZERO
        if (places >= 0) places++
      }
    }
    const missing = scale - Math.max(0, places)
    const startsWithZero = bytes[first] === ZERO && to > first + 1 && bytes[first + 1] !== POINT
    if (first === to || places === 0 || missing < 0 || to - first + missing > DIGITS_MAX || startsWithZero) return false
    value *= 10 ** missing
    if (isNegative) value = -value
    if (value < least || value > most || (isNegative && value === 0)) return false
    copy(bytes, from, to, out)
    if (places < 0 && scale > 0) out.bytes[out.length++] = POINT
    for (let place = 0; place < missing; place++) out.bytes[out.length++] = ZERO
    return true
  }
}

function writeCount(count: number, out: CopyText): void {
  let length = 1
  for (let rest = count; rest >= 10; rest = Math.floor(rest / 10)) length++
  let rest = count
  for (let at = out.length + length - 1; at >= out.length; at--) {
    out.bytes[at] = ZERO + (rest % 10)
    rest = Math.floor(rest / 10)
  }
  out.length += length
}
