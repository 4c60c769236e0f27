/** A page of a list as a reader may see it: where a household has a sheltered member, nothing of it tells where it lives, nor is it found by that. */
import type { Queryable } from '../../db/queryable.ts'
import { shelteredHouseholds } from '../../households/sheltered-households.ts'
import { type ListedUnit, type ListFilters, type ListHeader, listPage } from './list-store.ts'

export type ShownList = Pick<ListHeader, 'number' | 'ofGovernorates'>

export interface PageAsked {
  readonly list: ShownList
  readonly filters: ListFilters
  readonly after: number
  readonly limit: number
  readonly mayReadAddresses: boolean
}

/** The rank within the governorate would tell which governorate it is. */
const hidden = { governorate: null, liwa: null, kada: null, branchOffice: null, governorateRank: null } as const

export const withoutPlaces = (unit: ListedUnit): ListedUnit => ({ ...unit, ...hidden })

/** Filters by where a unit lives: they must not find whom the page then does not place. A list of some governorates is such a filter. */
const BY_ADDRESS: readonly (keyof ListFilters)[] = ['governorate', 'liwa', 'kada', 'branchOffice']

/** INVARIANT: pages and files of units come through here; an explanation keeps places by `withoutPlaces` and passes over units by `isKeptFrom`. */
export async function shownPage(db: Queryable, { list, filters, after, limit, mayReadAddresses }: PageAsked): Promise<ListedUnit[]> {
  if (mayReadAddresses) return listPage(db, list.number, filters, after, limit)
  const isByAddress = list.ofGovernorates || BY_ADDRESS.some((name) => filters[name] !== undefined)
  const units = await listPage(db, list.number, filters, after, limit, isByAddress)
  const sheltered = await shelteredHouseholds(db, [...new Set(units.map(({ householdRef }) => householdRef))])
  return sheltered.size === 0 ? units : units.map((unit) => (sheltered.has(unit.householdRef) ? withoutPlaces(unit) : unit))
}

/** Whether a list is about a place and the household is one whose place is kept: whatever is said of it there, that it is not listed or was not looked at too, would tell where it lives. */
export async function isKeptFrom(
  db: Queryable,
  { ofGovernorates }: ShownList,
  householdRef: number,
  mayReadAddresses: boolean,
): Promise<boolean> {
  return ofGovernorates && !mayReadAddresses && (await shelteredHouseholds(db, [householdRef])).size > 0
}
