/** Of two sets of versions: for each programme whose rule decides otherwise, a made household for each kind of change, with both explanations. */
import type { Bundle } from '../bundle.ts'
import { programmeOf } from '../bundle.ts'
import type { Effort } from './condition-diagram.ts'
import { LARGE_EFFORT } from './condition-diagram.ts'
import { differenceByDiagrams } from './difference.ts'
import { inSameSpace } from './same-space.ts'
import { toldDifference } from './told-difference.ts'

export interface ProgrammeWitnesses {
  readonly programme: string
  /** Null where the rules are too large to be compared so. */
  readonly difference: ReturnType<typeof toldDifference> | null
}

/**
 * By diagrams only, within an effort and not a time: the same versions come to the same witnesses, on whatever machine. Made from the two rules, never from
 * a family. Programmes whose rules decide alike, and those that one side lacks, are not in it. That rules differ is proven only where no definition binds
 * the facts that they read. `asOf`: day number.
 */
export function witnessProgrammes(before: Bundle, after: Bundle, asOf: number, effort: Effort = LARGE_EFFORT): ProgrammeWitnesses[] {
  const sameMeaning = meaningOf(before) === meaningOf(after)
  return after.programmes.flatMap(({ id, rule, ruleRef }): ProgrammeWitnesses[] => {
    const old = programmeOf(before, id)
    if (!old || (sameMeaning && old.ruleRef.hash === ruleRef.hash)) return []
    const { catalogue, definitions } = after
    const sides = inSameSpace({ condition: old.rule.condition, catalogue: before.catalogue }, { condition: rule.condition, catalogue }, [
      asOf,
      asOf,
    ])
    const difference = differenceByDiagrams(sides.before, sides.after, sides.domainOf, effort)
    if (difference?.equivalent === true) return []
    // No solver is asked here, so where definitions bind the facts these may rule out every household that was found.
    const isProven = difference === null || sides.links().slots.length === 0
    const told = isProven ? difference : { ...difference, equivalent: null }
    return [{ programme: id, difference: told && toldDifference(told, { ...sides, catalogue, definitions, asOf }) }]
  })
}

/** Texts by which one rule can mean two things. */
const meaningOf = ({ versions }: Bundle): string =>
  versions
    .filter(({ kind }) => kind !== 'rule' && kind !== 'formula' && kind !== 'programme')
    .map(({ kind, id, hash }) => `${kind}/${id}/${hash}`)
    .toSorted()
    .join()
