/** Person references: a counter permuted by a key (Feistel over 52 bits), so that they are unique without a look-up and tell nothing. */

const HALF_BITS = 26
const HALF = 2 ** HALF_BITS
const MASK = HALF - 1
const ROUNDS = 6

/** The first number that is no person reference; all references are exact in a double. */
export const PERSON_REF_LIMIT = HALF * HALF

/** A permutation of 0 .. 2^52 − 1 chosen by a key of 16 bytes. */
export function personPermutation(key: Uint8Array): (counter: number) => number {
  if (key.length !== 16) throw new RangeError('a vault key has 16 bytes')
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength)
  const words = Int32Array.from({ length: 4 }, (_, i) => view.getInt32(i * 4))
  const keys = Int32Array.from({ length: ROUNDS }, (_, round) =>
    mix((words[round % 4] as number) ^ mix((words[(round + 1) % 4] as number) + round)),
  )
  return (counter) => {
    // INVARIANT: counters stay in the permutation's domain, else two of them could share a reference.
    if (!(counter >= 0 && counter < PERSON_REF_LIMIT)) throw new RangeError('the person counter has left its range')
    let left = Math.floor(counter / HALF)
    let right = counter % HALF
    for (let round = 0; round < ROUNDS; round++) {
      const next = (left ^ mix(right ^ (keys[round] as number))) & MASK
      left = right
      right = next
    }
    return left * HALF + right
  }
}

/** A 32-bit mixer with full avalanche (the finaliser of MurmurHash3). */
function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
