/** Rights for tests that are not about grants: those of the database, and every fact seen. */
import { isList } from '../../src/access/grants/ranked-lists.ts'
import type { ReadRights } from '../../src/access/grants/read-rights.ts'

/** Has whatever is asked for, facts of tests' own catalogues too. */
class All extends Set<string> {
  override has(): boolean {
    return true
  }
}

const known = new WeakMap<ReadRights, ReadRights>()

/** Also the lists of all programmes, whole. */
export const withEveryList = (rights: ReadRights): ReadRights => ({
  ...rights,
  columns: (registry) => (isList(registry) ? new All() : rights.columns(registry)),
  rowScope: (registry, column) => (isList(registry) ? { kind: 'listing' } : rights.rowScope(registry, column)),
})

/** The same object for the same rights: what follows from rights is remembered by them. */
export function withEveryFact(rights: ReadRights): ReadRights {
  const found = known.get(rights) ?? { ...rights, facts: new All() }
  known.set(rights, found)
  return found
}
