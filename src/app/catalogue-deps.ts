/** What the catalogue's pages need of the rooms above it: how facts are spread over the latest snapshot, for whoever may know. */
import type { DraftRouteDeps } from '../programmes/authoring/drafts/routes.ts'
import type { CatalogueRouteDeps } from '../programmes/catalogue/routes.ts'
import { observedRanges } from '../simulation/distributions/observed-ranges.ts'
import { type DistributionDeps, distributionsOf } from '../simulation/distributions/distributions.ts'
import { type DistributionViewing, observedDistribution } from '../simulation/distributions/observed-distribution.ts'

export function catalogueDeps(
  deps: DistributionDeps & Pick<DistributionViewing, 'rights'>,
): Pick<CatalogueRouteDeps, 'distributionOf'> & Pick<DraftRouteDeps, 'rangesOf'> {
  const viewing = { distributions: distributionsOf(deps), rights: deps.rights }
  return {
    distributionOf: (bundle, fact, principal) => observedDistribution(viewing, bundle, fact, principal),
    rangesOf: (bundle, facts, principal) => observedRanges(viewing, bundle, facts, principal),
  }
}
