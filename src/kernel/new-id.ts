/** Ids of what is stored. */
import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

const RANDOM_BYTES = 16
/** Ids whose random bytes are drawn at once: a draw from the system costs more than an id. */
const IDS_PER_DRAW = 256

const drawn = new Uint8Array(RANDOM_BYTES * IDS_PER_DRAW)
let used = drawn.length
let last = 0
let seq = 0

/** A new UUID of version 7: each id of one process is greater than the one before. */
export function newId(): string {
  if (used === drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  used += RANDOM_BYTES
  const random = drawn.slice(used - RANDOM_BYTES, used)
  const now = Date.now()
  if (now > last) {
    last = now
    // From a random place, so that two processes do not count the same numbers.
    seq = ((random[0] ?? 0) << 16) | ((random[1] ?? 0) << 8)
  } else seq++ // Within a millisecond, or when the clock was set back.
  return v7({ random, msecs: last, seq })
}
