/** Whom a run was about, as its pinned inputs say: registrants of when it began, or everybody; of some governorates, or of all. */
import type { Bundle } from '../../programmes/bundle.ts'
import { problem } from '../../kernel/problem.ts'
import { governorateCodes } from '../run/decide-snapshot.ts'
import type { RunRequest } from '../run/perform-run.ts'
import { readInputs, registrantsOf } from '../run/run-inputs.ts'
import type { StoredRun } from '../run/run-store.ts'

export interface RunPopulation {
  /** Household references; null for everybody. */
  readonly only: ReadonlySet<number> | null
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
let latest: { readonly inputs: string; readonly registrants: ReadonlySet<number> } | null = null

async function keptRegistrants(folder: string, hash: string | null): Promise<ReadonlySet<number>> {
  if (hash !== null && latest?.inputs === hash) return latest.registrants
  const inputs = hash === null ? null : await readInputs(folder, hash)
  if (hash === null || inputs === null) throw problem('run-not-kept')
  latest = { inputs: hash, registrants: registrantsOf(inputs) }
  return latest.registrants
}
