/** One run from beginning to end: what it may start with, what it computes, and its publication; whatever stops it is kept with the run. */
import type { Database } from '../../db/database.ts'
import { whenThere } from '../../db/when-there.ts'
import { sourceSet, storeSources } from '../../determinations/determination-store.ts'
import { factsAssembled } from '../../determinations/facts-assembled.ts'
import { statusSlots } from '../../households/enrolled-status.ts'
import { type Freshness, type FreshnessNow, isUsable, readSourceStates } from '../../households/registry-state.ts'
import { canonicalJson } from '../../kernel/canonical.ts'
import { dayNumber, isoOfDay } from '../../kernel/date.ts'
import { newId } from '../../kernel/new-id.ts'
import { type Problem, problem } from '../../kernel/problem.ts'
import { readsOf } from '../../language/catalogue/assembly/reads.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { Versions } from '../../programmes/versions-in-force.ts'
import { holdLock } from '../../jobs/held-lock.ts'
import { dropUnpublished, type PublishRequest, publishRun } from '../lists/publish.ts'
import { publishRankings } from '../rankings/ranking-store.ts'
import { rankingInManifest, rankingsOf } from '../rankings/run-ranking.ts'
import { type Attempt, NotOurs, storeEnd, watchAttempt } from './attempt.ts'
import { governorateCodes, settledBehind } from './decide-snapshot.ts'
import { NATION_LOCK } from './nation-lock.ts'
import { pinnedInputs, pinnedSnapshot } from './pinned-inputs.ts'
import { pruneSnapshots, type Retention } from './prune-snapshots.ts'
import { runFailure } from './run-failure.ts'
import { decideInputs, servedBy } from './run-inputs.ts'
import { answersInManifest, type AskedOfRun, putsInForce, runManifest, undeterminedShares } from './run-manifest.ts'
import { decideAgain, type NationRun, runNation, type RunSettings, type Stage } from './run-nation.ts'
import {
  beginRun,
  type NewRun,
  pinSnapshotSources,
  pinSources,
  pinVersions,
  readRun,
  refuseSuperseded,
  storeRun,
  type StoredRun,
} from './run-store.ts'
import { placeCodesOf } from './unit-places.ts'
import { type JudgedPlaces, judgedPlaces, settleEnrolled, unmetPlaces } from './settle-enrolled.ts'

export interface RunDeps {
  readonly database: Database
  readonly versions: Versions
  readonly freshness: FreshnessNow
  /** Before the warehouse is read: what is too old on the day goes. */
  readonly onBegun?: (asOf: number) => Promise<void>
  readonly timeZone: string
  readonly settings: RunSettings & Retention & { readonly sample: number }
}

/** What a run is asked for. */
export interface RunRequest {
  /** Day number. */
  readonly asOf: number
  readonly cycle: string
  readonly population: 'registrants' | 'residents'
  /** Codes of governorates; empty for all. Lists of some only are published beside those in force. */
  readonly governorates: readonly string[]
  /** Of registrants, those who applied through this entity or whom it reported about; absent for all. As with governorates. */
  readonly registeredBy?: string
  /** Go on although a registry that the run needs is missing or past its grace. */
  readonly despiteRegistries: boolean
  /** Greatest share of undetermined units of any programme, in hundredths. */
  readonly undeterminedPercentMax: number
  readonly actor: string
  readonly entity: string
}

/** The run as it is stored before anybody performs it. */
export function newRun(request: RunRequest): NewRun {
  const { actor, entity, asOf, cycle, ...asked } = request
  return { id: newId(), actor, entity, asOf: isoOfDay(asOf), cycle, request: canonicalJson(asked) }
}

/** Stores the run as queued. */
export async function createRun({ database }: Pick<RunDeps, 'database'>, request: RunRequest): Promise<string> {
  const run = newRun(request)
  await storeRun(database.pool, run)
  return run.id
}

/** `waiting`: another run uses the replica. */
export type RunStage = 'waiting' | Stage | 'publish'
export type OnProgress = (stage: RunStage, done: number, total: number) => void

export interface Performing {
  readonly onProgress: OnProgress
  /** Aborts when this process has to stop. */
  readonly signal: AbortSignal
  /** What becomes of the run then; cancelled unless said otherwise. */
  readonly stopped?: 'cancelled' | 'queued'
}

/** Held by whoever performs the run: two processes never do. */
export const runLock = (id: string): string => `mizan run ${id}`
/** Whoever looks for runs that broke off has the lock for a moment. */
const LOCK_WAIT_MS = 3_000

