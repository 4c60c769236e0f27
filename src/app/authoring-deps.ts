/** What authoring shows that lies in rooms above it: impact on the nation, and warnings of registries' data and the latest snapshot. */
import type { Database } from '../db/database.ts'
import { dayNumber } from '../kernel/date.ts'
import { Problem } from '../kernel/problem.ts'
import type { Asker, ReviewProviders } from '../programmes/authoring/changes/review-change.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { compareBundles } from '../programmes/difference/compare-rules.ts'
import { type ObservedRanges, suspiciousRanges, thresholdFacts } from '../programmes/suspicions/suspicious-ranges.ts'
import { type RegistryAge, suspiciousSources } from '../programmes/suspicions/suspicious-sources.ts'
import { unmetParts } from '../programmes/suspicions/unmet-parts.ts'
import { type AskDeps, askImpact, keptImpact } from '../simulation/impact/ask-impact.ts'
import { impactAnswer, readOutcome } from '../simulation/impact/told-impact.ts'

export interface AuthoringDeps extends AskDeps {
  readonly database: Database
  /** How old each registry's data are today. */
  readonly registryAges: () => Promise<readonly RegistryAge[]>
  /** How far facts were observed to reach, as far as the asker may know; null where nothing was. */
  readonly rangesOf: (bundle: Bundle, facts: readonly string[], asker: Asker) => Promise<ObservedRanges | null>
}

export const reviewProviders = (deps: AuthoringDeps): ReviewProviders => ({
  differenceOf: compareBundles,
  impactOf: impactOf(deps),
  suspicionsOf: async ({ effectiveFrom, author, checked, asker }) => {
    const { bundle, programmes } = checked
    if (!bundle) return []
    const ranges = await deps.rangesOf(bundle, thresholdFacts(bundle, programmes), asker)
    const kept = await keptImpact(deps, { effectiveFrom, checked, entity: author.entity })
    const outcome = kept?.result ? readOutcome(kept.result) : null
    return [
      ...suspiciousSources(bundle, programmes, await deps.registryAges()),
      ...(ranges ? suspiciousRanges(bundle, programmes, ranges, dayNumber(effectiveFrom) as number) : []),
      ...(outcome ? unmetParts(outcome.unmet, outcome.asOf) : []),
    ]
  },
})

/** Never waits: what is not measured yet says where it will be. What stands in the way is told, and does not keep the review from being read. */
const impactOf =
  (deps: AuthoringDeps): ReviewProviders['impactOf'] =>
  async ({ changeSet, effectiveFrom, author, checked }, viewer) => {
    const follow = `/v1/change-sets/${changeSet}/impact`
    if (!viewer.permissions.has('simulations:read')) return { status: 'not-shown', problem: 'permission-missing', follow }
    try {
      const asker = { actor: viewer.id, entity: viewer.entity, audit: viewer.audit }
      return { ...impactAnswer(await askImpact(deps, { effectiveFrom, checked, entity: author.entity }, asker), false), follow }
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return { status: 'not-computable', problem: error.code, errors: error.parts.errors ?? null, follow }
    }
  }
