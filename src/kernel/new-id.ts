/** Ids of what is stored. */
import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

const RANDOM_BYTES = 16
/** Ids whose random bytes are drawn at once: a draw from the system costs more than an id. */
const IDS_PER_DRAW = 256

const drawn = new Uint8Array(RANDOM_BYTES * IDS_PER_DRAW)
let used = drawn.length

/** A new UUID of version 7: ids rise with time, by the millisecond. */
export function newId(): string {
  if (used === drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  used += RANDOM_BYTES
  return v7({ random: drawn.slice(used - RANDOM_BYTES, used) })
}
