/** Where one household stands in a run, as its rules read it: known only there, because a rank is among others. */
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import type { FactValues } from '../language/fact-space.ts'
import { rankSlots } from './bulk/rank-slots.ts'

/** By one formula; 0 where it has no point score. */
export interface HouseholdStanding {
  readonly rank: number
  readonly percentile: number
}

/** Sets rank and percentile in place; unknown where the household stands nowhere. */
export function setStanding(catalogue: Catalogue, { lo, hi }: FactValues, standing: HouseholdStanding | null | undefined): void {
  for (const { kind, slot } of rankSlots(catalogue)) {
    const place = standing?.[kind] ?? 0
    lo[slot] = place === 0 ? -Infinity : place
    hi[slot] = place === 0 ? Infinity : place
  }
}
