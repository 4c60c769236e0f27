/** What the catalogue's pages need of the rooms above it: how facts are spread over the latest snapshot, for whoever may know. */
import type { CatalogueRouteDeps } from '../programmes/catalogue/routes.ts'
import { type DistributionDeps, distributionsOf } from '../simulation/distributions/distributions.ts'
import { type DistributionViewing, observedDistribution } from '../simulation/distributions/observed-distribution.ts'

export function catalogueDeps(
  deps: DistributionDeps & Pick<DistributionViewing, 'rights'>,
): Pick<CatalogueRouteDeps, 'distributionOf'> & DistributionViewing {
  const viewing = { distributions: distributionsOf(deps), rights: deps.rights }
  return { ...viewing, distributionOf: (bundle, fact, principal) => observedDistribution(viewing, bundle, fact, principal) }
}
