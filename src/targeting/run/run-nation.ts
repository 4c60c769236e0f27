/** A run from the replica to each programme's list: assemble, or take the snapshot that is there already, then decide. Publishing is somebody else's. */
import { join } from 'node:path'
import { availableParallelism } from 'node:os'
import type { Database } from '../../db/database.ts'
import { declaredAnswersOf } from '../../determinations/determine-household.ts'
import { factsAssembled } from '../../determinations/facts-assembled.ts'
import type { SourceState } from '../../households/assembled.ts'
import type { LatestAnswers } from '../../households/declared-answers.ts'
import type { Served } from '../../households/enrolled-status.ts'
import { withAnswersHeld } from '../../households/nation/answers-held.ts'
import { newElsewhere } from '../../households/nation/elsewhere-columns.ts'
import { refreshReplica } from '../../households/nation/refresh-replica.ts'
import { type Freshness, isUsable, sourceStates } from '../../households/registry-state.ts'
import { isoOfDay } from '../../kernel/date.ts'
import { readsOf } from '../../language/catalogue/assembly/reads.ts'
import { textsOfSet } from '../../programmes/versions-in-force.ts'
import { openReplica, type ReplicaSettings } from '../../warehouse/replica/open-replica.ts'
import { type Decided, type DecideRequest, type DecideStage, decideSnapshot, settledBehind } from './decide-snapshot.ts'
import { ASSEMBLY_FORM, assembleSnapshot, homeRanges, type Snapshot, type SnapshotBase } from './snapshot.ts'
import { type BaseRequest, findBase } from './snapshot-base.ts'
import { servedHash } from './run-inputs.ts'
import { openThreads, type ThreadPool } from './thread-pool.ts'

export interface RunSettings {
  /** Folder of the replica, the snapshots and the inputs. */
  readonly folder: string
  readonly memoryMb: number
  readonly threads: number
}

export type Stage = 'replica' | 'relatives' | 'facts' | DecideStage

/** Facts of a population, and the state of the registries that they come from. */
export interface Assembled {
  readonly snapshot: Snapshot
  readonly sources: readonly SourceState[]
}

export interface NationRequest extends Omit<DecideRequest, 'onProgress'> {
  readonly freshness: readonly Freshness[]
  /** What households declared, and the hash of it. */
  readonly declared: { readonly answers: readonly LatestAnswers[]; readonly hash: string }
  readonly served: Served
  /** Hears which snapshot is worked on, by the hash of its sources, before anything of it is written. */
  readonly onSources: (hash: string) => Promise<void>
  /** Hears of the snapshot before it is judged. */
  readonly onAssembled: (assembled: Assembled) => Promise<void>
  readonly onProgress: (stage: Stage, done: number, total: number) => void
  readonly signal: AbortSignal
}

export type NationRun = Assembled & Decided

export const runThreads = (): number => Math.max(1, Math.min(8, availableParallelism()))
export const snapshotsFolder = (folder: string): string => join(folder, 'snapshots')

/** Brings the replica up to date, assembles what is not there yet, and decides. */
export async function runNation(database: Database, settings: RunSettings, request: NationRequest): Promise<NationRun> {
  const { bundle, asOf, signal, onProgress } = request
  const file = join(settings.folder, 'replica', 'replica.duckdb')
  const writer = await openReplica({ file, memoryMb: settings.memoryMb, threads: settings.threads }, 'write')
  const of = { asOf: isoOfDay(asOf), facts: factsAssembled(bundle), only: request.only }
  const { states, answers, stamp } = await refreshReplica(
    { database, catalogue: bundle.catalogue, connection: writer.connection, file },
    { of, onProgress: (done, total) => onProgress('replica', done, total) },
  ).finally(() => writer.close())
  signal.throwIfAborted()
  const sources = withAnswersHeld(sourceStates(states, request.freshness, asOf), answers)
  const usable = sources.filter(({ state }) => isUsable(state)).map(({ registry }) => registry)
  const declared = new Map(request.declared.answers.map((one) => [one.householdRef, declaredAnswersOf(one)]))
  const perThread = { file, memoryMb: Math.floor(settings.memoryMb / settings.threads), threads: 1 }
  const reader = await openReplica(perThread, 'read')
  const ranges = await homeRanges(reader).finally(() => reader.close())
  const slots = [...readsOf(bundle.catalogue, factsAssembled(bundle)).ofRelatives].flatMap((id) => bundle.catalogue.person.slot(id) ?? [])
  const elsewhere = newElsewhere(bundle.catalogue, slots, ranges.relatives)
  const texts = await textsOfSet(database, bundle.hash)
  const threads = await openThreads(
    settings.threads,
    { bundle: bundle.hash, texts, asOf, assembly: { replica: perThread, usable, elsewhere, served: request.served } },
    signal,
  )
  return behindWhich(threads, async () => {
    const { snapshot, opened } = await assembleSnapshot({
      threads,
      ranges,
      declared,
      snapshots: snapshotsFolder(settings.folder),
      sources: {
        assembly: ASSEMBLY_FORM,
        asOf: isoOfDay(asOf),
        versionSet: bundle.hash,
        replica: stamp,
        usable,
        declared: request.declared.hash,
        served: servedHash(request.served),
      },
      onSources: request.onSources,
      findBase: (made) => nearestBase(database, perThread, { ...settings, ...request, sources: made, answers: request.declared.answers }),
      onProgress,
    })
    // Before anybody else has the replica; what goes on behind the lists outlasts its lock.
    await threads.tell({ kind: 'release' })
    await request.onAssembled({ snapshot, sources })
    return { snapshot, sources, ...(await decideSnapshot(threads, snapshot, request, opened)) }
  })
}

/** The threads end when nothing is at work behind the lists any more, or when there are none. */
async function behindWhich<T extends Decided>(threads: ThreadPool, decide: () => Promise<T>): Promise<T> {
  try {
    const decided = await decide()
    void settledBehind(decided.behind).then(threads.close)
    return decided
  } catch (error) {
    await threads.close()
    throw error
  }
}

async function nearestBase(
  database: Database,
  replica: ReplicaSettings,
  request: Omit<BaseRequest, 'snapshots'>,
): Promise<SnapshotBase | null> {
  const { connection, close } = await openReplica(replica, 'read')
  return findBase(database, connection, { ...request, snapshots: snapshotsFolder(request.folder) }).finally(close)
}

/** Decides on a snapshot that is there, however old: neither replica nor database is asked. */
export async function decideAgain(
  database: Database,
  { threads: count }: Pick<RunSettings, 'threads'>,
  snapshot: Snapshot,
  { signal, ...request }: DecideRequest & Pick<NationRequest, 'signal'>,
): Promise<Decided> {
  const texts = await textsOfSet(database, request.bundle.hash)
  const threads = await openThreads(count, { bundle: request.bundle.hash, texts, asOf: request.asOf, assembly: null }, signal)
  return behindWhich(threads, () => decideSnapshot(threads, snapshot, request))
}
