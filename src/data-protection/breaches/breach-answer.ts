/** A breach as it is answered: what its entries amount to, and whether those who must be told were told in time. */
import type { Breach, BreachEntry, EntryKind } from './breach-store.ts'
import { deadlineOf } from './deadlines.ts'

export const breachWords = {
  open: { en: 'Open', ar: 'قيد المعالجة' },
  closed: { en: 'Closed', ar: 'مغلق' },
} as const

export const latest = ({ entries }: Breach, kind: EntryKind): BreachEntry | undefined => entries.findLast((entry) => entry.kind === kind)

/** The first telling counts for the deadline: later ones add to it. */
const firstAt = ({ entries }: Breach, kind: EntryKind): Date | null =>
  entries.filter((entry) => entry.kind === kind).reduce<Date | null>((first, { at }) => (first === null || at < first ? at : first), null)

export function breachAnswer(breach: Breach, now: Date) {
  const assessment = latest(breach, 'assessed')
  const serious = assessment?.serious ?? null
  const { discoveredAt } = breach
  const status: keyof typeof breachWords = latest(breach, 'closed') ? 'closed' : 'open'
  return {
    id: breach.id,
    discoveredAt: discoveredAt.toISOString(),
    recordedAt: breach.recordedAt.toISOString(),
    recordedBy: breach.recordedBy,
    entity: breach.entity,
    summary: breach.summary,
    source: breach.source,
    registries: [...breach.registries],
    status,
    words: breachWords[status],
    serious,
    personsAffected: assessment?.personsAffected ?? null,
    notifyPersons: deadlineOf('persons', { discoveredAt, serious, doneAt: firstAt(breach, 'persons-notified'), now }),
    notifyUnit: deadlineOf('unit', { discoveredAt, serious, doneAt: firstAt(breach, 'unit-notified'), now }),
    entries: breach.entries.map(({ at, recordedAt, ...entry }) => ({
      ...entry,
      at: at.toISOString(),
      recordedAt: recordedAt.toISOString(),
    })),
  }
}
