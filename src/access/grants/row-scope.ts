/** Scopes of rows: overlapping grants unite to the wider, columns read together narrow to the narrower. */
import type { RowScope } from './read-rights.ts'

const WIDTH = { none: 0, person: 1, applicants: 2, listing: 3 } as const

const programmesOf = (scope: RowScope): readonly string[] => (scope.kind === 'applicants' ? scope.programmes : [])

/** What two grants of the same column give together. */
export function wider(a: RowScope, b: RowScope): RowScope {
  if (a.kind === 'applicants' && b.kind === 'applicants')
    return { kind: 'applicants', programmes: [...new Set([...a.programmes, ...b.programmes])].toSorted() }
  return WIDTH[a.kind] >= WIDTH[b.kind] ? a : b
}

/** What may be read of two columns at once; applicants of different programmes are held apart by whoever can say "and". */
export function narrower(a: RowScope, b: RowScope): RowScope {
  if (a.kind !== 'applicants' || b.kind !== 'applicants') return WIDTH[a.kind] <= WIDTH[b.kind] ? a : b
  const programmes = a.programmes.filter((programme) => programmesOf(b).includes(programme))
  return programmes.length > 0 ? { kind: 'applicants', programmes } : { kind: 'person' }
}
