/** What is kept of a run, checked piece by piece against the hashes that its manifest names. */
import type { Database } from '../../db/database.ts'
import { readColumnFile } from '../../households/nation/column-file.ts'
import { readSources } from '../../determinations/determination-store.ts'
import { canonicalJson } from '../../kernel/canonical.ts'
import { check, differs } from '../../kernel/check.ts'
import { problem, Problem } from '../../kernel/problem.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { versionsOf } from '../../programmes/versions-in-force.ts'
import { madeOfOther } from '../run/pinned-inputs.ts'
import { snapshotsFolder } from '../run/run-nation.ts'
import { readInputs, type RunInputs } from '../run/run-inputs.ts'
import { answersInManifest, type ManifestParts } from '../run/run-manifest.ts'
import { openSnapshot, partFiles, type Snapshot } from '../run/snapshot.ts'
import type { RunCheck } from './run-check.ts'

/** Everything that a run is computed from. */
export interface KeptRun {
  readonly bundle: Bundle
  readonly inputs: RunInputs
  readonly snapshot: Snapshot
}

/** Yields the checks and returns what is kept, or null when one of them failed; throws `run-not-kept` when something is gone. */
export async function* keptRun(
  database: Database,
  folder: string,
  manifest: ManifestParts,
  signal: AbortSignal,
): AsyncGenerator<RunCheck, KeptRun | null> {
  const bundle = yield* checked('versions', () => bundleOf(database, manifest.versionSet))
  if (bundle) yield check('versions', [])
  const told = await readSources(database.pool, manifest.sourceSet)
  const answers = canonicalJson(manifest.answers ?? [])
  yield check('sources', told ? differs('answers', answers, canonicalJson(answersInManifest(told))) : [manifest.sourceSet])
  const inputs = yield* checked('inputs', async () => (await readInputs(folder, manifest.inputs)) ?? gone(`inputs ${manifest.inputs}`))
  if (inputs) yield check('inputs', inputsDiffer(manifest, inputs))
  const snapshot = yield* checked(
    'snapshot',
    async () => (await openSnapshot(snapshotsFolder(folder), manifest.snapshot)) ?? gone(`snapshot ${manifest.snapshot}`),
  )
  if (!snapshot) return null
  const { sources } = snapshot.manifest
  yield check('snapshot', [
    ...differs('asOf', manifest.asOf, sources.asOf),
    ...differs('versionSet', manifest.versionSet, sources.versionSet),
    ...(inputs && bundle ? madeOfOther(bundle, inputs, sources) : []),
  ])
  const damaged = await damagedParts(snapshot, signal)
  yield check('parts', damaged)
  return bundle && inputs && damaged.length === 0 ? { bundle, inputs, snapshot } : null
}

/** What is there and not as it was named is a failed check; what is gone stops the verification. */
async function* checked<T>(name: RunCheck['name'], open: () => Promise<T>): AsyncGenerator<RunCheck, T | null> {
  try {
    return await open()
  } catch (error) {
    if (error instanceof Problem && error.code === 'run-not-kept') throw error
    const detail = error instanceof Problem ? (error.parts.detail ?? error.code) : (error as Error).message
    yield check(name, [detail])
    return null
  }
}

/** Compiled anew from the stored texts, each of which is held against its own hash. */
async function bundleOf(database: Database, hash: string): Promise<Bundle> {
  const bundle = await versionsOf(database).byHash(hash)
  if (bundle.hash !== hash) throw new Error(`${hash} ≠ ${bundle.hash}`)
  return bundle
}

const inputsDiffer = ({ asOf, cycle, request }: ManifestParts, inputs: RunInputs): string[] => [
  ...differs('asOf', asOf, inputs.asOf),
  ...differs('cycle', cycle, inputs.cycle),
  ...differs('population', request.population, inputs.population),
  ...differs('registeredBy', request.registeredBy ?? '', inputs.registeredBy ?? ''),
  ...differs('governorates', request.governorates.join(), inputs.governorates.join()),
]

async function damagedParts(snapshot: Snapshot, signal: AbortSignal): Promise<string[]> {
  const damaged: string[] = []
  for (const { path, hash } of partFiles(snapshot)) {
    signal.throwIfAborted()
    // Reading all columns checks the hash of each.
    await readColumnFile(path, hash).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== undefined && error.code !== 'ENOENT') throw error
      damaged.push(error.message)
    })
  }
  return damaged
}

function gone(detail: string): never {
  throw problem('run-not-kept', { detail })
}
