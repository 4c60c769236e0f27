/** From a National ID or personal ID, superseded ones too, to the household the person lives in; every other case is an answer of its own. */
import type { Queryable } from '../db/queryable.ts'
import { personOf } from '../warehouse/identity-vault.ts'

/** What is known of a number's household. `dead` wins over the rest; `several-households` is a conflict between registries that a person must settle. */
export type HouseholdAnswer =
  | {
      readonly kind: 'found'
      readonly personRef: number
      readonly householdRef: number
      readonly isHead: boolean
      readonly relationship: string
      readonly basis: string
    }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'dead'; readonly personRef: number }
  | { readonly kind: 'no-household'; readonly personRef: number }
  | { readonly kind: 'several-households'; readonly personRef: number; readonly householdRefs: readonly number[] }

interface Membership {
  readonly dead: boolean
  readonly household_ref: number | null
  readonly is_head: boolean
  readonly relationship: string
  readonly basis: string
}

/** Finds the present household of whoever bears `number`; the number is neither logged nor part of any error. */
export async function findHousehold(db: Queryable, number: string): Promise<HouseholdAnswer> {
  const personRef = await personOf(db, number)
  return personRef === null ? { kind: 'not-found' } : householdOfPerson(db, personRef)
}

/** The same from a person reference that is known to exist. */
export async function householdOfPerson(db: Queryable, personRef: number): Promise<HouseholdAnswer> {
  const { rows } = await db.query<Membership>({
    name: 'household-of-person',
    text: `SELECT EXISTS (SELECT FROM warehouse.cspd_death_info d WHERE d.person_ref = $1) AS dead,
             m.household_ref, m.is_head, m.relationship, m.basis
           FROM (SELECT) AS one LEFT JOIN household_member m ON m.person_ref = $1 AND m.valid_to IS NULL
           ORDER BY m.household_ref`,
    values: [personRef],
  })
  const first = rows[0] as Membership
  if (first.dead) return { kind: 'dead', personRef }
  if (first.household_ref === null) return { kind: 'no-household', personRef }
  if (rows.length > 1) return { kind: 'several-households', personRef, householdRefs: rows.map((row) => row.household_ref as number) }
  return {
    kind: 'found',
    personRef,
    householdRef: first.household_ref,
    isHead: first.is_head,
    relationship: first.relationship,
    basis: first.basis,
  }
}

/** Present members of a household, by reference. */
export async function membersOf(
  db: Queryable,
  householdRef: number,
): Promise<{ readonly personRef: number; readonly isHead: boolean; readonly relationship: string }[]> {
  const { rows } = await db.query<{ personRef: number; isHead: boolean; relationship: string }>({
    name: 'members-of-household',
    text: `SELECT person_ref AS "personRef", is_head AS "isHead", relationship FROM household_member
           WHERE household_ref = $1 AND valid_to IS NULL ORDER BY is_head DESC, person_ref`,
    values: [householdRef],
  })
  return rows
}

/** Members of a household as of a day (ISO). */
export async function membersOn(
  db: Queryable,
  householdRef: number,
  day: string,
): Promise<{ readonly personRef: number; readonly isHead: boolean; readonly relationship: string }[]> {
  const { rows } = await db.query<{ personRef: number; isHead: boolean; relationship: string }>({
    name: 'members-of-household-on',
    text: `SELECT person_ref AS "personRef", is_head AS "isHead", relationship FROM household_member
           WHERE household_ref = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2) ORDER BY is_head DESC, person_ref`,
    values: [householdRef, day],
  })
  return rows
}
