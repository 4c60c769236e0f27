/** What a simulation starts from: a completed run's snapshot and inputs, with the versions that it pinned or those in force on its day. */
import { join } from 'node:path'
import type { Database } from '../db/database.ts'
import { factsAssembled } from '../determinations/facts-assembled.ts'
import { dayNumber } from '../kernel/date.ts'
import { problem } from '../kernel/problem.ts'
import type { Bundle } from '../programmes/bundle.ts'
import type { NumberedText } from '../programmes/compile-bundle.ts'
import { textsOfSet, type Versions } from '../programmes/versions-in-force.ts'
import { decideInputs, readInputs } from '../targeting/run/run-inputs.ts'
import { type AskedOfRun, putsInForce } from '../targeting/run/run-manifest.ts'
import { snapshotsFolder } from '../targeting/run/run-nation.ts'
import { readRun, readRuns, runOfSnapshot, type StoredRun } from '../targeting/run/run-store.ts'
import { openSnapshot, type Snapshot } from '../targeting/run/snapshot.ts'
import type { DecisionRequest } from './decide.ts'
import type { SimulationRequest } from './scenario-schema.ts'
import { type AskedBy, narrowed, type PopulationAsked } from './simulated-population.ts'

export interface BaselineDeps {
  readonly database: Database
  readonly versions: Versions
  /** Where runs keep their snapshots and inputs. */
  readonly folder: string
}

export interface Baseline {
  readonly run: StoredRun
  /** Day number. */
  readonly asOf: number
  readonly snapshot: Snapshot
  readonly bundle: Bundle
  readonly texts: readonly NumberedText[]
  /** Facts that the snapshot holds; of any other nobody's value is known. */
  readonly facts: ReadonlySet<string>
  /** The run's own versions: the snapshot was assembled by them. */
  readonly assembledBy: Bundle
}

export type BaselineAsked = SimulationRequest['baseline']
export type PinnedRequest = SimulationRequest & AskedBy & { readonly baseline: { readonly run: string } }

const RUNS_LOOKED_AT = 100
/** Kinds of text that say which facts there are, and so where each stands in a snapshot. */
const OF_CATALOGUE = new Set(['registry', 'codeLists', 'catalogue'])

/** `versionSet`: the versions that it was compared with before, whatever is in force by now. */
export async function openBaseline(deps: BaselineDeps, asked: BaselineAsked, versionSet: string | null = null): Promise<Baseline> {
  const { database, versions, folder } = deps
  const { run, snapshot } = await startOf(database, folder, asked)
  const asOf = dayNumber(run.asOf) as number
  const assembledBy = await versions.byHash(run.versionSet as string)
  const bundle = asked.versions !== 'inForce' ? assembledBy : versionSet ? await versions.byHash(versionSet) : await versions.inForce(asOf)
  if (catalogueOf(bundle) !== catalogueOf(assembledBy)) throw problem('simulation-catalogue-differs', { pointer: '/baseline/versions' })
  const texts = await textsOfSet(database, bundle.hash)
  return { run, asOf, snapshot, bundle, texts, facts: factsAssembled(assembledBy), assembledBy }
}

/** By a run, by a snapshot that a run read or, for the versions in force alone, by the latest run. */
async function startOf(
  database: Database,
  folder: string,
  { run: id, snapshot: hash, versions }: BaselineAsked,
): Promise<{ readonly run: StoredRun; readonly snapshot: Snapshot }> {
  if (id === undefined && hash === undefined && versions !== 'inForce')
    throw problem('request-invalid', { pointer: '/baseline', expected: 'a run, a snapshot, or versions `inForce`' })
  if (hash === undefined) return keptRun(database, folder, id ?? 'latest', id === undefined ? '/baseline/versions' : '/baseline/run')
  if (id !== undefined) return withSnapshot(await keptRun(database, folder, id), hash)
  const { run, known } = await runOfSnapshot(database.pool, hash)
  const snapshot = run && (await openSnapshot(snapshotsFolder(folder), hash))
  if (run && snapshot) return { run, snapshot }
  throw problem(run ? 'snapshot-not-kept' : known ? 'snapshot-without-run' : 'snapshot-not-found', { pointer: '/baseline/snapshot' })
}

/** A request that names both, as one does that was stored, means that run and that snapshot. */
function withSnapshot<T extends { readonly snapshot: Snapshot }>(kept: T, hash: string): T {
  if (kept.snapshot.hash !== hash) throw problem('snapshot-of-another-run', { pointer: '/baseline/snapshot', expected: kept.snapshot.hash })
  return kept
}

/** The run that is asked for, or the latest of the whole country whose snapshot is kept. */
export async function keptRun(
  { pool }: Database,
  folder: string,
  asked: string,
  pointer = '/baseline/run',
): Promise<{ readonly run: StoredRun; readonly snapshot: Snapshot }> {
  const candidates =
    asked === 'latest' ? (await readRuns(pool, RUNS_LOOKED_AT)).filter(isNational) : [await named(pool, asked)].flatMap((run) => run ?? [])
  for (const run of candidates) {
    const snapshot = run.snapshot === null ? null : await openSnapshot(snapshotsFolder(folder), run.snapshot)
    if (snapshot) return { run, snapshot }
  }
  throw problem(candidates.length > 0 ? 'snapshot-not-kept' : 'run-not-found', { pointer })
}

/** Lists of a part of the country, or of one entity's registrants, are nobody's latest baseline. */
const isNational = ({ status, request }: StoredRun): boolean =>
  status === 'completed' && putsInForce(JSON.parse(request) as Partial<AskedOfRun>)

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

async function named(pool: Database['pool'], asked: string): Promise<StoredRun | null> {
  if (!UUID.test(asked)) throw problem('request-invalid', { pointer: '/baseline/run', expected: 'the id of a run, or latest' })
  const run = await readRun(pool, asked)
  if (run && run.status !== 'completed') throw problem('run-not-published', { pointer: '/baseline/run' })
  return run
}

export const catalogueOf = ({ versions }: Bundle): string =>
  versions
    .filter(({ kind }) => OF_CATALOGUE.has(kind))
    .map(({ kind, id, hash }) => `${kind}/${id}/${hash}`)
    .toSorted()
    .join()

/** The run's own inputs, narrowed to whom the simulation is about. */
export async function decisionInputs(
  { folder }: Pick<BaselineDeps, 'folder'>,
  { run, bundle }: Baseline,
  asked: PopulationAsked,
): Promise<Omit<DecisionRequest, 'onProgress' | 'signal'>> {
  const inputs = run.inputs === null ? null : await readInputs(folder, run.inputs)
  if (!inputs) throw problem('run-not-kept', { pointer: '/baseline/run' })
  return narrowed(decideInputs(bundle, inputs), inputs, asked, bundle)
}

/** Whatever named the baseline when it was asked for, the run that it was then is named from now on. */
export const pinned = (request: SimulationRequest, { run }: Pick<Baseline, 'run'>, by: AskedBy = {}): PinnedRequest => ({
  ...request,
  ...by,
  baseline: { ...request.baseline, run: run.id },
})

export const nationFolder = (dataDirectory: string): string => join(dataDirectory, 'nation')
