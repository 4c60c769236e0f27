/** Finds an earlier snapshot that a new one can begin from: of the same day, versions, registries and form of assembly, with every household known whose facts may be others since. */
import { readdir } from 'node:fs/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Database } from '../../db/database.ts'
import type { LatestAnswers } from '../../households/declared-answers.ts'
import type { Served } from '../../households/enrolled-status.ts'
import { factsMoved } from '../../households/nation/facts-moved.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { readColumns } from '../../warehouse/replica/read-columns.ts'
import { movedSince } from '../../warehouse/replica/replica-state.ts'
import { readInputs, servedBy, servedHash } from './run-inputs.ts'
import { inputsOfSnapshot } from './run-store.ts'
import { openSnapshot, type Snapshot, type SnapshotBase, type SnapshotSources } from './snapshot.ts'

/** Above this share of all households the whole is assembled: each changed one costs more alone than among its neighbours. */
export const RENEWED_SHARE_MAX = 0.1

export interface BaseRequest {
  /** Of the inputs, and of the snapshots. */
  readonly folder: string
  readonly snapshots: string
  readonly bundle: Bundle
  readonly sources: SnapshotSources
  readonly answers: readonly LatestAnswers[]
  readonly served: Served
}

/** The one from which the least changed; null where there is none, or none near enough. */
export async function findBase(database: Database, replica: DuckDBConnection, request: BaseRequest): Promise<SnapshotBase | null> {
  let best: SnapshotBase | null = null
  for (const snapshot of await comparable(request)) {
    const changed = await changedSince(database, replica, snapshot, request)
    const households = snapshot.manifest.parts.reduce((total, part) => total + part.households, 0)
    if (changed === null || changed.homes.size > households * RENEWED_SHARE_MAX) continue
    const base = { snapshot, homes: Float64Array.from(changed.homes).toSorted(), facts: changed.facts }
    if (best === null || isNearer(base, best)) best = base
  }
  return best
}

/** Fewer households, and of as many fewer facts: the same may have changed again and again. */
function isNearer(one: SnapshotBase, other: SnapshotBase): boolean {
  if (one.homes.length !== other.homes.length) return one.homes.length < other.homes.length
  return (one.facts?.size ?? Infinity) < (other.facts?.size ?? Infinity)
}

async function comparable({ snapshots, sources }: BaseRequest): Promise<Snapshot[]> {
  const found: Snapshot[] = []
  for (const name of await readdir(snapshots).catch(() => [])) {
    // What cannot be read is nothing to begin from; the whole is assembled then.
    const snapshot = /^[0-9a-f]{64}$/.test(name) ? await openSnapshot(snapshots, name).catch(() => null) : null
    if (!snapshot) continue
    if (isComparable(snapshot.manifest.sources, sources)) found.push(snapshot)
  }
  return found
}

/** The same rows come to the same facts under both. */
const isComparable = (one: SnapshotSources, other: SnapshotSources): boolean =>
  one.assembly === other.assembly &&
  one.asOf === other.asOf &&
  one.versionSet === other.versionSet &&
  one.usable.join() === other.usable.join()

interface Changed {
  readonly homes: ReadonlySet<number>
  /** Null: any. */
  readonly facts: ReadonlySet<string> | null
}

/** Households whose rows, answers or enrolments moved since the snapshot, and which of their facts may be others; null: it is not known. */
async function changedSince(
  database: Database,
  replica: DuckDBConnection,
  { hash, manifest }: Snapshot,
  { folder, bundle, sources, answers, served }: BaseRequest,
): Promise<Changed | null> {
  const before = manifest.sources
  const moved = await movedSince(replica, before.replica)
  if (moved === null) return null
  const facts = moved.registries && factsMoved(bundle.catalogue, moved.registries)
  if (before.declared === sources.declared && before.served === sources.served) return { homes: moved.homes, facts }
  const named = await inputsOfSnapshot(database.pool, hash)
  const inputs = named === null ? null : await readInputs(folder, named).catch(() => null)
  if (!inputs || inputs.declared.hash !== before.declared) return null
  const servedBefore = servedBy(bundle, inputs)
  if (servedHash(servedBefore) !== before.served) return null
  const homes = new Set(moved.homes)
  const applications = new Map(inputs.declared.household.map((home, index) => [home, inputs.declared.application[index]]))
  for (const { householdRef, applicationId } of answers) {
    if (applications.get(householdRef) !== applicationId) homes.add(householdRef)
    applications.delete(householdRef)
  }
  for (const home of applications.keys()) homes.add(home)
  for (const home of await servedHomes(replica, servedBefore, served)) homes.add(home)
  return { homes, facts: null }
}

/** Homes of those whom a programme serves now and did not, or the other way round. */
async function servedHomes(replica: DuckDBConnection, before: Served, now: Served): Promise<number[]> {
  const [households, persons]: [number[], Set<number>] = [[], new Set()]
  for (const programme of new Set([...before.keys(), ...now.keys()])) {
    const [one, other] = [before.get(programme), now.get(programme)]
    households.push(...eitherNotBoth(one?.households, other?.households))
    for (const person of eitherNotBoth(one?.persons, other?.persons)) persons.add(person)
  }
  if (persons.size === 0) return households
  // Who moved home is known by that already.
  const { columns } = await readColumns(replica, 'SELECT person_ref, home FROM member_home')
  const [refs, homes] = columns as [Float64Array, Float64Array]
  return [...households, ...homes.filter((_, row) => persons.has(refs[row] as number))]
}

function eitherNotBoth(one: ReadonlySet<number> = new Set(), other: ReadonlySet<number> = new Set()): number[] {
  return [...[...one].filter((ref) => !other.has(ref)), ...[...other].filter((ref) => !one.has(ref))]
}
