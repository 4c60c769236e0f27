/** Who a person of old records is today: references that substitutions replaced, however long the chain. */
import type { Queryable } from '../../db/queryable.ts'

/** Of these references those that were replaced, with the present one. */
export async function currentPersons(db: Queryable, references: readonly number[]): Promise<Map<number, number>> {
  if (references.length === 0) return new Map()
  const { rows } = await db.query<{ was: number; now: number }>({
    name: 'current-persons',
    text: `WITH RECURSIVE chain AS (
             SELECT old_ref AS was, current_ref AS now, 1 AS step FROM identity.substitution WHERE undone_at IS NULL AND old_ref = ANY ($1::bigint[])
             UNION ALL SELECT c.was, s.current_ref, c.step + 1 FROM chain c JOIN identity.substitution s ON s.old_ref = c.now AND s.undone_at IS NULL)
           SELECT DISTINCT ON (was) was, now FROM chain ORDER BY was, step DESC`,
    values: [references],
  })
  return new Map(rows.map(({ was, now }) => [was, now]))
}
