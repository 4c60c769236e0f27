/** All references under which one person was known: those merged into the present one, at any remove, and not given back. */
import type { Queryable } from '../../db/queryable.ts'

export async function referencesOfPerson(db: Queryable, personRef: number): Promise<number[]> {
  const { rows } = await db.query<{ ref: number }>(
    `WITH RECURSIVE known AS (
       SELECT $1::bigint AS ref
       UNION SELECT s.old_ref FROM identity.substitution s JOIN known ON s.current_ref = known.ref WHERE s.undone_at IS NULL)
     SELECT ref FROM known`,
    [personRef],
  )
  return rows.map(({ ref }) => ref)
}
