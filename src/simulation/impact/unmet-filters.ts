/** Conditions that nobody in the snapshot fails: they keep nobody out, and whoever wrote them probably expects that they do. */
import { filtersOf } from '../../determinations/bulk/filters.ts'
import type { BothDecided } from '../both-decided.ts'
import type { UnmetFilter } from './impact-outcome.ts'

/** Of the rules of these programmes, after the change. */
export async function unmetFilters(
  { after, threads, resident: { parts, householdRefs }, rows }: BothDecided,
  programmes: readonly string[],
): Promise<UnmetFilter[]> {
  const { bundle, scores, ranks, columns } = after
  const only = bundle.programmes.flatMap(({ id }, place) => (programmes.includes(id) ? [place] : []))
  if (only.length === 0) return []
  const standing = new Uint8Array(new SharedArrayBuffer(householdRefs.length))
  for (const row of rows) standing[row] = 1
  const asked = { kind: 'filters' as const, bundle: bundle.hash, scores, ranks, columns, only, standing, keys: null }
  const answers = await threads.perform(parts.map(({ index }) => ({ ...asked, part: index })))
  return only.flatMap((place) => {
    const { id, ruleRef } = bundle.programmes[place] as (typeof bundle.programmes)[number]
    return (filtersOf(bundle)[place] ?? []).flatMap(({ pointer, definition, because }, filter) =>
      answers.some((part) => (part[place]?.fails.units[filter] ?? 0) > 0)
        ? []
        : [{ programme: id, pointer: `rule/${ruleRef.id}/${ruleRef.version}#${pointer}`, definition, because }],
    )
  })
}
