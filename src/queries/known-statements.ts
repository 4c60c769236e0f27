/** What is remembered of statements that are called again and again: that they were affordable, and the name under which they stay prepared. */
import { sha256 } from '../kernel/canonical.ts'

export interface KnownStatements {
  /** False when the planner has not been asked for a minute. */
  readonly wasAffordable: (entity: string, text: string) => boolean
  readonly keepAffordable: (entity: string, text: string) => void
  /** Null beyond PREPARED_MAX: each takes memory in every connection. */
  readonly preparedName: (text: string) => string | null
}

const AFFORDABLE_MS = 60_000
const AFFORDABLE_MAX = 10_000
const PREPARED_MAX = 300

export function knownStatements(now: () => number = Date.now): KnownStatements {
  const affordable = new Map<string, number>()
  const names = new Map<string, string>()
  return {
    wasAffordable: (entity, text) => (affordable.get(`${entity} ${text}`) ?? 0) > now(),
    keepAffordable(entity, text) {
      if (affordable.size >= AFFORDABLE_MAX) affordable.clear()
      affordable.set(`${entity} ${text}`, now() + AFFORDABLE_MS)
    },
    preparedName(text) {
      const known = names.get(text)
      if (known !== undefined) return known
      if (names.size >= PREPARED_MAX) return null
      const name = `query-${sha256(text).slice(0, 40)}`
      names.set(text, name)
      return name
    },
  }
}
