/** How many pieces of heavy work may go on at once: each takes a thread, a connection or a disk's time from everybody else. */
import { problem } from './problem.ts'

const RETRY_SECONDS = 10

export interface Slots {
  /** Throws `service-overloaded` when all are taken; what it returns gives the slot back, once. */
  readonly take: () => () => void
}

/** `what` names the work for whoever is refused, such as `exports are being made`. */
export function limitedSlots(most: number, what: string): Slots {
  let taken = 0
  return {
    take() {
      if (taken >= most) throw problem('service-overloaded', { retryAfterSeconds: RETRY_SECONDS, detail: `${most} ${what}` })
      taken++
      let held = true
      return () => {
        if (held) taken--
        held = false
      }
    },
  }
}
