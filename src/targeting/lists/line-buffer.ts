/** Lines for COPY, written as bytes: a nation's lists have fifty million cells, and as strings they cost four times as much. */

const [TAB, NEWLINE, MINUS, ZERO, BACKSLASH, CAPITAL_N] = [9, 10, 45, 48, 92, 78]
/** Longest number: a sign, 16 digits and what ends it. */
const NUMBER_BYTES = 18
const HUNDRED_MILLION = 100_000_000
/** 00 to 99 as text. */
const PAIRS = Uint8Array.from({ length: 200 }, (_, index) => ZERO + (index % 2 === 0 ? Math.floor(index / 20) : (index >> 1) % 10))
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
    let rest = value
    if (rest < 0) {
      this.#bytes[this.#at++] = MINUS
      rest = -rest
    }
    if (rest < HUNDRED_MILLION) this.#digits(rest | 0, digitsOf(rest | 0))
    else {
      const high = Math.floor(rest / HUNDRED_MILLION)
      const low = rest - high * HUNDRED_MILLION
      this.#digits(high | 0, digitsOf(high | 0))
      this.#digits(low | 0, 8)
    }
    this.#bytes[this.#at++] = TAB
  }

  /** Text without anything that COPY would have to be told to take as it is; NULL where there is none. */
  word(text: string | undefined): void {
    if (text === undefined) return this.#null()
    let word = this.#words.get(text)
    if (!word) {
      word = wordCells(text)
      if (this.#words.size < WORDS_KEPT) this.#words.set(text, word)
    }
    this.cells(word)
  }

  /** Cells as `wordCells` made them. A few bytes are copied one by one: what copies arrays takes longer to begin. */
  cells(cells: Uint8Array): void {
    this.#make(cells.length)
    const bytes = this.#bytes
    let at = this.#at
    for (let index = 0; index < cells.length; index++) bytes[at++] = cells[index] as number
    this.#at = at
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

  /** So many digits, two at a time: whole numbers of 32 bits are divided by multiplying, others are not. */
  #digits(value: number, digits: number): void {
    const bytes = this.#bytes
    let rest = value | 0
    let at = this.#at + digits
    this.#at = at
    for (let left = digits; left > 1; left -= 2) {
      const hundreds = (rest / 100) | 0
      const pair = 2 * (rest - hundreds * 100)
      bytes[--at] = PAIRS[pair + 1] as number
      bytes[--at] = PAIRS[pair] as number
      rest = hundreds
    }
    if ((digits & 1) === 1) bytes[--at] = ZERO + rest
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

/** Words that stand side by side, each with its end; NULL where there is none. */
export function wordCells(...texts: readonly (string | undefined)[]): Uint8Array {
  // INVARIANT: codes, ids and dates; a tab or backslash would end or turn the cell.
  if (texts.some((text) => text !== undefined && /[\t\n\r\\]/.test(text)))
    throw new Error('a word of a list holds a character that COPY reads otherwise')
  return Buffer.from(texts.map((text) => `${text ?? '\\N'}\t`).join(''))
}

/** Digits of a whole number below 10^8. */
function digitsOf(value: number): number {
  let digits = 1
  for (let limit = 10; limit <= value && digits < 8; limit *= 10) digits++
  return digits
}
