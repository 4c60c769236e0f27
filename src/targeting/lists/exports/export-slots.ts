/** How many files may be made at once: a file takes a thread of the process's few, and a disk's or a processor's time. */
import { problem } from '../../../kernel/problem.ts'

const RETRY_SECONDS = 10

/** `take` throws `service-overloaded` when all are taken; what it returns gives the slot back, once. */
export function exportSlots(most: number): { readonly take: () => () => void } {
  let taken = 0
  return {
    take() {
      if (taken >= most) throw problem('service-overloaded', { retryAfterSeconds: RETRY_SECONDS, detail: `${most} exports are being made` })
      taken++
      let held = true
      return () => {
        if (held) taken--
        held = false
      }
    },
  }
}
