/** Row numbers sorted by codes of up to 32 bits: a stable radix sort that carries the codes along, so that no pass looks one up by its row. */

/** Rows with the code of each beside it. */
export interface CodedRows {
  readonly rows: Uint32Array
  readonly codes: Uint32Array
}

/** Buckets of this many bits stay in the first cache with the ends that they are written to. */
const DIGIT_BITS = 11

/** Sorts by code, ascending; equal codes keep their order. No code exceeds `most`. What comes in may be written over; what comes out may be it. */
export function radixSort(coded: CodedRows, most: number): CodedRows {
  const { length } = coded.rows
  if (isSorted(coded.codes)) return coded
  const bits = 32 - Math.clz32(most)
  const passes = Math.ceil(bits / DIGIT_BITS)
  const width = Math.ceil(bits / passes)
  let from = coded
  let to: CodedRows = { rows: new Uint32Array(length), codes: new Uint32Array(length) }
  for (let place = 0; place < passes; place++) {
    const starts = startsOf(from.codes, place * width, width)
    if (!starts) continue
    deal(from, to, starts, place * width)
    ;[from, to] = [to, from]
  }
  return from
}

function isSorted(codes: Uint32Array): boolean {
  for (let i = 1; i < codes.length; i++) if ((codes[i - 1] as number) > (codes[i] as number)) return false
  return true
}

/** Where each bucket begins; null where all rows fall into one and nothing has to move. */
function startsOf(codes: Uint32Array, shift: number, width: number): Uint32Array | null {
  const starts = new Uint32Array(1 << width)
  const mask = starts.length - 1
  for (let i = 0; i < codes.length; i++) {
    const bucket = ((codes[i] as number) >>> shift) & mask
    starts[bucket] = (starts[bucket] as number) + 1
  }
  let start = 0
  for (let bucket = 0; bucket < starts.length; bucket++) {
    const count = starts[bucket] as number
    if (count === codes.length) return null
    starts[bucket] = start
    start += count
  }
  return starts
}

function deal({ rows, codes }: CodedRows, { rows: toRows, codes: toCodes }: CodedRows, starts: Uint32Array, shift: number): void {
  const mask = starts.length - 1
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number
    const bucket = (code >>> shift) & mask
    const place = starts[bucket] as number
    toCodes[place] = code
    toRows[place] = rows[i] as number
    starts[bucket] = place + 1
  }
}
