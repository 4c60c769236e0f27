/** Whom a run was about: those who had applied by its end, or everybody; of some governorates, or of all. */
import type { Database } from '../../db/database.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { governorateCodes, type RunRequest } from '../run/perform-run.ts'
import type { StoredRun } from '../run/run-store.ts'

export interface RunPopulation {
  /** Household references; null for everybody. */
  readonly only: ReadonlySet<number> | null
  /** Indexes of codes; null for all. */
  readonly governorates: ReadonlySet<number> | null
}

export async function populationOf({ pool }: Database, run: StoredRun, bundle: Bundle): Promise<RunPopulation> {
  const asked = JSON.parse(run.request) as Pick<RunRequest, 'population' | 'governorates'>
  const codes = governorateCodes(bundle)
  return {
    only: asked.population === 'registrants' ? await appliedBefore(pool, run.finishedAt) : null,
    governorates: asked.governorates.length > 0 ? new Set(asked.governorates.map((code) => codes.indexOf(code))) : null,
  }
}

async function appliedBefore(pool: Database['pool'], moment: string | null): Promise<ReadonlySet<number>> {
  const { rows } = await pool.query<{ ref: number }>(
    'select distinct household_ref as ref from application where household_ref is not null and received_at <= $1',
    [moment],
  )
  return new Set(rows.map(({ ref }) => ref))
}
