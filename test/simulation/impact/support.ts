/** Authoring over a seeded nation with a published run: drafts, their impact, and the worker that measures it. */
import type { Test } from 'tap'
import type { ReadRights } from '../../../src/access/grants/read-rights.ts'
import { reviewProviders } from '../../../src/app/authoring-deps.ts'
import { readSourceStates } from '../../../src/households/registry-state.ts'
import { dayNumber } from '../../../src/kernel/date.ts'
import type { ImpactOutcome } from '../../../src/simulation/impact/impact-outcome.ts'
import { type ImpactRouteDeps, registerImpactRoutes } from '../../../src/simulation/impact/routes.ts'
import { readOutcome } from '../../../src/simulation/impact/told-impact.ts'
import { openLaboratory } from '../../../src/simulation/laboratory.ts'
import { workOnSimulations } from '../../../src/simulation/work-on-simulations.ts'
import { freshness } from '../../households/seeded-warehouse.ts'
import { type Ask, authoringApp, TODAY } from '../../programmes/authoring/support.ts'
import { withEveryFact } from '../../support/granted.ts'
import { keptLog } from '../../targeting/support/seeded-runs.ts'
import { type SeededLaboratory, seededLaboratory } from '../support/seeded-laboratory.ts'

export interface SeededImpacts extends Ask {
  readonly seeded: SeededLaboratory
  readonly deps: ImpactRouteDeps
  /** Facts that somebody of this entity may not see; everything of other entities. */
  readonly withhold: (entity: string, rights: ReadRights) => void
  /** The exact outcome of what was measured last. */
  readonly outcome: () => Promise<ImpactOutcome>
  readonly startWorker: () => Promise<void>
}

export const NOTHING_SEEN: ReadRights = {
  entity: 'none',
  columns: () => new Set(),
  facts: new Set(),
  decideOnly: new Set(),
  rowScope: () => ({ kind: 'none' }),
}
const everything = withEveryFact(NOTHING_SEEN)

export async function seededImpacts(t: Pick<Test, 'teardown' | 'testdir'>, households: number): Promise<SeededImpacts> {
  const seeded = await seededLaboratory(t, households)
  const { database, depsWith } = seeded
  const withheld = new Map<string, ReadRights>()
  const { versions, folder } = depsWith(1)
  const deps: ImpactRouteDeps = { database, versions, folder, rights: async (entity) => withheld.get(entity) ?? everything }
  const registryAges = () => readSourceStates(database.pool, freshness, dayNumber(TODAY) as number)
  const providers = reviewProviders({ ...deps, registryAges, rangesOf: async () => null })
  const ask = await authoringApp(t, database, providers, (app) => registerImpactRoutes(app, deps))
  return {
    ...ask,
    seeded,
    deps,
    withhold: (entity, rights) => void withheld.set(entity, rights),
    outcome: async () => {
      const { rows } = await database.pool.query<{ result: string }>(
        'select result from impact where result is not null order by finished_at desc limit 1',
      )
      return readOutcome(rows[0]?.result as string)
    },
    startWorker: async () => {
      const work = await workOnSimulations({ database, laboratory: openLaboratory(depsWith(1)) }, keptLog())
      t.teardown(() => work.stop())
    },
  }
}
