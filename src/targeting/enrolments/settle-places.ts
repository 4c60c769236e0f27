/** What a run found of units that hold a place: whether it could determine them, and whether the programme's conditions are still met. */
import type { Queryable } from '../../db/queryable.ts'
import { askAfterRun, withdrawAfterRun } from '../../intake/re-evaluation/questions-of-runs.ts'
import { lockProgrammes, type PlaceHolder } from './enrolment-store.ts'

/** Tells of units that hold a place whether a run could determine them: the first day on which one could not stays, until a run can. Others stay as they are. */
export async function settleUndetermined(
  client: Queryable,
  programme: string,
  { determined, undetermined }: { readonly determined: readonly PlaceHolder[]; readonly undetermined: readonly PlaceHolder[] },
  asOf: string,
): Promise<void> {
  await lockProgrammes(client, [programme])
  await client.query(
    `update enrolment set undetermined_since = null where programme = $1 and undetermined_since is not null and ${AMONG}`,
    [programme, ...columns(determined)],
  )
  await client.query(
    // A run of an earlier day says nothing of the time before the unit held its place.
    `update enrolment set undetermined_since = greatest($4::date, since) where programme = $1 and state in ('enrolled', 'suspended') and undetermined_since is null and ${AMONG}`,
    [programme, ...columns(undetermined), asOf],
  )
}

/** The run that judged, and its as-of date (YYYY-MM-DD). */
export interface JudgingRun {
  readonly id: string
  readonly asOf: string
}

/**
 * Since which run the conditions of units that hold a place are no longer met, with a question for a person of the programme's agency: until it
 * reports that they left, they hold it. Met again ends that, unless the run is of an earlier day. What a run cannot determine changes neither.
 */
export async function settleConditions(
  client: Queryable,
  programme: string,
  { met, unmet }: { readonly met: readonly PlaceHolder[]; readonly unmet: readonly PlaceHolder[] },
  { id, asOf }: JudgingRun,
): Promise<void> {
  await lockProgrammes(client, [programme])
  await client.query(
    `update enrolment set unmet_since = null, unmet_run = null where programme = $1 and unmet_since <= $4::date and ${AMONG}`,
    [programme, ...columns(met), asOf],
  )
  await withdrawAfterRun(client, programme, met, asOf)
  await client.query(
    `update enrolment set unmet_since = greatest($4::date, since), unmet_run = $5::uuid
     where programme = $1 and state in ('enrolled', 'suspended') and unmet_run is null and ${AMONG}`,
    [programme, ...columns(unmet), asOf, id],
  )
  const { rows } = await client.query<PlaceHolder & { readonly served: boolean; readonly firstRun: string }>(
    `select household_ref as "householdRef", person_ref as "personRef", state = 'enrolled' as served, unmet_run as "firstRun"
     from enrolment where programme = $1 and unmet_run is not null and ${AMONG} order by 1, 2`,
    [programme, ...columns(unmet)],
  )
  await askAfterRun(client, programme, rows, id)
}

const AMONG = '(household_ref, coalesce(person_ref, 0)) in (select * from unnest($2::bigint[], $3::bigint[]))'
const columns = (units: readonly PlaceHolder[]): [number[], number[]] => [
  units.map(({ householdRef }) => householdRef),
  units.map(({ personRef }) => personRef ?? 0),
]