/** Performs a stored run and returns its manifest's hash; throws what stopped it after that was stored with the run. */
export async function performRun(deps: RunDeps, id: string, performing: Performing): Promise<string> {
  const { pool } = deps.database
  const lock = await holdLock(pool, runLock(id), { waitMs: LOCK_WAIT_MS, signal: performing.signal })
  if (!lock) throw problem('run-in-progress')
  try {
    const manifestHash = await attemptRun(deps, id, performing, lock.lost)
    // What cannot be removed now is no reason to call the run a failure: the next one tries again.
    await pruneSnapshots(deps.database, deps.settings, performing.signal).catch(() => null)
    return manifestHash
  } finally {
    await lock.release()
  }
}

async function attemptRun(
  deps: RunDeps,
  id: string,
  { onProgress, signal, stopped = 'cancelled' }: Performing,
  lost: AbortSignal,
): Promise<string> {
  const { pool } = deps.database
  const attempt = await beginRun(pool, id)
  const stored = await readRun(pool, id)
  if (!stored) throw problem('run-not-found')
  if (attempt === null) {
    if (stored.manifestHash !== null) return stored.manifestHash
    throw problem('run-not-queued')
  }
  const watch = watchAttempt(pool, { id, attempt })
  const progress: OnProgress = (stage, done, total) => {
    watch.tell(stage, done, total)
    onProgress(stage, done, total)
  }
  try {
    return await compute(deps, stored, progress, AbortSignal.any([signal, watch.signal, lost]))
  } catch (error) {
    await watch.stop()
    const outcome = await endOf(deps, { id, attempt }, error, { status: signal.aborted ? stopped : null, lost: lost.aborted })
    if (typeof outcome === 'string') return outcome
    throw outcome
  } finally {
    await watch.stop()
  }
}

/** Stores how an attempt ended: the problem that stopped it, or the manifest's hash when its publication came through after all. */
async function endOf(
  { database }: RunDeps,
  attempt: Attempt,
  error: unknown,
  { status, lost }: { readonly status: 'cancelled' | 'queued' | null; readonly lost: boolean },
): Promise<Problem | string> {
  const { pool } = database
  const failure = lost ? problem('database-unavailable', { retryAfterSeconds: 1 }) : runFailure(error)
  const parts = { problem: failure.code, detail: failure.parts.detail ?? null }
  await storeEnd(pool, attempt, status === null ? { status: 'failed', ...parts } : { status, problem: null, detail: null })
  const now = await readRun(pool, attempt.id).catch(() => null)
  // The answer to its last commit was lost on the way.
  if (now?.status === 'completed' && now.manifestHash !== null) return now.manifestHash
  // Without the lock the unpublished lists may be another attempt's.
  if (!lost) await dropUnpublished(database, attempt.id).catch(() => undefined)
  const isCancelled = now?.status === 'cancelled' || status !== null || error instanceof NotOurs
  return isCancelled ? problem('run-cancelled', { detail: attempt.id }) : failure
}

async function compute(deps: RunDeps, stored: StoredRun, onProgress: OnProgress, signal: AbortSignal): Promise<string> {
  const { database, versions, freshness, onBegun = async () => {} } = deps
  const { pool } = database
  const asked = JSON.parse(stored.request) as AskedOfRun
  if (putsInForce(asked)) await refuseSuperseded(pool, stored.id)
  const asOf = dayNumber(stored.asOf) as number
  const bundle = stored.versionSet === null ? await versions.inForce(asOf) : await versions.byHash(stored.versionSet)
  await pinVersions(pool, stored.id, bundle.hash)
  await onBegun(asOf)
  if (!asked.despiteRegistries) await refuseUnusable(database, bundle, await freshness(), asOf)
  const judging = { stored, asked, bundle }
  const run = await judgedNation(deps, judging, onProgress, signal)
  try {
    return await publishJudged(database, judging, run, onProgress, signal)
  } finally {
    await settledBehind(run.behind)
  }
}

interface Judging {
  readonly stored: StoredRun
  readonly asked: AskedOfRun
  readonly bundle: Bundle
}

/** `hash`: of the inputs. */
type JudgedRun = NationRun & { readonly hash: string; readonly places: readonly JudgedPlaces[] }

