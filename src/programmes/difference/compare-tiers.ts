/** Two orders of priority tiers by whom they put where: each change of tier with a smallest household, or the proof that there is none. */
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import type { Condition } from '../../language/condition/condition.ts'
import type { FactValues } from '../../language/fact-space.ts'
import { diagramsOf, SMALL_EFFORT, orTooLarge } from './condition-diagram.ts'
import type { Programme } from '../../language/programme/check.ts'
import type { Diagram, Diagrams } from './diagrams.ts'
import type { DomainOf } from './domain.ts'
import { commonSpace } from './same-space.ts'
import { toldHousehold } from './told-household.ts'

export interface TierSide {
  readonly tiers: Programme['tiers']
  readonly catalogue: Catalogue
}

/** `asOf` is the day number on which parameters have their values. */
export function compareTiersOf(before: TierSide, after: TierSide, asOf: number) {
  const [first] = [...before.tiers, ...after.tiers]
  const common = commonSpace(before.catalogue, after.catalogue, [asOf, asOf], first?.condition.space.name ?? 'household')
  const [old, young] = [before, after].map(({ tiers }, side) => tiers.map(({ condition }) => common.move(condition, side as 0 | 1))) as [
    Condition[],
    Condition[],
  ]
  const changes = compareTiers(old, young, common.domainOf)
  const nameOf = ({ tiers }: TierSide, place: number): string | null => tiers[place]?.name ?? null
  return {
    equivalent: changes && changes.length === 0,
    changes: (changes ?? []).map(({ from, to, values, stated }) => ({
      from: nameOf(before, from),
      to: nameOf(after, to),
      witness: { ...toldHousehold(values, common, after.catalogue), stated },
    })),
  }
}

/** Places in either order; the number of tiers stands for "in none". */
export interface TierChange {
  readonly from: number
  readonly to: number
  readonly values: FactValues
  readonly stated: number
}

/** Null where it was too much to decide. Who is in no tier before and after has not changed. */
export function compareTiers(before: readonly Condition[], after: readonly Condition[], domainOf: DomainOf): readonly TierChange[] | null {
  if (before.length + after.length === 0) return []
  const made = diagramsOf([...before, ...after], domainOf, SMALL_EFFORT)
  if (!made) return null
  const { of, roots, smallest } = made
  return orTooLarge(() => {
    const [old, young] = [tiersOf(of, roots.slice(0, before.length)), tiersOf(of, roots.slice(before.length))]
    return old.flatMap((one, from) =>
      young.flatMap((other, to) => {
        const isSame = from === to || (from === before.length && to === after.length)
        const both = isSame ? FALSE : of.smaller(one, other)
        return of.reaches(both, TRUE) ? [{ from, to, ...smallest(both, TRUE) }] : []
      }),
    )
  })
}

/** Of each tier, and last of none: who is in it. A tier is of whoever meets it and none before it; what is not known is not met. */
export function tiersOf(of: Diagrams, own: readonly Diagram[]): readonly Diagram[] {
  let met: Diagram = FALSE
  const tiers = own.map((root) => {
    const sure = of.sure(root)
    const place = of.smaller(sure, of.not(met))
    met = of.greater(met, sure)
    return place
  })
  return [...tiers, of.not(met)]
}

const FALSE = 0
const TRUE = 2
