/** Rights of tests that are not about grants: an organisation that may see every fact, and may read no registry in a query. */
import type { ReadRights } from '../../src/access/grants/read-rights.ts'

/** Has whatever is asked for, facts of tests' own catalogues too. */
class All extends Set<string> {
  override has(): boolean {
    return true
  }
}

const rights: ReadRights = {
  entity: '',
  columns: () => new Set(),
  facts: new All(),
  decideOnly: new Set(),
  rowScope: () => ({ kind: 'none' }),
}

export const everythingGranted = async (): Promise<ReadRights> => rights
