/** What was, is or will be in force on a day, by the intervals alone. */
import type { Queryable } from '../../../db/queryable.ts'
import { compareRefs } from '../../version.ts'
import { readActive, versionSet } from '../../version-store.ts'
import type { StoredVersion } from '../../version-store.ts'
import { inForce } from '../../versions-in-force.ts'

/** Every version in force on the day, rules that a programme names then, and the cases beside them. */
export async function versionsOn(db: Queryable, day: string): Promise<{ readonly versionSet: string; readonly versions: StoredVersion[] }> {
  const rows = await readActive(db, day)
  const deciding = inForce(rows)
  const cases = rows.filter(({ kind }) => kind === 'cases')
  return { versionSet: versionSet(deciding).hash, versions: [...deciding, ...cases].toSorted(compareRefs) }
}
