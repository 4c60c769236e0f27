/** SQL on enrolments: reports as they came, where units stand, and who holds a place; what runs find of places is settled beside it. */
import type { Queryable } from '../../db/queryable.ts'
import type { CopyRequest } from '../../warehouse/replica/copy-query.ts'
import type { EnrolmentReport, EnrolmentState } from './schema.ts'
import type { PersonRelation } from '../../warehouse/substitutions/move-rows.ts'

export interface StoredReport extends Omit<EnrolmentReport, 'personRef' | 'reason'> {
  readonly id: string
  readonly personRef: number | null
  readonly reason: string | null
  readonly applied: boolean
}

export interface Enrolment {
  readonly programme: string
  readonly householdRef: number
  readonly personRef: number | null
  readonly state: EnrolmentState
  /** YYYY-MM-DD */
  readonly since: string
}

export interface CurrentEnrolment {
  readonly householdRef: number
  /** Null in programmes that are judged per household. */
  readonly personRef: number | null
  readonly state: EnrolmentState
  /** YYYY-MM-DD */
  readonly since: string
  /** As-of date of the first run that could not determine the unit; null while it can be determined. */
  readonly undeterminedSince: string | null
}

export type Unit = Pick<Enrolment, 'programme' | 'householdRef' | 'personRef'>

/** Any number that nothing else uses as the first half of an advisory lock. */
const LOCK = 7_240_308

/** One batch about a programme at a time, until the transaction ends; in one order, so that two batches never wait for each other. */
export async function lockProgrammes(client: Queryable, programmes: Iterable<string>): Promise<void> {
  for (const programme of [...new Set(programmes)].toSorted()) {
    await client.query({
      name: 'lock-enrolments',
      text: 'select pg_advisory_xact_lock($1::integer, hashtext($2))',
      values: [LOCK, programme],
    })
  }
}

/** Reports that were stored before under these references. */
export async function reportsUnder(
  db: Queryable,
  reports: readonly Pick<EnrolmentReport, 'programme' | 'reference'>[],
): Promise<StoredReport[]> {
  const { rows } = await db.query<StoredReport>({
    name: 'enrolment-reports-under',
    text: `select r.id, r.programme, r.household_ref as "householdRef", r.person_ref as "personRef", r.state, r.effective_on as "on",
             r.reference, r.reason, r.applied
           from unnest($1::text[], $2::text[]) as one (programme, reference)
           join enrolment_report r on r.programme = one.programme and r.reference = one.reference`,
    values: [reports.map(({ programme }) => programme), reports.map(({ reference }) => reference)],
  })
  return rows
}

/** Where these units stand; those of which nothing was reported are not in the answer. */
export async function enrolmentsOf(db: Queryable, units: readonly Unit[]): Promise<Enrolment[]> {
  const { rows } = await db.query<Enrolment>({
    name: 'enrolments-of-units',
    text: `select e.programme, e.household_ref as "householdRef", e.person_ref as "personRef", e.state, e.since
           from unnest($1::text[], $2::bigint[], $3::bigint[]) as one (programme, household_ref, person_ref)
           join enrolment e on e.programme = one.programme and e.household_ref = one.household_ref
             and coalesce(e.person_ref, 0) = coalesce(one.person_ref, 0)`,
    values: unitColumns(units),
  })
  return rows
}

/** Which of these households exist, and which persons live or lived in the household that is named with them. */
export async function knownUnits(
  db: Queryable,
  units: readonly Pick<Unit, 'householdRef' | 'personRef'>[],
): Promise<readonly Pick<Unit, 'householdRef' | 'personRef'>[]> {
  const { rows } = await db.query<Pick<Unit, 'householdRef' | 'personRef'>>({
    name: 'known-enrolment-units',
    text: `select distinct one.household_ref as "householdRef", one.person_ref as "personRef"
           from unnest($1::bigint[], $2::bigint[]) as one (household_ref, person_ref)
           where case when one.person_ref is null then exists (select from household h where h.household_ref = one.household_ref)
             else exists (select from household_member m where m.person_ref = one.person_ref and m.household_ref = one.household_ref) end`,
    values: [units.map(({ householdRef }) => householdRef), units.map(({ personRef }) => personRef)],
  })
  return rows
}

