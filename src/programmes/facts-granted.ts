/** Which facts a programme uses, and which of them its agency was not granted: no rule comes into force until each is. */
import type { ReadRights } from '../access/grants/read-rights.ts'
import { rightsOn } from '../access/grants/rights-of.ts'
import type { Queryable } from '../db/queryable.ts'
import { readsOf } from '../language/catalogue/assembly/reads.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import { closureOf } from '../language/catalogue/sql/levels.ts'
import { slotsOf } from '../language/condition/condition.ts'
import type { GrantMissing, GrantsMissing } from './authoring/changes/activate-change.ts'
import { type Bundle, type CompiledProgramme, programmeOf } from './bundle.ts'

/** Facts that the rule, the tiers, the order, the quotas and the benefit name. The formula is the nation's, and its score a fact like others. */
export function factsUsed({ rule, programme }: CompiledProgramme): ReadonlySet<string> {
  const { targeting, benefit } = programme.source
  const conditions = [rule.condition, ...programme.tiers.map((tier) => tier.condition)]
  return new Set([
    ...conditions.flatMap((condition) => slotsOf(condition).flatMap((slot) => condition.space.types[slot]?.id ?? [])),
    benefit.fact,
    ...(targeting.quotas ? [targeting.quotas.by] : []),
    ...targeting.order.flatMap((key) => (key.by === 'fact' ? [key.fact] : [])),
  ])
}

/** Facts of the programme that its agency holds no grant for, by the rights of a day. */
export function factsNotGranted({ catalogue }: Bundle, compiled: CompiledProgramme, rights: ReadRights): string[] {
  return [...factsUsed(compiled)].filter((fact) => !mayBeUsed(catalogue, rights, fact)).toSorted()
}

export const grantsMissingIn =
  (db: Queryable): GrantsMissing =>
  async (bundle, programmes, day) => {
    const missing: GrantMissing[] = []
    const byAgency = new Map<string, ReadRights>()
    for (const id of programmes) {
      const compiled = programmeOf(bundle, id)
      if (!compiled) continue
      const { agency } = compiled.programme.source
      const rights = byAgency.get(agency) ?? (await rightsOn(db, agency, day))
      byAgency.set(agency, rights)
      missing.push(...factsNotGranted(bundle, compiled, rights).map((fact) => ({ programme: id, agency, fact })))
    }
    return missing
  }

/** Whether a rule may use it: granted itself, for use or for sight; public; or computed of nothing but granted columns. */
function mayBeUsed(catalogue: Catalogue, { facts, decideOnly, columns }: ReadRights, fact: string): boolean {
  if (facts.has(fact) || decideOnly.has(fact)) return true
  const kinds = catalogue.baseFactsOf(fact).map((base) => catalogue.facts.get(base)?.definition.kind)
  // Parameters are published with their sources.
  if (kinds.every((kind) => kind === 'parameter')) return kinds.length > 0
  if (!kinds.every((kind) => kind === 'parameter' || kind === 'column' || kind === 'aggregate')) return false
  const { registries, anywhere, within } = readsOf(catalogue, closureOf(catalogue, [fact]))
  // Who a person's relatives are is nobody's column alone.
  if (anywhere.length > 0 || within.length > 0) return false
  return registries.every((read) => read.columns.every(({ name }) => columns(read.registry.id).has(name)))
}
