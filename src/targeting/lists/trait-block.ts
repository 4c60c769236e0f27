/**
 * Which of 65,536 successive units of a list have a trait: two bytes for the place of each, or, where they are many, a bit for every unit.
 * Both are the same wherever they are made: a list's traits can be held against those made of it again, byte for byte.
 */

/** Places of a block fit two bytes. */
export const BLOCK_UNITS = 65_536
export const BITMAP_BYTES = BLOCK_UNITS / 8
const PLACE_BYTES = 2

/** One of the two, by what is shorter: places ascending, the high byte first; or bit `place & 7`, from the lowest, of byte `place >> 3`. */
export interface TraitBlock {
  readonly places: Uint8Array | null
  readonly bits: Uint8Array | null
}

/** By code, what has it among `codes`, one for each unit of the block; codes from `kinds` on stand for none. Null where no unit has it. */
export function blocksByCode(codes: Uint16Array, kinds: number): (TraitBlock | null)[] {
  // Sorted by counting: places of the first code, of the second, and so on.
  const begin = new Uint32Array(kinds + 1)
  for (const code of codes) if (code < kinds) begin[code + 1] = (begin[code + 1] as number) + 1
  for (let code = 0; code < kinds; code++) begin[code + 1] = (begin[code + 1] as number) + (begin[code] as number)
  const next = begin.slice()
  const places = new Uint16Array(codes.length)
  for (let place = 0; place < codes.length; place++) {
    const code = codes[place] as number
    if (code >= kinds) continue
    const at = next[code] as number
    places[at] = place
    next[code] = at + 1
  }
  return Array.from({ length: kinds }, (_, code) => blockOf(places.subarray(begin[code], begin[code + 1])))
}

/** Of ascending places. */
function blockOf(places: Uint16Array): TraitBlock | null {
  if (places.length === 0) return null
  if (places.length * PLACE_BYTES >= BITMAP_BYTES) {
    const bits = new Uint8Array(BITMAP_BYTES)
    for (const place of places) bits[place >> 3] = (bits[place >> 3] as number) | (1 << (place & 7))
    return { places: null, bits }
  }
  const bytes = new Uint8Array(places.length * PLACE_BYTES)
  places.forEach((place, index) => {
    bytes[index * PLACE_BYTES] = place >> 8
    bytes[index * PLACE_BYTES + 1] = place & 255
  })
  return { places: bytes, bits: null }
}

/** Sets the bits of whoever has the trait. */
export function addBlock(into: Uint8Array, { places, bits }: TraitBlock): void {
  if (bits) for (let at = 0; at < BITMAP_BYTES; at++) into[at] = (into[at] as number) | (bits[at] as number)
  if (places)
    for (let at = 0; at < places.length; at += PLACE_BYTES) {
      const place = ((places[at] as number) << 8) | (places[at + 1] as number)
      into[place >> 3] = (into[place >> 3] as number) | (1 << (place & 7))
    }
}

/** Leaves the bits that both have. */
export function keepCommon(into: Uint8Array, other: Uint8Array): void {
  for (let at = 0; at < BITMAP_BYTES; at++) into[at] = (into[at] as number) & (other[at] as number)
}

/** Places from `from` on whose bit is set, ascending. */
export function* placesIn(bits: Uint8Array, from = 0): Generator<number> {
  for (let at = from >> 3; at < BITMAP_BYTES; at++) {
    const byte = bits[at] as number
    if (byte !== 0)
      for (let place = Math.max(from, at << 3); place < (at + 1) << 3; place++) if ((byte >> (place & 7)) % 2 === 1) yield place
  }
}
