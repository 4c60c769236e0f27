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
  const units = new Uint32Array(kinds)
  for (const code of codes) if (code < kinds) units[code] = (units[code] as number) + 1
  const bytes = Array.from(units, (count) => new Uint8Array(Math.min(count * PLACE_BYTES, BITMAP_BYTES)))
  const filled = new Uint32Array(kinds)
  for (let place = 0; place < codes.length; place++) {
    const code = codes[place] as number
    if (code >= kinds) continue
    const own = bytes[code] as Uint8Array
    if (own.length === BITMAP_BYTES) own[place >> 3] = (own[place >> 3] as number) | (1 << (place & 7))
    else {
      const at = filled[code] as number
      own[at] = place >> 8
      own[at + 1] = place & 255
      filled[code] = at + PLACE_BYTES
    }
  }
  return bytes.map((own) => (own.length === 0 ? null : own.length === BITMAP_BYTES ? { places: null, bits: own } : { places: own, bits: null }))
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
    if (byte !== 0) for (let place = Math.max(from, at << 3); place < (at + 1) << 3; place++) if ((byte >> (place & 7)) % 2 === 1) yield place
  }
}
