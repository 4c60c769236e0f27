/** How far facts were observed to reach, for a check of thresholds: of facts whose distribution the asker may know, and no others. */
import type { Principal } from '../../access/principal.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { ObservedRanges } from '../../programmes/suspicions/suspicious-ranges.ts'
import { isHeld } from './distributions.ts'
import { type DistributionViewing, isSameKind } from './observed-distribution.ts'
import { maySeeDistribution } from './who-may-see.ts'

/** Facts that are not counted yet by then are named, and told at the next check. */
const WAIT_MS = 2_000

type Known = Pick<Bundle, 'catalogue'>

export interface CheckedCatalogues {
  /** Everything in force with the drafts put in. */
  readonly draft: Known
  readonly inForce: () => Promise<Known>
}

/** Null where no nation was run. A draft may call a fact open, or a parameter: what was observed is told by what the fact was and is. */
export async function observedRanges(
  { distributions, rights }: DistributionViewing,
  { draft: { catalogue }, inForce }: CheckedCatalogues,
  facts: readonly string[],
  asker: Pick<Principal, 'entity' | 'permissions'>,
): Promise<ObservedRanges | null> {
  if (facts.length === 0) return null
  const own = await rights(asker.entity)
  const observed = await distributions.observed()
  if (!observed) return null
  const { bundle, run } = observed
  const judges = [catalogue, bundle.catalogue, (await inForce()).catalogue]
  const known = facts.filter((id) => {
    const fact = bundle.catalogue.facts.get(id)
    return (
      fact &&
      isHeld(bundle, id) &&
      isSameKind(fact, catalogue.facts.get(id)) &&
      judges.every((one) => maySeeDistribution(one, id, own, asker))
    )
  })
  const tallies = await distributions.tallies(observed, known, WAIT_MS)
  return {
    asOf: run.asOf,
    reach: new Map(
      known.flatMap((id) => (tallies.get(id)?.reach ? [[id, tallies.get(id)?.reach as { low: number; high: number }] as const] : [])),
    ),
    counting: known.filter((id) => !tallies.has(id)),
  }
}
