/** Holds a completed simulation against its manifest, and against what comes out when it is computed again. */
import { check, type Check, differs } from '../kernel/check.ts'
import { sha256 } from '../kernel/canonical.ts'
import { problem } from '../kernel/problem.ts'
import { type PerformDeps, simulationManifest } from './perform-simulation.ts'
import { storedResult } from './result.ts'
import type { SimulationRequest } from './scenario-schema.ts'
import { readSimulation, readSimulationResult } from './simulation-store.ts'

export type SimulationCheck = 'manifest' | 'result' | 'again'

export async function* verifySimulation(
  { database: { pool }, laboratory }: PerformDeps,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<Check<SimulationCheck>> {
  const stored = await readSimulation(pool, id)
  if (!stored) throw problem('simulation-not-found')
  const found = await readSimulationResult(pool, id)
  if (stored.manifest === null || found === null) throw problem('simulation-not-completed', { detail: stored.status })
  const { result, behind } = found
  yield check('manifest', differs('SHA-256', stored.manifestHash, sha256(stored.manifest)))
  const { result: hash, node, versionSet } = JSON.parse(stored.manifest) as Readonly<Record<'result' | 'node' | 'versionSet', string>>
  yield check('result', differs('SHA-256', hash, sha256(result)))
  const request = JSON.parse(stored.request) as SimulationRequest
  const outcome = await laboratory.simulate(request, { onProgress: () => undefined, signal }, versionSet)
  const again = storedResult(outcome)
  yield check('again', [
    ...differs('version set', versionSet, outcome.versionSet),
    ...differs('result', sha256(result), sha256(again.result)),
    ...(behind === null ? [] : differs('households behind it', sha256(behind), sha256(again.behind ?? ''))),
    // Another Node is no difference where the bytes are the same.
    ...(node === process.versions.node
      ? differs('manifest', stored.manifestHash, sha256(simulationManifest(request, outcome, again.result)))
      : []),
  ])
}
