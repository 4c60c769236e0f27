/** What follows for a household from a registry that did not answer about some of its members. */
import type { RegistryRead } from '../language/catalogue/assembly/rows.ts'
import type { Unanswered } from '../warehouse/pulled/ask.ts'
import type { SourceState } from './assembled.ts'
import type { UnansweredMembers } from './pull-members.ts'
import type { FetchedRow } from './row-text.ts'

/** The fetched rows without those of members who were not answered about: neither what was answered before, nor that it was. */
export function answeredRows(
  reads: readonly RegistryRead[],
  rows: readonly (readonly FetchedRow[])[],
  unanswered: UnansweredMembers,
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

export function withSilence(source: SourceState, silent: ReadonlyMap<number, Unanswered> | undefined): SourceState {
  if (!silent) return source
  const unanswered: Partial<Record<Unanswered, number>> = {}
  for (const why of [...silent.values()].toSorted()) unanswered[why] = (unanswered[why] ?? 0) + 1
  return { ...source, unanswered }
}
