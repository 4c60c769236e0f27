/** Rows in PostgreSQL's binary COPY format, written straight into bytes: no text, no object per row. */

const CHUNK_BYTES = 256 * 1024
/** Room that any one row of ours fits in. */
const ROW_BYTES_MAX = 16 * 1024
/** 2000-01-01, where PostgreSQL counts days from. */
const EPOCH_DAY = 10_957
const SIGNATURE = Buffer.from([0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00, 0, 0, 0, 0, 0, 0, 0, 0])

const encoder = new TextEncoder()

/** Collects rows and hands full chunks to `flush`, which owns them from then on. */
export class CopyBytes {
  rows = 0
  private bytes = new Uint8Array(CHUNK_BYTES)
  private view = new DataView(this.bytes.buffer)
  private length = 0
  private readonly flush: (chunk: Uint8Array) => void

  constructor(flush: (chunk: Uint8Array) => void) {
    this.flush = flush
    this.bytes.set(SIGNATURE)
    this.length = SIGNATURE.length
  }

  row(fields: number): void {
    if (this.length > CHUNK_BYTES - ROW_BYTES_MAX) this.send()
    this.view.setInt16(this.length, fields)
    this.length += 2
    this.rows++
  }

  empty(): void {
    this.view.setInt32(this.length, -1)
    this.length += 4
  }

  bigint(value: number): void {
    const { view, length } = this
    const high = Math.floor(value / 4_294_967_296)
    view.setInt32(length, 8)
    view.setInt32(length + 4, high)
    view.setUint32(length + 8, value - high * 4_294_967_296)
    this.length = length + 12
  }

  date(day: number): void {
    const { view, length } = this
    view.setInt32(length, 4)
    view.setInt32(length + 4, day - EPOCH_DAY)
    this.length = length + 8
  }

  boolean(value: boolean): void {
    const { view, length } = this
    view.setInt32(length, 1)
    view.setUint8(length + 4, value ? 1 : 0)
    this.length = length + 5
  }

  double(value: number): void {
    const { view, length } = this
    view.setInt32(length, 8)
    view.setFloat64(length + 4, value)
    this.length = length + 12
  }

  /** A text that was encoded once, by `utf8`. */
  text(encoded: Uint8Array): void {
    const { bytes, view, length } = this
    const size = encoded.length
    view.setInt32(length, size)
    // Most are short codes: a loop beats a call.
    if (size < 64) for (let i = 0; i < size; i++) bytes[length + 4 + i] = encoded[i] as number
    else bytes.set(encoded, length + 4)
    this.length = length + 4 + size
  }

  /** A prefix followed by a number of at least `digits` places. */
  numbered(prefix: Uint8Array, value: number, digits: number): void {
    const { bytes, view, length } = this
    let places = 1
    for (let bound = 10; bound <= value; bound *= 10) places++
    if (places < digits) places = digits
    const size = prefix.length + places
    view.setInt32(length, size)
    for (let i = 0; i < prefix.length; i++) bytes[length + 4 + i] = prefix[i] as number
    let rest = value
    for (let i = length + 3 + size; i > length + 3 + prefix.length; i--) {
      const next = Math.floor(rest / 10)
      bytes[i] = 48 + (rest - next * 10)
      rest = next
    }
    this.length = length + 4 + size
  }

  /** numeric: an integer count of 10^-scale. */
  decimal(value: number, scale: number): void {
    const { view, length } = this
    const fractionGroups = (scale + 3) >> 2
    let rest = Math.abs(value) * (PAD[fractionGroups * 4 - scale] as number)
    let groups = 0
    let weight = -fractionGroups - 1
    let written = 0
    // From the least group up, leaving trailing zero groups out; turned round afterwards.
    while (rest > 0) {
      const next = Math.floor(rest / 10_000)
      const group = rest - next * 10_000
      rest = next
      weight++
      if (groups > 0 || group > 0) {
        DIGITS[groups++] = group
      }
    }
    for (let i = groups - 1; i >= 0; i--) view.setInt16(length + 12 + 2 * written++, DIGITS[i] as number)
    view.setInt32(length, 8 + 2 * groups)
    view.setInt16(length + 4, groups)
    view.setInt16(length + 6, groups === 0 ? 0 : weight)
    view.setUint16(length + 8, value < 0 ? 0x4000 : 0)
    view.setInt16(length + 10, scale)
    this.length = length + 12 + 2 * groups
  }

  /** Sends what is left and the trailer. */
  end(): void {
    this.view.setInt16(this.length, -1)
    this.length += 2
    this.send()
  }

  private send(): void {
    this.flush(this.bytes.subarray(0, this.length))
    this.bytes = new Uint8Array(CHUNK_BYTES)
    this.view = new DataView(this.bytes.buffer)
    this.length = 0
  }
}

const PAD = [1, 10, 100, 1000]
const DIGITS = new Int32Array(8)

export const utf8 = (text: string): Uint8Array => encoder.encode(text)
