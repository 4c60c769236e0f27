/** Lines of COPY's text form, collected as bytes: what is read as bytes goes in as such, what was read as text is encoded. */

const FIRST_BYTES = 64 * 1024

export class CopyText {
  bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  length = 0

  /** Room for so many bytes more; `bytes` may be another buffer afterwards. */
  room(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.length + more))
    this.bytes.copy(larger, 0, 0, this.length)
    this.bytes = larger
  }

  text(text: string): void {
    // UTF-16 has at most three bytes of UTF-8 a unit.
    this.room(3 * text.length)
    this.length += this.bytes.write(text, this.length)
  }

  /** What came since the last call, in memory of its own. */
  take(): Uint8Array {
    const taken = new Uint8Array(this.bytes.subarray(0, this.length))
    this.length = 0
    return taken
  }
}