async function publishJudged(
  database: Database,
  { stored, asked, bundle }: Judging,
  { hash: inputs, ...run }: JudgedRun,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<string> {
  // Empty lists would take the place of those that families are served by.
  if (run.nation.householdRefs.length === 0) throw problem('run-population-empty', { detail: stored.asOf })
  const [worst] = undeterminedShares(run.nation).toSorted((a, b) => b.percent - a.percent)
  if (worst && worst.percent > asked.undeterminedPercentMax)
    throw problem('run-undetermined-share', { detail: `${worst.programme}: ${worst.undetermined} of ${worst.units}` })
  signal.throwIfAborted()
  onProgress('publish', 0, 1)
  // What households are held against between runs is the whole country.
  const rankings = putsInForce(asked) ? rankingsOf(bundle, run.nation) : []
  const publication: PublishRequest = {
    runId: stored.id,
    attempt: stored.attempt,
    actor: stored.actor,
    entity: stored.entity,
    lists: run.lists,
    behind: run.behind,
    nation: run.nation,
    governorates: governorateCodes(bundle),
    places: placeCodesOf(bundle.catalogue),
    putInForce: putsInForce(asked),
    onPublished: async (client) => {
      if (putsInForce(asked)) await publishRankings(client, stored.id, rankings)
      // Last: nobody settles a question until this is committed.
      await settleEnrolled(client, run.places, { run: stored.id, asOf: stored.asOf, inForce: putsInForce(asked) })
    },
    manifest: runManifest(
      {
        asOf: stored.asOf,
        cycle: stored.cycle,
        request: asked,
        versionSet: bundle.hash,
        sourceSet: sourceSet(run.sources).hash,
        answers: answersInManifest(run.sources),
        snapshot: run.snapshot.hash,
        inputs,
        node: process.versions.node,
      },
      run,
      { rankings: rankings.map(rankingInManifest), unmet: unmetPlaces(run.places) },
    ),
  }
  const manifestHash = await whenThere(() => publishRun(database, publication), { signal })
  onProgress('publish', 1, 1)
  return manifestHash
}

/** The nation's units judged and selected, while no other run touches the replica. */
async function judgedNation(
  deps: RunDeps,
  { stored, asked, bundle }: Judging,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<JudgedRun> {
  const { database, freshness, timeZone, settings } = deps
  const { pool } = database
  const lock = await holdLock(pool, NATION_LOCK, { waitMs: Infinity, signal, onWait: () => onProgress('waiting', 0, 1) })
  // INVARIANT: a lock that is waited for as long as it takes is held.
  if (!lock) throw new Error('the lock of the replica was not waited for')
  try {
    const programmes = programmesEnrolling(bundle)
    const { asOf, cycle } = stored
    const { population, registeredBy = null, governorates } = asked
    const gather = { timeZone, programmes, asOf, cycle, population, registeredBy, governorates, sample: settings.sample }
    const { inputs, hash, answers } = await pinnedInputs(database, settings.folder, stored, gather)
    const request = { ...decideInputs(bundle, inputs), onProgress, signal: AbortSignal.any([signal, lock.lost]) }
    const finished = await pinnedSnapshot(database, settings.folder, stored, bundle, inputs)
    const run = finished
      ? { ...finished, ...(await decideAgain(database, settings, finished.snapshot, request)) }
      : await runNation(database, settings, {
          ...request,
          freshness: await freshness(),
          declared: { answers: await answers(), hash: inputs.declared.hash },
          served: servedBy(bundle, inputs),
          onSources: (sources) => pinSnapshotSources(pool, stored.id, sources),
          onAssembled: async ({ snapshot, sources }) => {
            const pin = { sourceSet: sourceSet(sources).hash, snapshot: snapshot.hash }
            await whenThere(() => storeSources(pool, sources), request)
            await whenThere(() => pinSources(pool, stored.id, pin), request)
          },
        })
    return { ...run, hash, places: judgedPlaces(run.nation, request) }
  } finally {
    await lock.release()
  }
}

/** Those in force, and those whose status is a fact. */
const programmesEnrolling = ({ programmes, catalogue }: Bundle): string[] => [
  ...new Set([...programmes.map(({ id }) => id), ...statusSlots(catalogue).map(({ programme }) => programme)]),
]

/** Registries that facts of the run are read from must be loaded and not past their grace. */
export async function refuseUnusable({ pool }: Database, bundle: Bundle, freshness: readonly Freshness[], asOf: number): Promise<void> {
  const { registries, foundBy } = readsOf(bundle.catalogue, factsAssembled(bundle))
  const needed = new Set([...registries.map(({ registry }) => registry.id), ...foundBy])
  const unusable = (await readSourceStates(pool, freshness, asOf)).filter(({ registry, state }) => needed.has(registry) && !isUsable(state))
  if (unusable.length > 0)
    throw problem('run-registries-unusable', { detail: unusable.map(({ registry, state }) => `${registry} (${state})`).join(', ') })
}
