/** Traits of a unit that its list can be filtered by: the filter and the value, as text. */
import type { ListedUnit, ListFilters } from './list-store.ts'

/** All filters but the household's, whose units are found by its reference. */
export type TraitFilter = Exclude<keyof ListFilters, 'householdRef' | 'percentileFrom' | 'percentileTo'> | 'percentile'

export const traitOf = (filter: TraitFilter, value: string | number | boolean): string => `${filter}:${value}`

const ONE_BY_ONE = ['governorate', 'liwa', 'kada', 'branchOffice', 'status', 'tier', 'dependsOnMissing', 'missingFact'] as const

/** A unit passes the filters that has one trait of each of these lists. */
export function traitsWanted(filters: ListFilters): string[][] {
  const wanted = ONE_BY_ONE.flatMap((filter) => {
    const value = filters[filter]
    return value === undefined ? [] : [[traitOf(filter, value)]]
  })
  const { percentileFrom, percentileTo } = filters
  if (percentileFrom === undefined && percentileTo === undefined) return wanted
  const [from, to] = [percentileFrom ?? 1, percentileTo ?? 100]
  return [...wanted, Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => traitOf('percentile', from + index))]
}

/** Whether a unit passes all filters: what its row says, whatever its traits do. */
export function passes(unit: ListedUnit, filters: ListFilters): boolean {
  const { percentileFrom, percentileTo, missingFact, householdRef } = filters
  const isAsked = (['governorate', 'liwa', 'kada', 'branchOffice', 'status', 'tier', 'dependsOnMissing'] as const).every(
    (name) => filters[name] === undefined || unit[name] === filters[name],
  )
  return (
    isAsked &&
    (householdRef === undefined || unit.householdRef === householdRef) &&
    (percentileFrom === undefined || (unit.percentile !== null && unit.percentile >= percentileFrom)) &&
    (percentileTo === undefined || (unit.percentile !== null && unit.percentile <= percentileTo)) &&
    (missingFact === undefined || (unit.dependsOnMissing && unit.missingFacts !== null && unit.missingFacts.includes(missingFact)))
  )
}