/** Adds reports; `by` is the key and the entity that sent them. */
export async function storeReports(
  client: Queryable,
  reports: readonly StoredReport[],
  by: { readonly keyId: string; readonly entity: string },
): Promise<void> {
  if (reports.length === 0) return
  await client.query({
    name: 'store-enrolment-reports',
    text: `insert into enrolment_report (id, programme, household_ref, person_ref, state, effective_on, reference, reason, applied, reported_by, entity)
           select one.*, $10::uuid, $11::text
           from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::date[], $7::text[], $8::text[], $9::boolean[]) as one`,
    values: [
      reports.map(({ id }) => id),
      ...unitColumns(reports),
      reports.map(({ state }) => state),
      reports.map(({ on }) => on),
      reports.map(({ reference }) => reference),
      reports.map(({ reason }) => reason),
      reports.map(({ applied }) => applied),
      by.keyId,
      by.entity,
    ],
  })
}

/** Moves units to the states that these reports tell; one report for each unit, its last. */
export async function moveUnits(client: Queryable, reports: readonly StoredReport[]): Promise<void> {
  if (reports.length === 0) return
  await client.query({
    name: 'move-enrolments',
    text: `insert into enrolment (programme, household_ref, person_ref, state, since, report_id)
           select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::date[], $6::uuid[])
           on conflict (programme, household_ref, (coalesce(person_ref, 0))) do update set
             state = excluded.state, since = excluded.since, report_id = excluded.report_id,
             undetermined_since = case when excluded.state in ('enrolled', 'suspended') then enrolment.undetermined_since end,
             unmet_since = case when excluded.state in ('enrolled', 'suspended') then enrolment.unmet_since end,
             unmet_run = case when excluded.state in ('enrolled', 'suspended') then enrolment.unmet_run end`,
    values: [...unitColumns(reports), reports.map(({ state }) => state), reports.map(({ on }) => on), reports.map(({ id }) => id)],
  })
}

/** Since which run in force the conditions of a unit that holds a place are no longer met; null while they are, or were never found not to be. */
export interface Unmet {
  /** YYYY-MM-DD */
  readonly unmetSince: string | null
  readonly unmetRun: string | null
}

export async function householdEnrolments(
  db: Queryable,
  householdRef: number,
): Promise<(Enrolment & Unmet & Pick<CurrentEnrolment, 'undeterminedSince'>)[]> {
  const { rows } = await db.query<Enrolment & Unmet & Pick<CurrentEnrolment, 'undeterminedSince'>>({
    name: 'enrolments-of-household',
    text: `select programme, household_ref as "householdRef", person_ref as "personRef", state, since, undetermined_since as "undeterminedSince",
             unmet_since as "unmetSince", unmet_run as "unmetRun"
           from enrolment where household_ref = $1 order by programme, person_ref nulls first`,
    values: [householdRef],
  })
  return rows
}

/**
 * Programmes that serve the household, or a person who is a member of it now. Suspended units keep a place and are not served.
 * The same is told of a nation's households by a run's inputs.
 */
export async function programmesServing(
  db: Queryable,
  { householdRef, personRefs }: { readonly householdRef: number; readonly personRefs: readonly number[] },
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ programme: string }>({
    name: 'programmes-serving',
    text: `select programme from enrolment where household_ref = $1 and person_ref is null and state = 'enrolled'
           union select programme from enrolment where person_ref = any($2::bigint[]) and state = 'enrolled'`,
    values: [householdRef, personRefs],
  })
  return new Set(rows.map(({ programme }) => programme))
}

/** Those of these households in which a unit holds a place. */
export async function householdsServed(db: Queryable, householdRefs: readonly number[]): Promise<ReadonlySet<number>> {
  const { rows } = await db.query<{ household_ref: number }>(
    'select distinct household_ref from enrolment where household_ref = any($1::bigint[]) and state = any($2::text[])',
    [householdRefs, PLACE_STATES],
  )
  return new Set(rows.map(({ household_ref: ref }) => ref))
}

