/** The facts that a set of versions reads: nothing else of a household is assembled to determine it. */
import { slotsOf } from '../language/condition/condition.ts'
import { closureOf } from '../language/catalogue/sql/levels.ts'
import type { Bundle } from './bundle.ts'

const known = new WeakMap<Bundle, ReadonlySet<string>>()

/** Facts of rules, tiers, orders, quotas, benefits and formulas, with all they are computed from. */
export function factsRead(bundle: Bundle): ReadonlySet<string> {
  const found = known.get(bundle) ?? closureOf(bundle.catalogue, [...factsNamed(bundle)])
  known.set(bundle, found)
  return found
}

/** Those that rules, tiers, orders, quotas, benefits and formulas name themselves. */
export function factsNamed({ catalogue, programmes, formulas }: Bundle): Set<string> {
  const ids = new Set<string>()
  for (const { rule, programme } of programmes) {
    for (const condition of [rule.condition, ...programme.tiers.map((tier) => tier.condition)]) {
      for (const slot of slotsOf(condition)) ids.add(condition.space.types[slot]?.id ?? '')
    }
    const { targeting, benefit } = programme.source
    ids.add(benefit.fact)
    if (targeting.quotas) ids.add(targeting.quotas.by)
    for (const key of targeting.order) if (key.by === 'fact') ids.add(key.fact)
  }
  for (const { formula } of formulas) for (const slot of formula.slots) ids.add(catalogue.household.types[slot]?.id ?? '')
  return ids
}
