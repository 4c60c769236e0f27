/** Where a made household competes: in an area, which it is stated to live in, and in a priority tier, by the fewest facts that put it there. */
import { TRUE } from '../../kernel/truth.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import type { Condition } from '../../language/condition/condition.ts'
import { interpret } from '../../language/condition/interpret.ts'
import type { FactType, FactValues } from '../../language/fact-space.ts'
import { unknownValues } from '../../language/fact-space.ts'
import { tiersOf } from './compare-tiers.ts'
import { diagramsOf, orTooLarge, SMALL_EFFORT } from './condition-diagram.ts'
import type { CommonSpace } from './same-space.ts'

export interface MoverPlace {
  /** The fact that quotas go by, and the place of its code. */
  readonly area: { readonly fact: string; readonly code: number } | null
  /** Conditions of the tiers, before and after. */
  readonly tiers: readonly [readonly Condition[], readonly Condition[]]
  /** Place of its tier, on both sides; as many as there are stands for "in none". */
  readonly tier: number
}

export interface StandingThere {
  /** What puts it there, and parameters; nothing else is known. */
  readonly base: FactValues
  /** Slots of the area, whose value is given. */
  readonly area: ReadonlySet<number>
  readonly isThere: (values: FactValues) => boolean
}

/** Everything else that is put into the space has to be in it before. Null where no household was found that is there. */
export function standingThere(
  { area, tiers, tier }: MoverPlace,
  common: CommonSpace,
  catalogues: readonly [Catalogue, Catalogue],
): StandingThere | null {
  const sides = [0, 1] as const
  const conditions = sides.map((side) => tiers[side].map((one) => common.move(one, side)))
  const home = new Set(area ? sides.map((side) => common.slotOf(catalogues[side].facts.get(area.fact) as FactType, side)) : [])
  const base = baseOf(common)
  if (tiers[0].length > 0) {
    const found = householdOf(conditions, tier, common)
    if (!found) return null
    base.lo.set(found.lo)
    base.hi.set(found.hi)
  }
  for (const slot of home) base.lo[slot] = base.hi[slot] = area?.code as number
  const isThere = (values: FactValues): boolean =>
    conditions.every((own) => tierOf(own, values) === tier) && [...home].every((slot) => values.lo[slot] === area?.code)
  if (!isThere(base)) return null
  return { base, area: home, isThere }
}

/** Parameters have their value, nothing else is known. */
function baseOf({ space, domainOf }: CommonSpace): FactValues {
  const unknown = unknownValues(space)
  const values = { lo: unknown.lo.slice(), hi: unknown.hi.slice() }
  space.types.forEach((type, slot) => {
    const { fixed } = domainOf(type)
    if (fixed !== undefined) values.lo[slot] = values.hi[slot] = fixed
  })
  return values
}

/** A smallest household that is in the tier on both sides. */
function householdOf([before = [], after = []]: readonly (readonly Condition[])[], tier: number, { domainOf }: CommonSpace) {
  const made = diagramsOf([...before, ...after], domainOf, SMALL_EFFORT)
  if (!made) return null
  const { of, roots, smallest } = made
  return orTooLarge(() => {
    const [old, young] = [tiersOf(of, roots.slice(0, before.length)), tiersOf(of, roots.slice(before.length))]
    const both = of.smaller(old[tier] as number, young[tier] as number)
    return of.reaches(both, TRUE) ? smallest(both, TRUE).values : null
  })
}

/** Place of the first tier that is met; what is not known is not met. */
function tierOf(conditions: readonly Condition[], values: FactValues): number {
  const place = conditions.findIndex((condition) => interpret(condition, values) === TRUE)
  return place < 0 ? conditions.length : place
}
