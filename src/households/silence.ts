/** What follows for a household from a registry that did not answer about some of its members or their relatives. */
import type { RegistryRead } from '../language/catalogue/assembly/rows.ts'
import type { Unanswered } from '../warehouse/pulled/ask.ts'
import type { SourceState } from './assembled.ts'
import type { UnansweredPersons } from './pull-household.ts'
import type { FetchedRow } from './row-text.ts'

/** The fetched rows without those of persons who were not answered about: neither what was answered before, nor that it was. */
export function answeredRows(
  reads: readonly RegistryRead[],
  rows: readonly (readonly FetchedRow[])[],
  unanswered: UnansweredPersons,
): readonly (readonly FetchedRow[])[] {
  if (unanswered.size === 0) return rows
  const silentIn = new Map(
    reads.flatMap(({ registry: { id, answeredBy } }) => {
      const silent = unanswered.get(id)
      return silent && answeredBy !== undefined ? [[id, silent] as const, [answeredBy, silent] as const] : []
    }),
  )
  return rows.map((own, at) => {
    const silent = silentIn.get(reads[at]?.registry.id ?? '')
    return silent ? own.filter(([personRef]) => !silent.has(personRef as number)) : own
  })
}

/** The source with how many of the household's members, and how many relatives outside it, nothing is known of. */
export function withSilence(
  source: SourceState,
  silent: ReadonlyMap<number, Unanswered> | undefined,
  members: ReadonlySet<number>,
): SourceState {
  if (!silent) return source
  const counted = (of: (personRef: number) => boolean): Silent | null => {
    const counts: Partial<Record<Unanswered, number>> = {}
    const reasons = [...silent].filter(([personRef]) => of(personRef)).map(([, why]) => why)
    for (const why of reasons.toSorted()) counts[why] = (counts[why] ?? 0) + 1
    return reasons.length === 0 ? null : counts
  }
  const unanswered = counted((personRef) => members.has(personRef))
  const unansweredRelatives = counted((personRef) => !members.has(personRef))
  return { ...source, ...(unanswered ? { unanswered } : {}), ...(unansweredRelatives ? { unansweredRelatives } : {}) }
}

type Silent = Readonly<Partial<Record<Unanswered, number>>>
