/** Until when whom has to be told of a serious breach: Law 24/2023, article 20. */

/** Hours after the discovery. */
export const NOTIFY_HOURS = { persons: 24, unit: 72 } as const

export type Notified = keyof typeof NOTIFY_HOURS

export interface Deadline {
  readonly dueAt: string
  readonly doneAt: string | null
  /** `open` and `overdue` also while nobody has said how serious it is: the clock runs all the same. */
  readonly state: 'not-required' | 'open' | 'overdue' | 'in-time' | 'late'
}

const HOUR_MS = 3_600_000

/** `serious` null: not assessed yet. */
export function deadlineOf(whom: Notified, { discoveredAt, serious, doneAt, now }: DeadlineInput): Deadline {
  const due = new Date(discoveredAt.getTime() + NOTIFY_HOURS[whom] * HOUR_MS)
  const told = doneAt ? (doneAt <= due ? 'in-time' : 'late') : now > due ? 'overdue' : 'open'
  // Whoever was told although it was not required stays told.
  const state = serious === false && !doneAt ? 'not-required' : told
  return { dueAt: due.toISOString(), doneAt: doneAt?.toISOString() ?? null, state }
}

export interface DeadlineInput {
  readonly discoveredAt: Date
  readonly serious: boolean | null
  readonly doneAt: Date | null
  readonly now: Date
}
