/** Brings the columnar replica up to what PostgreSQL holds: registries and membership that moved in the change sequence, and kin. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type pg from 'pg'
import type { Database } from '../../db/database.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { type Reads, readsOf } from '../../language/catalogue/assembly/reads.ts'
import { copyQueries } from '../../warehouse/replica/copy-query.ts'
import { countOf } from '../../warehouse/replica/read-columns.ts'
import {
  fewChanged,
  type ReplicatedRegistry,
  registryCopy,
  rehomeRegistry,
  shapeOf,
  sortRegistry,
  sourceRows,
  updateRegistry,
} from '../../warehouse/replica/refresh-registry.ts'
import { type Held, type HeldRegistry, readHeld, rememberRefresh, stampOf, writeHeld } from '../../warehouse/replica/replica-state.ts'
import type { AnswersHeld } from '../assembled.ts'
import type { RegistryStateRow } from '../registry-state.ts'
import { answersHeld, type HeldOf } from './answers-held.ts'
import { KIN_REGISTRIES, kinStamp, makeKin, noteOwners, noteParents } from './replica-kin.ts'
import { replicatedRegistries } from './replicated-registries.ts'
import { inSnapshot, sourceOf } from './source-snapshot.ts'
import {
  copyMembership,
  isMembershipNear,
  type MembershipPlace,
  membershipPlace,
  personCounts,
  updateMembership,
} from './replica-membership.ts'

export interface ReplicaRefresh {
  /** Registries that were copied whole, and those of which what changed was; the others stood where they were. */
  readonly copied: readonly string[]
  readonly updated: readonly string[]
  /** The greatest place in the change sequence that the replica holds. */
  readonly seq: number
  /** Where each registry stood in the snapshot that was copied. */
  readonly states: readonly RegistryStateRow[]
  /** Answers of registries that are asked person by person, in that snapshot; none where nobody wanted to know. */
  readonly answers: ReadonlyMap<string, AnswersHeld>
  /** Hash of everything that the replica holds. */
  readonly stamp: string
  /** Households whose facts this refresh may have changed; null: all of them. */
  readonly changedHomes: ReadonlySet<number> | null
}

interface State extends RegistryStateRow {
  readonly seq: string
  readonly row_count: string
}

export type OnReplicaProgress = (done: number, total: number, what: string) => void

export interface ReplicaRequest {
  readonly database: Database
  readonly catalogue: Catalogue
  readonly connection: DuckDBConnection
  /** Files of what is on its way stand beside it. */
  readonly file: string
}

/**
 * One snapshot of PostgreSQL, one transaction of DuckDB: whoever reads the replica afterwards sees all of it or what was before.
 * `rebuild` copies everything, whatever the replica says that it holds; `of`: whose answers are counted.
 */
export async function refreshReplica(
  { database, catalogue, connection, file }: ReplicaRequest,
  {
    rebuild = false,
    of = null,
    onProgress = () => {},
  }: { readonly rebuild?: boolean; readonly of?: HeldOf | null; readonly onProgress?: OnReplicaProgress } = {},
): Promise<ReplicaRefresh> {
  return inSnapshot(database, async (client) => {
    await connection.run('BEGIN')
    try {
      const refreshed = await refresh(client, connection, { catalogue, file, rebuild, of, onProgress })
      await connection.run('COMMIT')
      return refreshed
    } catch (error) {
      await connection.run('ROLLBACK').catch(() => undefined)
      throw error
    }
  })
}

interface Refreshing {
  readonly catalogue: Catalogue
  readonly file: string
  readonly rebuild: boolean
  readonly of: HeldOf | null
  readonly onProgress: OnReplicaProgress
}

