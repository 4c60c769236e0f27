/** What the catalogue's pages and the check need of the rooms above them: how facts are spread over the latest snapshot, and what a draft would cost. */
import type { AuthoringDeps } from './authoring-deps.ts'
import type { FreshnessNow } from '../households/registry-state.ts'
import { limitedSlots } from '../kernel/limited-slots.ts'
import type { CatalogueRouteDeps } from '../programmes/catalogue/routes.ts'
import { type DistributionDeps, distributionsOf } from '../simulation/distributions/distributions.ts'
import { type DistributionViewing, observedDistribution } from '../simulation/distributions/observed-distribution.ts'
import { observedRanges } from '../simulation/distributions/observed-ranges.ts'
import { factCost } from '../simulation/fact-cost/fact-cost.ts'

export function catalogueDeps(
  deps: DistributionDeps &
    Pick<DistributionViewing, 'rights'> & { readonly freshness: FreshnessNow; readonly today: () => Promise<number> },
): Pick<CatalogueRouteDeps, 'distributionOf' | 'costOf'> & Pick<AuthoringDeps, 'rangesOf'> {
  const { database, versions, freshness, rights, today } = deps
  const distributions = distributionsOf(deps)
  const viewing = { distributions, rights }
  const inForce = async () => versions.inForce(await today())
  const measuring = { database, versions, freshness, distributions, slots: limitedSlots(1, 'facts are being timed') }
  return {
    distributionOf: (bundle, fact, principal) => observedDistribution(viewing, bundle, fact, principal),
    rangesOf: (draft, facts, asker) => observedRanges(viewing, { draft, inForce }, facts, asker),
    costOf: async (request, { entity }) => factCost(measuring, { ...request, rights: await rights(entity) }),
  }
}
