/** Tie words by reference, in columns: a map of millions of numbers to objects would take ten times the memory. */
const FIRST_ROOM = 1 << 10
/** Full at two thirds, so that a free place is near. */
const roomFor = (count: number): number => (count * 3) / 2

export class KnownWords {
  high = new Uint32Array(FIRST_ROOM)
  low = new Uint32Array(FIRST_ROOM)
  /** NaN where nothing is. */
  #references = new Float64Array(FIRST_ROOM).fill(NaN)
  #count = 0

  /** Where the reference is, or where it would be. */
  placeOf(reference: number): number {
    const mask = this.#references.length - 1
    let at = scattered(reference) & mask
    for (let held = this.#references[at] as number; held === held && held !== reference; held = this.#references[at] as number)
      at = (at + 1) & mask
    return at
  }

  has(place: number): boolean {
    return !Number.isNaN(this.#references[place])
  }

  /** Puts words at a free place of `placeOf`; returns where they are then. */
  add(place: number, reference: number, high: number, low: number): number {
    this.#references[place] = reference
    this.high[place] = high
    this.low[place] = low
    this.#count++
    if (roomFor(this.#count) <= this.#references.length) return place
    this.#widen()
    return this.placeOf(reference)
  }

  #widen(): void {
    const [references, high, low] = [this.#references, this.high, this.low]
    const room = 2 * references.length
    this.#references = new Float64Array(room).fill(NaN)
    this.high = new Uint32Array(room)
    this.low = new Uint32Array(room)
    for (const [from, reference] of references.entries()) {
      if (Number.isNaN(reference)) continue
      const at = this.placeOf(reference)
      this.#references[at] = reference
      this.high[at] = high[from] as number
      this.low[at] = low[from] as number
    }
  }
}

/** Bits of both halves of a whole number below 2^53, mixed. */
function scattered(reference: number): number {
  const high = Math.floor(reference / 0x1_0000_0000)
  const mixed = Math.imul((reference | 0) ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1)
  return (mixed ^ (mixed >>> 15)) >>> 0
}