async function refresh(client: pg.ClientBase, connection: DuckDBConnection, request: Refreshing): Promise<ReplicaRefresh> {
  const { catalogue, file, onProgress } = request
  const source = await sourceOf(client)
  const found = await readHeld(connection)
  const before = !request.rebuild && found.source === source ? found.held : null
  const place = await membershipPlace(client)
  const states = await registryStates(client)
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE changed_home (home BIGINT); CREATE OR REPLACE TEMP TABLE changed_relative (person_ref BIGINT)`,
  )
  const near = before !== null && (await isMembershipNear(client, connection, before.membership, place))
  const registries = replicatedRegistries(catalogue)
  const total = registries.length + 2
  let done = 0
  const work: Work = {
    client,
    connection,
    registries,
    states,
    reads: readsOf(catalogue, null),
    file,
    step: (what) => onProgress(++done, total, what),
  }
  const { held, copied, updated, every, registries: moved } = near ? await update(work, before, place) : await copyAll(work, place)
  const stamp = stampOf(held)
  await connection.run(`CREATE OR REPLACE TEMP TABLE changed_home AS SELECT DISTINCT home FROM changed_home WHERE home >= 0`)
  const homes = every ? null : await changedHomes(connection)
  await rememberRefresh(connection, { before: before && stampOf(before), after: stamp, every: homes === null, registries: moved })
  await writeHeld(connection, source, held)
  return {
    copied,
    updated,
    seq: Math.max(0, ...[...states.values()].map(({ seq }) => Number(seq))),
    states: [...states.values()],
    answers: request.of ? await answersHeld(client, catalogue, request.of) : new Map<string, AnswersHeld>(),
    stamp,
    changedHomes: homes,
  }
}

/** Above this share of all homes a list of them spares nothing. */
const HOMES_SHARE_MAX = 0.25

async function changedHomes(connection: DuckDBConnection): Promise<ReadonlySet<number> | null> {
  const all = await countOf(connection, 'SELECT count(DISTINCT home) FROM member_home')
  if ((await countOf(connection, 'SELECT count(*) FROM changed_home')) > Math.max(1_000, all * HOMES_SHARE_MAX)) return null
  const rows = (await connection.runAndReadAll('SELECT home FROM changed_home')).getRows()
  return new Set(rows.map(([home]) => Number(home)))
}

async function registryStates(client: pg.ClientBase): Promise<ReadonlyMap<string, State>> {
  const { rows } = await client.query<State>(
    'SELECT registry, load_id, as_of, seq, row_count FROM warehouse.registry_state ORDER BY registry',
  )
  return new Map(rows.map((row) => [row.registry, row]))
}

interface Work {
  readonly client: pg.ClientBase
  readonly connection: DuckDBConnection
  readonly registries: readonly ReplicatedRegistry[]
  readonly states: ReadonlyMap<string, State>
  readonly reads: Reads
  readonly file: string
  readonly step: (what: string) => void
}

interface Refreshed {
  readonly held: Held
  readonly copied: readonly string[]
  readonly updated: readonly string[]
  /** Homes that changed were not kept account of. */
  readonly every: boolean
  /** Registries whose rows moved, where nothing else did. */
  readonly registries: readonly string[] | null
}

async function copyAll(work: Work, place: MembershipPlace): Promise<Refreshed> {
  const { client, connection, registries, reads, file, step } = work
  await copyMembership(client, connection, file)
  step('membership')
  const held = await copyRegistries(work, registries)
  await makeKin(connection, reads)
  step('kin')
  return {
    held: { membership: { ...place, persons: await personCounts(connection) }, registries: held, kin: kinStamp(reads) },
    copied: registries.map(({ id }) => id),
    updated: [],
    every: true,
    registries: null,
  }
}

async function copyRegistries(
  { client, connection, states, file, step }: Work,
  registries: readonly ReplicatedRegistry[],
): Promise<Record<string, HeldRegistry>> {
  const held: Record<string, HeldRegistry> = {}
  const requests = registries.map((registry) => registryCopy(registry, `${file}.${registry.id}.csv`))
  await copyQueries(client, connection, requests, async (index) => {
    const registry = registries[index] as ReplicatedRegistry
    held[registry.id] = {
      ...stateOf(states, registry),
      rows: await sourceRows(connection, registry),
      appended: 0,
      shape: shapeOf(registry),
    }
    step(registry.id)
  })
  return held
}

function stateOf(states: ReadonlyMap<string, State>, { id }: ReplicatedRegistry): Pick<HeldRegistry, 'seq' | 'rowCount'> {
  const state = states.get(id)
  return { seq: state ? Number(state.seq) : null, rowCount: state ? Number(state.row_count) : null }
}

/** Membership and persons first, then each registry's rows under the homes of now, then kin if anything that it is made of moved. */
async function update(work: Work, before: Held, place: MembershipPlace): Promise<Refreshed> {
  const { client, connection, registries, states, reads, file, step } = work
  const { rehomed, persons } = await updateMembership(client, connection, before.membership, `${file}.membership.csv`)
  if (persons > 0) await connection.run('INSERT INTO changed_relative SELECT person_ref FROM changed_person')
  step('membership')
  const held: Record<string, HeldRegistry> = {}
  const [whole, updated]: [ReplicatedRegistry[], string[]] = [[], []]
  for (const registry of registries) {
    const was = before.registries[registry.id]
    const now = was ? await updateOne(work, registry, { ...was }, rehomed > 0) : null
    if (now === null) {
      whole.push(registry)
      continue
    }
    if (now.seq !== was?.seq) updated.push(registry.id)
    held[registry.id] = await sortRegistry(connection, registry, now)
    step(registry.id)
  }
  Object.assign(held, await copyRegistries({ client, connection, registries, states, reads, file, step }, whole))
  for (const id of Object.keys(before.registries)) if (!held[id]) await connection.run(`DROP TABLE IF EXISTS "${id}"`)
  await noteOwners(connection, { anywhere: before.kin.split('/')[0]?.split(',').filter(Boolean) as Reads['anywhere'] })
  const moved = [...updated, ...whole.map(({ id }) => id)]
  const kin = kinStamp(reads)
  if (rehomed > 0 || before.kin !== kin || moved.some((id) => KIN_REGISTRIES.includes(id))) await makeKin(connection, reads)
  step('kin')
  return {
    held: { membership: { ...place, persons: await personCounts(connection) }, registries: held, kin },
    copied: whole.map(({ id }) => id),
    updated,
    // Another catalogue asked about relatives: what changed while it did is not known for this one.
    every: whole.length > 0 || before.kin !== kin,
    registries: place.seq === before.membership.seq && persons === 0 ? updated : null,
  }
}

/** Null: the registry has to be copied whole. */
async function updateOne(
  { client, connection, states, reads, file }: Work,
  registry: ReplicatedRegistry,
  was: HeldRegistry,
  rehomed: boolean,
): Promise<HeldRegistry | null> {
  const place = stateOf(states, registry)
  if (was.shape !== shapeOf(registry) || (was.seq === null) !== (place.seq === null)) return null
  const moved = place.seq !== null && was.seq !== null && place.seq !== was.seq
  if (moved && ((was.seq ?? 0) > (place.seq ?? 0) || !(await fewChanged(client, registry, was)))) return null
  const homed = rehomed ? await rehomeRegistry(connection, registry, was) : was
  if (!moved) return homed
  const isLineage = registry.id === 'cspd_lineage'
  const now = await updateRegistry(client, connection, registry, {
    held: homed,
    rowCount: place.rowCount ?? 0,
    file: `${file}.${registry.id}.csv`,
    onTouched: async () => {
      if (isLineage) await noteParents(connection)
    },
  })
  if (now === null) return null
  await connection.run('INSERT INTO changed_home SELECT h.home FROM member_home h SEMI JOIN touched t ON t.person_ref = h.person_ref')
  if (isLineage) await noteParents(connection)
  if (reads.registries.find((read) => read.registry.id === registry.id)?.relativesColumns)
    await connection.run('INSERT INTO changed_relative SELECT person_ref FROM touched')
  return { ...now, ...place }
}
