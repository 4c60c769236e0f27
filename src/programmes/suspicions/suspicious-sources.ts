/** Facts of a rule that come from registries whose data are too old, or were never loaded: told where the rule reads them. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { quote } from '../../language/diagnostic-codes.ts'
import type { Bundle } from '../bundle.ts'
import { suspicion } from './suspicion-codes.ts'
import { placesOf } from './told-part.ts'

/** A registry and whether its last value is still used; `stale` and `missing` leave facts unknown. */
export interface RegistryAge {
  readonly registry: string
  readonly state: 'fresh' | 'grace' | 'stale' | 'missing'
}

/** Each fact once in each rule; pointers begin with the rule's name. */
export function suspiciousSources({ catalogue, programmes }: Bundle, asked: readonly string[], ages: readonly RegistryAge[]): Diagnostic[] {
  const stateOf = new Map(ages.map(({ registry, state }) => [registry, state]))
  return programmes.flatMap(({ id, rule: { condition }, ruleRef }) => {
    if (!asked.includes(id)) return []
    const places = placesOf(condition)
    const told = new Set<string>()
    return condition.leaves.flatMap((leaf) => {
      const fact = condition.space.types[leaf.slot]?.id as string
      const old = catalogue.sourcesOf(fact).filter((registry) => ['stale', 'missing'].includes(stateOf.get(registry) ?? 'fresh'))
      if (old.length === 0 || told.has(fact)) return []
      told.add(fact)
      const place = places.get(leaf) as string
      const pointer = `rule/${ruleRef.id}/${ruleRef.version}#${place === leaf.pointer ? `${place}/fact` : place}`
      return suspicion('registry-not-fresh', pointer, {
        en: `${quote(fact)} is computed from ${old.join(', ')}, whose data are too old or not there: it is unknown wherever they decide`,
        ar: `يُحسب ${quote(fact)} من ${old.join('، ')}، وبياناته قديمة أو غير موجودة: فهو غير معلوم حيثما كان الحسم بها`,
      })
    })
  })
}
