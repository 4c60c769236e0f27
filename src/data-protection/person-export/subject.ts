/** Whose data are exported: every reference that the person was ever known by, and the households with the days in them. */
import type { Queryable } from '../../db/queryable.ts'

export interface Belonging {
  readonly householdRef: number
  /** Half-open, as YYYY-MM-DD; null: until now. */
  readonly from: string
  readonly to: string | null
}

export interface Subject {
  /** The present one first. */
  readonly personRefs: readonly number[]
  readonly households: readonly Belonging[]
}

export async function subjectOfPerson(db: Queryable, personRef: number): Promise<Subject> {
  const { rows: earlier } = await db.query<{ ref: number }>(
    `with recursive known (ref) as (select $1::bigint union select s.old_ref from identity.substitution s join known k on s.current_ref = k.ref where s.undone_at is null)
     select ref from known where ref <> $1 order by ref`,
    [personRef],
  )
  const personRefs = [personRef, ...earlier.map(({ ref }) => ref)]
  const { rows: households } = await db.query<Belonging>(
    `select household_ref as "householdRef", valid_from as "from", valid_to as "to" from household_member where person_ref = any ($1::bigint[]) order by valid_from, household_ref`,
    [personRefs],
  )
  return { personRefs, households }
}
