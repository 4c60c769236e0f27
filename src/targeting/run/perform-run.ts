/** One run from beginning to end: what it may start with, what it computes, and its publication; whatever stops it is kept with the run. */
import type { Database } from '../../db/database.ts'
import { storeSources } from '../../determinations/determination-store.ts'
import { sourceSet } from '../../determinations/determination-store.ts'
import { factsAssembled } from '../../determinations/facts-assembled.ts'
import { type Freshness, isUsable, readSourceStates } from '../../households/registry-state.ts'
import { canonicalJson } from '../../kernel/canonical.ts'
import { dayNumber, isoOfDay } from '../../kernel/date.ts'
import { newId } from '../../kernel/new-id.ts'
import { Problem, problem } from '../../kernel/problem.ts'
import { UNKNOWN } from '../../kernel/truth.ts'
import { readsOf } from '../../language/catalogue/assembly/reads.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { Versions } from '../../programmes/versions-in-force.ts'
import { publishRun } from '../lists/publish.ts'
import { type NationRun, runNation, type RunSettings, type Stage } from './run-nation.ts'
import {
  applicationDates,
  failRun,
  pinSources,
  readRun,
  registrants,
  startRun,
  storeProgress,
  storeRun,
  type StoredRun,
} from './run-store.ts'

export interface RunDeps {
  readonly database: Database
  readonly versions: Versions
  readonly freshness: readonly Freshness[]
  readonly timeZone: string
  readonly settings: RunSettings & { readonly sample: number }
}

/** What a run is asked for. */
export interface RunRequest {
  /** Day number. */
  readonly asOf: number
  readonly cycle: string
  readonly population: 'registrants' | 'residents'
  /** Codes of governorates; empty for all. */
  readonly governorates: readonly string[]
  /** Go on although a registry that the run needs is missing or past its grace. */
  readonly despiteRegistries: boolean
  /** Greatest share of undetermined units of any programme, in hundredths. */
  readonly undeterminedPercentMax: number
  readonly actor: string
  readonly entity: string
}

/** Stores the run as queued. */
export async function createRun({ database }: Pick<RunDeps, 'database'>, request: RunRequest): Promise<string> {
  const id = newId()
  const { actor, entity, asOf, cycle, ...asked } = request
  await storeRun(database.pool, { id, actor, entity, asOf: isoOfDay(asOf), cycle, request: canonicalJson(asked) })
  return id
}

type Asked = Pick<RunRequest, 'population' | 'governorates' | 'despiteRegistries' | 'undeterminedPercentMax'>

/** Performs a stored run; throws what stopped it after that was stored with the run. */
export async function performRun(
  deps: RunDeps,
  id: string,
  {
    onProgress,
    signal,
  }: { readonly onProgress: (stage: Stage | 'publish', done: number, total: number) => void; readonly signal: AbortSignal },
): Promise<string> {
  const { pool } = deps.database
  const stored = await readRun(pool, id)
  if (!stored) throw problem('run-not-found')
  let told = 0
  const progress = (stage: Stage | 'publish', done: number, total: number): void => {
    onProgress(stage, done, total)
    if (performance.now() - told < TELL_EVERY_MS) return
    told = performance.now()
    // A lost line of progress is no reason to lose the run.
    storeProgress(pool, id, stage, done, total).catch(() => undefined)
  }
  try {
    return await compute(deps, stored, progress, signal)
  } catch (error) {
    const [code, detail] =
      error instanceof Problem
        ? [error.code, error.parts.detail ?? null]
        : ['internal-error', error instanceof Error ? error.message : null]
    await failRun(pool, id, signal.aborted ? 'cancelled' : 'failed', code, detail).catch(() => undefined)
    throw error
  }
}

const TELL_EVERY_MS = 500

async function compute(
  deps: RunDeps,
  stored: StoredRun,
  onProgress: (stage: Stage | 'publish', done: number, total: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const { database, versions, freshness, timeZone, settings } = deps
  const { pool } = database
  const asked = JSON.parse(stored.request) as Asked
  const asOf = dayNumber(stored.asOf) as number
  const bundle = stored.versionSet === null ? await versions.inForce(asOf) : await versions.byHash(stored.versionSet)
  await startRun(pool, stored.id, bundle.hash)
  if (!asked.despiteRegistries) await refuseUnusable(database, bundle, freshness, asOf)
  const codes = bundle.catalogue.household.types[bundle.catalogue.household.slot('governorate') ?? -1]?.codes ?? []
  const dates = await applicationDates(database, timeZone)
  const run = await runNation(database, settings, {
    bundle,
    freshness,
    asOf,
    cycle: stored.cycle,
    applicationDates: new Map(dates.map(({ householdRef, day }) => [householdRef, dayNumber(day) as number])),
    enrolled: new Map(),
    only: asked.population === 'registrants' ? await registrants(database) : null,
    governorates: asked.governorates.length > 0 ? new Set(asked.governorates.map((code) => codes.indexOf(code))) : null,
    sample: settings.sample,
    onProgress,
    signal,
  })
  const undetermined = undeterminedShares(run)
  const [worst] = undetermined.toSorted((a, b) => b.percent - a.percent)
  if (worst && worst.percent > asked.undeterminedPercentMax)
    throw problem('run-undetermined-share', { detail: `${worst.programme}: ${worst.undetermined} of ${worst.units}` })
  await storeSources(pool, run.sources)
  await pinSources(pool, stored.id, { sourceSet: sourceSet(run.sources).hash, snapshot: run.snapshot.hash })
  signal.throwIfAborted()
  onProgress('publish', 0, 1)
  const manifestHash = await publishRun(database, {
    runId: stored.id,
    actor: stored.actor,
    entity: stored.entity,
    lists: run.lists,
    nation: run.nation,
    governorates: codes,
    manifest: {
      asOf: stored.asOf,
      cycle: stored.cycle,
      request: asked,
      versionSet: bundle.hash,
      sourceSet: sourceSet(run.sources).hash,
      snapshot: run.snapshot.hash,
      households: run.nation.householdRefs.length,
      persons: run.nation.personRefs.length,
      sampled: run.sampled,
      undetermined,
      node: process.versions.node,
    },
  })
  onProgress('publish', 1, 1)
  return manifestHash
}

/** Registries that facts of the run are read from must be loaded and not past their grace. */
async function refuseUnusable({ pool }: Database, bundle: Bundle, freshness: readonly Freshness[], asOf: number): Promise<void> {
  const { registries, foundBy } = readsOf(bundle.catalogue, factsAssembled(bundle))
  const needed = new Set([...registries.map(({ registry }) => registry.id), ...foundBy])
  const unusable = (await readSourceStates(pool, freshness, asOf)).filter(({ registry, state }) => needed.has(registry) && !isUsable(state))
  if (unusable.length > 0)
    throw problem('run-registries-unusable', { detail: unusable.map(({ registry, state }) => `${registry} (${state})`).join(', ') })
}

/** By programme: units whose rule stays undetermined, of all that were judged. */
function undeterminedShares({
  nation,
}: NationRun): { readonly programme: string; readonly units: number; readonly undetermined: number; readonly percent: number }[] {
  return nation.programmes.map(({ programme, truth }) => {
    let undetermined = 0
    for (const one of truth) if (one === UNKNOWN) undetermined++
    return {
      programme,
      units: truth.length,
      undetermined,
      percent: truth.length === 0 ? 0 : Math.ceil((100 * undetermined) / truth.length),
    }
  })
}
