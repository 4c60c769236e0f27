/** Rights for tests that are not about grants: those of the database, every fact seen, every list listed. */
import { isList } from '../../src/access/grants/ranked-lists.ts'
import type { ReadRights } from '../../src/access/grants/read-rights.ts'

/** Has whatever is asked for, facts of tests' own catalogues too. */
class All extends Set<string> {
  override has(): boolean {
    return true
  }

  override get size(): number {
    return Infinity
  }
}

/** The same object for the same rights: what follows from rights is remembered by them. */
function remembered(widen: (rights: ReadRights) => ReadRights): (rights: ReadRights) => ReadRights {
  const known = new WeakMap<ReadRights, ReadRights>()
  return (rights) => {
    const found = known.get(rights) ?? widen(rights)
    known.set(rights, found)
    return found
  }
}

/** Also the lists of all programmes, whole: those of made-up versions have no facts that would open them. */
export const withEveryList = remembered((rights) => ({
  ...rights,
  columns: (registry) => (isList(registry) ? new All() : rights.columns(registry)),
  rowScope: (registry, column) => (isList(registry) ? { kind: 'listing' } : rights.rowScope(registry, column)),
}))

export const withEveryFact = remembered((rights) => ({ ...rights, facts: new All() }))
