/** Observed distributions of the latest snapshot: each fact counted once per snapshot, in a thread, and kept as long as the snapshot is the latest. */
import { once } from 'node:events'
import { cellSecret } from '../../access/disclosure/cell-keys.ts'
import type { Database } from '../../db/database.ts'
import { readSources } from '../../determinations/determination-store.ts'
import { factsAssembled } from '../../determinations/facts-assembled.ts'
import type { SourceState } from '../../households/assembled.ts'
import { newWorker } from '../../jobs/new-worker.ts'
import { Problem } from '../../kernel/problem.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { Versions } from '../../programmes/versions-in-force.ts'
import type { StoredRun } from '../../targeting/run/run-store.ts'
import { partFiles, type Snapshot } from '../../targeting/run/snapshot.ts'
import { keptRun, nationFolder } from '../baseline.ts'
import type { WantedFact } from './collect.ts'
import type { TallyTask, TallyTold } from './tally-thread.ts'
import type { Tally } from './tally.ts'

export interface DistributionDeps {
  readonly database: Database
  readonly versions: Versions
  readonly dataDirectory: string
  /** Hears why facts could not be counted; they are counted anew when they are next asked for. */
  readonly onError?: (error: unknown) => void
}

/** The snapshot that is counted, and what it was assembled by and from. */
export interface Observed {
  readonly run: Pick<StoredRun, 'id' | 'asOf'>
  readonly snapshot: Snapshot
  readonly bundle: Bundle
  readonly sources: readonly SourceState[]
}

export interface Distributions {
  /** Null before any nation was run, or when its snapshot is no longer kept. */
  readonly observed: () => Promise<Observed | null>
  /** Tallies of those facts that the snapshot holds, as far as they are counted within the time; the others are being counted. */
  readonly tallies: (observed: Observed, facts: readonly string[], waitMs: number) => Promise<ReadonlyMap<string, Tally>>
}

export function distributionsOf(deps: DistributionDeps): Distributions {
  let kept: { readonly snapshot: string; readonly facts: Map<string, Promise<Tally>> } | null = null
  let busy: Promise<unknown> = Promise.resolve()
  const count = (observed: Observed, facts: readonly WantedFact[], into: Map<string, Promise<Tally>>): void => {
    const waiting = new Map(facts.map(({ id }) => [id, deferred<Tally>()]))
    for (const [id, { promise }] of waiting) {
      into.set(id, promise)
      promise.catch(() => into.delete(id))
    }
    // One thread at a time: each reads whole columns of the nation.
    busy = busy.then(() =>
      countApart(deps, observed, facts, ({ fact, tally }) => waiting.get(fact)?.resolve(tally)).catch((error: unknown) => {
        for (const { reject } of waiting.values()) reject(error)
        deps.onError?.(error)
      }),
    )
  }
  return {
    observed: () => latest(deps),
    async tallies(observed, facts, waitMs) {
      if (kept?.snapshot !== observed.snapshot.hash) kept = { snapshot: observed.snapshot.hash, facts: new Map() }
      const { facts: known } = kept
      const missing = facts.filter((id) => !known.has(id)).flatMap((id) => wantedFact(observed.bundle, id) ?? [])
      if (missing.length > 0) count(observed, missing, known)
      const found = new Map<string, Tally>()
      const counted = facts.map(async (id) => {
        const tally = await known.get(id)?.catch(() => undefined)
        if (tally) found.set(id, tally)
      })
      await within(Promise.all(counted), waitMs)
      return new Map(found)
    },
  }
}

/** Undefined for a fact that the snapshot does not hold. */
function wantedFact(bundle: Bundle, id: string): WantedFact | undefined {
  const fact = bundle.catalogue.facts.get(id)
  const slot = fact && bundle.catalogue[fact.entity].slot(id)
  if (!fact || slot === undefined || !isHeld(bundle, id)) return undefined
  const { entity, type, codes, nonNegative } = fact
  return { id, entity, slot, type, codes: codes?.length ?? 0, nonNegative }
}

/** Scores, ranks and outcomes are made of a snapshot and not in it. */
export function isHeld(bundle: Bundle, id: string): boolean {
  const kind = bundle.catalogue.facts.get(id)?.definition.kind
  return kind !== undefined && kind !== 'computed' && kind !== 'programmeStatus' && factsAssembled(bundle).has(id)
}

async function latest({ database, versions, dataDirectory }: DistributionDeps): Promise<Observed | null> {
  try {
    const { run, snapshot } = await keptRun(database, nationFolder(dataDirectory), 'latest')
    const bundle = await versions.byHash(run.versionSet as string)
    return { run, snapshot, bundle, sources: (await readSources(database.pool, run.sourceSet as string)) ?? [] }
  } catch (error) {
    if (error instanceof Problem && (error.code === 'run-not-found' || error.code === 'snapshot-not-kept')) return null
    throw error
  }
}

async function countApart(
  { dataDirectory }: DistributionDeps,
  { snapshot }: Observed,
  facts: readonly WantedFact[],
  hear: (told: TallyTold) => void,
): Promise<void> {
  const files = partFiles(snapshot)
  const parts = snapshot.manifest.parts.map(({ households, persons }, place) => ({
    households,
    persons,
    ...(files[place] as (typeof files)[number]),
  }))
  const task: TallyTask = { parts, facts, secret: await cellSecret(dataDirectory) }
  const worker = newWorker(new URL('./tally-thread', import.meta.url), task)
  // Whoever waits for it has a timer; a service that stops does not.
  worker.unref()
  worker.on('message', hear)
  const [code] = (await once(worker, 'exit')) as [number]
  if (code !== 0) throw new Error(`the counting of facts ended with code ${code}`)
}

async function within(work: Promise<unknown>, milliseconds: number): Promise<void> {
  const { promise, resolve } = deferred<void>()
  const timer = setTimeout(resolve, milliseconds)
  try {
    await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** What Promise.withResolvers gives on later versions of Node. */
function deferred<T>() {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((fulfil, refuse) => ([resolve, reject] = [fulfil, refuse]))
  return { promise, resolve, reject }
}