/** The household's reports, the newest first. */
export async function householdReports(
  db: Queryable,
  householdRef: number,
): Promise<(StoredReport & { readonly reportedAt: Date; readonly entity: string })[]> {
  const { rows } = await db.query<StoredReport & { readonly reportedAt: Date; readonly entity: string }>({
    name: 'enrolment-reports-of-household',
    text: `select id, programme, household_ref as "householdRef", person_ref as "personRef", state, effective_on as "on",
             reported_at as "reportedAt", entity, reference, reason, applied
           from enrolment_report where household_ref = $1 order by effective_on desc, id desc limit 1000`,
    values: [householdRef],
  })
  return rows
}

export type HeldPlace = Pick<Enrolment, 'state' | 'since'> & Unmet

/** The place that the unit holds in the programme; null where it holds none. A person's is theirs in whichever household it was reported. */
export async function placeHeld(
  db: Queryable,
  programme: string,
  { householdRef, personRef }: Pick<Unit, 'householdRef' | 'personRef'>,
): Promise<HeldPlace | null> {
  const { rows } = await db.query<HeldPlace>({
    name: 'place-held',
    text: `select state, since, unmet_since as "unmetSince", unmet_run as "unmetRun" from enrolment
           where programme = $1 and state = any($4::text[])
             and case when $3::bigint is null then household_ref = $2 and person_ref is null else person_ref = $3 end limit 1`,
    values: [programme, householdRef, personRef, PLACE_STATES],
  })
  return rows[0] ?? null
}

/** States in which a unit keeps its place in the next run. */
export const PLACE_STATES: readonly EnrolmentState[] = ['enrolled', 'suspended']
const PAGE = 20_000

/**
 * Units of a programme that stand in one of these states, by household and person reference, some thousand at a time.
 * Give it the client of a repeatable-read transaction where all must be of one moment.
 */
export async function* currentEnrolments(
  db: Queryable,
  programme: string,
  states: readonly EnrolmentState[] = PLACE_STATES,
  page = PAGE,
): AsyncGenerator<readonly CurrentEnrolment[]> {
  let last: Pick<CurrentEnrolment, 'householdRef' | 'personRef'> = { householdRef: 0, personRef: null }
  for (;;) {
    const { rows } = await db.query<CurrentEnrolment>({
      name: 'current-enrolments',
      text: `select household_ref as "householdRef", person_ref as "personRef", state, since, undetermined_since as "undeterminedSince"
             from enrolment
             where programme = $1 and state = any($2::text[]) and (household_ref, coalesce(person_ref, 0)) > ($3::bigint, $4::bigint)
             order by household_ref, coalesce(person_ref, 0) limit $5`,
      values: [programme, states, last.householdRef, last.personRef ?? 0, page],
    })
    if (rows.length > 0) yield rows
    if (rows.length < page) return
    last = rows.at(-1) as CurrentEnrolment
  }
}

/** All units of all programmes in one order, for the bulk side: what `copyQuery` of the replica takes, or COPY with any client. */
export const enrolmentExport: Pick<CopyRequest, 'query' | 'columns'> = {
  query: `select programme, household_ref, person_ref, state, since, undetermined_since from enrolment
          order by programme collate "C", household_ref, coalesce(person_ref, 0)`,
  columns: [
    { name: 'programme', type: 'VARCHAR' },
    { name: 'household_ref', type: 'BIGINT' },
    { name: 'person_ref', type: 'BIGINT' },
    { name: 'state', type: 'VARCHAR' },
    { name: 'since', type: 'DATE' },
    { name: 'undetermined_since', type: 'DATE' },
  ],
}

/** A unit of a programme, by the household and person that were enrolled. */
export type PlaceHolder = Pick<Unit, 'householdRef' | 'personRef'>

const unitColumns = (units: readonly Unit[]): [string[], number[], (number | null)[]] => [
  units.map(({ programme }) => programme),
  units.map(({ householdRef }) => householdRef),
  units.map(({ personRef }) => personRef),
]

/** Where a person stands, for substitutions of numbers; reports are history and stay. */
export const enrolmentsOfPersons: PersonRelation = {
  relation: 'enrolment',
  field: 'person_ref',
  key: ['programme', 'household_ref', 'person_ref'],
  hasSeq: false,
}
