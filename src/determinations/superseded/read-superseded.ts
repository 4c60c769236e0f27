/** Determinations that still stand for a household or person and were made under another rule, programme or formula than the one in force. */
import type { Queryable } from '../../db/queryable.ts'
import type { CompiledProgramme } from '../../programmes/bundle.ts'

export interface Superseded {
  readonly id: string
  readonly createdAt: string
  readonly applicationId: string | null
  readonly householdRef: number
  readonly personRef: number | null
  readonly outcome: string
  readonly rule: { readonly id: string; readonly version: number; readonly hash: string }
}

export interface SupersededPage {
  /** The last id of the page before. */
  readonly after: string | null
  readonly limit: number
}

/** Oldest first: the latest of each household, or member, whose versions are no longer those in force. */
export async function readSuperseded(
  db: Queryable,
  { id, ref, ruleRef, formula }: CompiledProgramme,
  { after, limit }: SupersededPage,
): Promise<Superseded[]> {
  const { rows } = await db.query<Superseded>(
    `select d.id, to_char(d.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "createdAt", d.application_id as "applicationId",
       s.household_ref as "householdRef", d.person_ref as "personRef", d.outcome, d.body::jsonb -> 'rule' as rule
     from determination d join fact_snapshot s on s.id = d.snapshot_id
     where d.programme = $1 and ($2::uuid is null or d.id > $2)
       and (d.body::jsonb #>> '{programme,hash}', d.body::jsonb #>> '{rule,hash}', coalesce(d.body::jsonb #>> '{formula,hash}', '')) <> ($3, $4, $5)
       and not exists (
         select from fact_snapshot later join determination newer on newer.snapshot_id = later.id
         where later.household_ref = s.household_ref and newer.programme = d.programme and newer.person_ref is not distinct from d.person_ref and newer.id > d.id)
     order by d.id limit $6`,
    [id, after, ref.hash, ruleRef.hash, formula?.ref.hash ?? '', limit],
  )
  return rows
}
