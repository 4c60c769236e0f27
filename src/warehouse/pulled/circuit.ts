/** A circuit breaker: after failures in a row nobody is asked for a while, then one is let through to see. */

export type CircuitState = 'closed' | 'open' | 'half-open'

export interface Circuit {
  /** False: do not ask. True: whoever was let through says how it went. */
  readonly tryPass: () => boolean
  readonly succeeded: () => void
  readonly failed: () => void
  readonly state: () => CircuitState
}

export interface CircuitSettings {
  readonly failures: number
  readonly openMs: number
  readonly now?: () => number
}

export function circuit({ failures, openMs, now = () => performance.now() }: CircuitSettings): Circuit {
  let failed = 0
  let openedAt: number | null = null
  let isProbing = false
  const state = (): CircuitState => (openedAt === null ? 'closed' : now() - openedAt < openMs && !isProbing ? 'open' : 'half-open')
  return {
    state,
    tryPass() {
      if (openedAt === null) return true
      if (isProbing || now() - openedAt < openMs) return false
      isProbing = true
      return true
    },
    succeeded() {
      failed = 0
      openedAt = null
      isProbing = false
    },
    failed() {
      failed++
      if (openedAt !== null || failed >= failures) openedAt = now()
      isProbing = false
    },
  }
}
