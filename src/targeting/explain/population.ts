/** Whom a run was about, as its pinned inputs say: registrants of when it began, or everybody; of some governorates, or of all. */
import { once } from 'node:events'
import { newWorker } from '../../jobs/new-worker.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { problem } from '../../kernel/problem.ts'
import { governorateCodes } from '../run/decide-snapshot.ts'
import type { RunRequest } from '../run/perform-run.ts'
import type { StoredRun } from '../run/run-store.ts'
import type { PopulationRead, PopulationStart } from './population-thread.ts'

export interface RunPopulation {
  /** Household references, ascending; null for everybody. */
  readonly only: Float64Array | null
  /** Indexes of codes; null for all. */
  readonly governorates: ReadonlySet<number> | null
}

/** `folder` is where runs keep their snapshots and inputs. */
export async function populationOf(folder: string, run: StoredRun, bundle: Bundle): Promise<RunPopulation> {
  const asked = JSON.parse(run.request) as Pick<RunRequest, 'population' | 'governorates'>
  const codes = governorateCodes(bundle)
  return {
    only: asked.population === 'registrants' ? await keptRegistrants(folder, run.inputs) : null,
    governorates: asked.governorates.length > 0 ? new Set(asked.governorates.map((code) => codes.indexOf(code))) : null,
  }
}

/** The latest that were asked for: the file of a nation is large, and questions about one run come together. */
let latest: { readonly inputs: string; readonly registrants: Promise<Float64Array> } | null = null

function keptRegistrants(folder: string, inputs: string | null): Promise<Float64Array> {
  if (inputs === null) throw problem('run-not-kept')
  if (latest?.inputs === inputs) return latest.registrants
  const asked = { inputs, registrants: readApart({ folder, inputs }) }
  latest = asked
  // What failed is asked again.
  asked.registrants.catch(() => {
    if (latest === asked) latest = null
  })
  return asked.registrants
}

/** By a thread: half a second of parsing is half a second in which a service answers nobody. */
async function readApart(start: PopulationStart): Promise<Float64Array> {
  const worker = newWorker(new URL('./population-thread', import.meta.url), start)
  try {
    const [{ registrants, isChanged }] = (await once(worker, 'message')) as [PopulationRead]
    if (isChanged) throw problem('run-inputs-changed', { detail: start.inputs })
    if (registrants === null) throw problem('run-not-kept')
    return registrants
  } finally {
    await worker.terminate()
  }
}

/** `refs`: ascending. */
export function isAmong(refs: Float64Array, ref: number): boolean {
  let [low, high] = [0, refs.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((refs[middle] as number) < ref) low = middle + 1
    else high = middle
  }
  return refs[low] === ref
}
