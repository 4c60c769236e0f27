/** Lines for COPY, written as bytes: a nation's lists have fifty million cells, and as strings they cost four times as much. */

const [TAB, NEWLINE, MINUS, ZERO, BACKSLASH, CAPITAL_N] = [9, 10, 45, 48, 92, 78]
/** Longest number: a sign, 16 digits and what ends it. */
const NUMBER_BYTES = 18
/** Words are codes and names of the rules: few different ones, most of them over and over. */
const WORDS_KEPT = 10_000

export class LineBuffer {
  /** Lines since the last `take`. */
  count = 0
  #bytes = new Uint8Array(1 << 16)
  #at = 0
  #words = new Map<string, Uint8Array>()

  /** A whole number below 2^53; NULL where it is none, as for NaN. */
  number(value: number): void {
    if (!Number.isSafeInteger(value)) return this.#null()
    this.#make(NUMBER_BYTES)
    const bytes = this.#bytes
    let rest = value
    if (rest < 0) {
      bytes[this.#at++] = MINUS
      rest = -rest
    }
    let digits = 1
    for (let limit = 10; limit <= rest; limit *= 10) digits++
    const end = this.#at + digits
    for (let at = end - 1; at >= this.#at; at--) {
      const tens = Math.floor(rest / 10)
      bytes[at] = ZERO + (rest - tens * 10)
      rest = tens
    }
    this.#at = end
    bytes[this.#at++] = TAB
  }

  /** Text without anything that COPY would have to be told to take as it is; NULL where there is none. */
  word(text: string | undefined): void {
    if (text === undefined) return this.#null()
    let word = this.#words.get(text)
    if (!word) {
      // INVARIANT: codes, ids and dates; a tab or backslash would end or turn the cell.
      if (/[\t\n\r\\]/.test(text)) throw new Error('a word of a list holds a character that COPY reads otherwise')
      word = Buffer.from(text)
      if (this.#words.size < WORDS_KEPT) this.#words.set(text, word)
    }
    this.#make(word.length + 1)
    this.#bytes.set(word, this.#at)
    this.#at += word.length
    this.#bytes[this.#at++] = TAB
  }

  /** Ends the line that has at least one cell. */
  end(): void {
    this.#bytes[this.#at - 1] = NEWLINE
    this.count++
  }

  /** The lines so far, for the caller to keep. */
  take(): Uint8Array {
    const lines = this.#bytes.slice(0, this.#at)
    this.#at = 0
    this.count = 0
    return lines
  }

  #null(): void {
    this.#make(3)
    this.#bytes[this.#at++] = BACKSLASH
    this.#bytes[this.#at++] = CAPITAL_N
    this.#bytes[this.#at++] = TAB
  }

  #make(room: number): void {
    if (this.#at + room <= this.#bytes.length) return
    const wider = new Uint8Array(2 * (this.#at + room))
    wider.set(this.#bytes)
    this.#bytes = wider
  }
}
