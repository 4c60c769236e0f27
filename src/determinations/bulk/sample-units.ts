/** Which households of a bulk run the second engine judges too: the lowest by a hash of cycle and reference, whatever their rows are. */
import { createHash } from 'node:crypto'

/**
 * Rows of `count` households, in ascending order. `references` are whole numbers below 2^53, each one once. The hash mixes 64 bits of the
 * reference with a seed from SHA-256 of the cycle: nothing is allotted by it, so it need not be as strong as the tie-break, and it
 * must not take seconds for a nation.
 */
export function sampleUnits(cycle: string, references: Float64Array, count: number): Uint32Array {
  const hashes = hashesOf(cycle, references)
  const taken = Math.min(count, references.length)
  if (taken === 0) return new Uint32Array(0)
  // No more are put in order than begin as the last that is taken does, and before it.
  const last = lastBeginning(hashes, taken)
  const rows: number[] = []
  for (let row = 0; row < hashes.length; row++) if ((hashes[row] as number) >>> BEGINNING_SHIFT <= last) rows.push(row)
  rows.sort((a, b) => (hashes[a] as number) - (hashes[b] as number) || (references[a] as number) - (references[b] as number))
  return Uint32Array.from(rows.slice(0, taken)).sort()
}

const BEGINNING_SHIFT = 16

/** The upper half of the hash that is `count`th from the least. */
function lastBeginning(hashes: Uint32Array, count: number): number {
  const beginnings = new Uint32Array(2 ** BEGINNING_SHIFT)
  for (let row = 0; row < hashes.length; row++) {
    const beginning = (hashes[row] as number) >>> BEGINNING_SHIFT
    beginnings[beginning] = (beginnings[beginning] as number) + 1
  }
  let last = 0
  for (let sum = beginnings[0] as number; sum < count; sum += beginnings[last] as number) last++
  return last
}

const WORD = 2 ** 32

function hashesOf(cycle: string, references: Float64Array): Uint32Array {
  const digest = createHash('sha256').update(cycle).digest()
  const low = digest.readUInt32BE(0)
  const high = digest.readUInt32BE(4)
  const hashes = new Uint32Array(references.length)
  for (let row = 0; row < references.length; row++) {
    const reference = references[row] as number
    hashes[row] = mixed(mixed((reference % WORD) ^ low) ^ Math.floor(reference / WORD) ^ high)
  }
  return hashes
}

/** The finishing steps of MurmurHash3: every bit of the word moves about half of the others. */
function mixed(word: number): number {
  let h = word
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
