/** A page of a list as a reader may see it: where a household has a sheltered member, nothing of it tells where it lives. */
import type { Queryable } from '../../db/queryable.ts'
import { shelteredHouseholds } from '../../households/sheltered-households.ts'
import { type ListedUnit, type ListFilters, listPage } from './list-store.ts'

export interface PageAsked {
  readonly list: number
  readonly filters: ListFilters
  readonly after: number
  readonly limit: number
  readonly mayReadAddresses: boolean
}

/** The rank within the governorate would tell which governorate it is. */
const hidden = { governorate: null, liwa: null, kada: null, branchOffice: null, governorateRank: null } as const

export const withoutPlaces = (unit: ListedUnit): ListedUnit => ({ ...unit, ...hidden })

/** INVARIANT: pages and files of units come through here; an explanation keeps places by `withoutPlaces`. */
export async function shownPage(db: Queryable, { list, filters, after, limit, mayReadAddresses }: PageAsked): Promise<ListedUnit[]> {
  const units = await listPage(db, list, filters, after, limit, !mayReadAddresses)
  if (mayReadAddresses) return units
  const sheltered = await shelteredHouseholds(db, [...new Set(units.map(({ householdRef }) => householdRef))])
  return sheltered.size === 0 ? units : units.map((unit) => (sheltered.has(unit.householdRef) ? withoutPlaces(unit) : unit))
}
