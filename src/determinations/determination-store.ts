/** The only SQL on snapshots and determinations. */
import type { Queryable } from '../db/queryable.ts'
import type { AssembledHousehold, SourceState } from '../households/assembled.ts'
import { sha256 } from '../kernel/canonical.ts'
import { isoOfDay } from '../kernel/date.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { determinationBody } from './determination-body.ts'
import type { DeterminedOutcome, UnitOutcome } from './determine.ts'
import { snapshotText } from './snapshot-text.ts'
import { newId } from '../kernel/new-id.ts'

export type DeterminationReason = 'request' | 're-evaluation'

/** A unit's outcome with the id under which it is stored. */
export interface Determination extends UnitOutcome {
  readonly id: string
}

/** Everything that will be stored, with its ids; computed before the transaction begins. */
export interface PreparedSnapshot {
  readonly id: string
  readonly householdRef: number
  readonly askedRef: number
  readonly asOf: string
  readonly versionSet: string
  readonly sourceSet: string
  readonly declaredBy: string | null
  readonly facts: string
  readonly factsHash: string
  readonly determinations: readonly (Determination & { readonly body: string })[]
}

export function prepareSnapshot(
  bundle: Bundle,
  assembled: AssembledHousehold,
  units: readonly UnitOutcome[],
  askedRef: number,
): PreparedSnapshot {
  const facts = snapshotText(assembled, bundle.catalogue)
  const factsHash = sha256(facts)
  return {
    id: newId(),
    householdRef: assembled.householdRef,
    askedRef,
    asOf: isoOfDay(assembled.asOf),
    versionSet: bundle.hash,
    sourceSet: sourceSet(assembled.sources).hash,
    declaredBy: assembled.applicationId,
    facts,
    factsHash,
    determinations: units.map((unit) => ({
      ...unit,
      id: newId(),
      body: determinationBody(bundle, { asOf: assembled.asOf, factsHash }, unit),
    })),
  }
}

export interface SourceSet {
  readonly hash: string
  readonly text: string
}

/** Households between two loads share the list, so that its text and hash are worked out once. */
const sets = new WeakMap<readonly SourceState[], SourceSet>()

export function sourceSet(sources: readonly SourceState[]): SourceSet {
  const known = sets.get(sources)
  if (known) return known
  const text = JSON.stringify(
    sources.map(({ answers, asOf, custodian, load, registry, state, unanswered, unansweredRelatives }) => ({
      answers,
      asOf,
      custodian,
      load,
      registry,
      state,
      unanswered,
      unansweredRelatives,
    })),
  )
  const set = { hash: sha256(text), text }
  sets.set(sources, set)
  return set
}

const REMEMBERED = 100

/** Hashes that this process has seen committed, by database: the set is the same for every household between two loads. */
const storedSources = new WeakMap<Queryable, Set<string>>()

/** Outside the request's transaction: a set by content does no harm when the rest is rolled back. */
export async function storeSources(db: Queryable, sources: readonly SourceState[]): Promise<void> {
  const { hash, text } = sourceSet(sources)
  const known = storedSources.get(db) ?? new Set()
  if (known.has(hash)) return
  await db.query('insert into source_set (hash, sources) values ($1, $2) on conflict do nothing', [hash, text])
  if (known.size >= REMEMBERED) known.clear()
  storedSources.set(db, known.add(hash))
}

/** A stored set; null when there is none, or none that has this hash. */
export async function readSources(db: Queryable, hash: string): Promise<readonly SourceState[] | null> {
  const { rows } = await db.query<{ sources: string }>('select sources from source_set where hash = $1', [hash])
  const text = rows[0]?.sources
  return text === undefined || sha256(text) !== hash ? null : (JSON.parse(text) as SourceState[])
}

/** Sends a snapshot and its determinations, inside a transaction of the caller's. */
export function storeSnapshot(
  client: Queryable,
  snapshot: PreparedSnapshot,
  applicationId: string | null,
  reason: DeterminationReason = 'request',
): Promise<unknown>[] {
  const { id, householdRef, askedRef, asOf, versionSet, declaredBy, facts, factsHash, determinations } = snapshot
  const stored = client.query({
    name: 'store-snapshot',
    text: `insert into fact_snapshot (id, household_ref, asked_ref, as_of, version_set, source_set, declared_by, facts, facts_hash)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [id, householdRef, askedRef, asOf, versionSet, snapshot.sourceSet, declaredBy, facts, factsHash],
  })
  const judged = client.query({
    name: 'store-determinations',
    text: `insert into determination (id, snapshot_id, application_id, programme, person_ref, outcome, body, body_hash, reason)
           select one.id, $1, $2, one.programme, one.person_ref, one.outcome, one.body, one.body_hash, $9
           from unnest($3::uuid[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[]) as one (id, programme, person_ref, outcome, body, body_hash)`,
    values: [
      id,
      applicationId,
      determinations.map((one) => one.id),
      determinations.map(({ programme }) => programme),
      determinations.map(({ personRef }) => personRef),
      determinations.map(({ outcome }) => outcome),
      determinations.map(({ body }) => body),
      determinations.map(({ body }) => sha256(body)),
      reason,
    ],
  })
  return [stored, judged]
}

export interface StoredDetermination {
  readonly id: string
  readonly createdAt: string
  readonly applicationId: string | null
  readonly programme: string
  readonly personRef: number | null
  readonly outcome: DeterminedOutcome
  readonly body: string
  readonly bodyHash: string
  /** Why it was made: somebody asked, or the household's data changed. */
  readonly reason: DeterminationReason
  readonly householdRef: number
  readonly askedRef: number
  readonly asOf: string
  readonly versionSet: string
  readonly declaredBy: string | null
  readonly facts: string
  readonly factsHash: string
  readonly sources: string
}

const STORED = `select d.id, to_char(d.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "createdAt", d.application_id as "applicationId",
             d.programme, d.person_ref as "personRef", d.outcome, d.body, d.body_hash as "bodyHash", d.reason, s.household_ref as "householdRef", s.asked_ref as "askedRef",
             s.as_of as "asOf", s.version_set as "versionSet", s.declared_by as "declaredBy", s.facts, s.facts_hash as "factsHash", o.sources
           from determination d join fact_snapshot s on s.id = d.snapshot_id join source_set o on o.hash = s.source_set`

export async function readDetermination(db: Queryable, id: string): Promise<StoredDetermination | null> {
  const { rows } = await db.query<StoredDetermination>({ name: 'read-determination', text: `${STORED} where d.id = $1`, values: [id] })
  return rows[0] ?? null
}

/** Those that were made when an application came, in the order in which they were made. */
export async function determinationsOfApplication(db: Queryable, applicationId: string): Promise<StoredDetermination[]> {
  const { rows } = await db.query<StoredDetermination>({
    name: 'determinations-of-application',
    text: `${STORED} where d.application_id = $1 and d.reason = 'request' order by d.id`,
    values: [applicationId],
  })
  return rows
}

/** Of a household: what was read of it last, so that a re-evaluation of the same says nothing twice. */
export async function latestSnapshot(
  db: Queryable,
  householdRef: number,
): Promise<{ readonly factsHash: string; readonly versionSet: string } | null> {
  const { rows } = await db.query<{ factsHash: string; versionSet: string }>({
    name: 'latest-snapshot',
    text: `select facts_hash as "factsHash", version_set as "versionSet" from fact_snapshot where household_ref = $1 order by created_at desc, id desc limit 1`,
    values: [householdRef],
  })
  return rows[0] ?? null
}
