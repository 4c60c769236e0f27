/** The published list of a programme as grants know it: like a registry of the agency's, named `list:<programme>`. */
import type { GrantableRegistry } from './grant.ts'

export const LIST = 'list:'
export const isList = (registry: string): boolean => registry.startsWith(LIST)

/** Columns of `ranked_unit` behind the number of its list, in the order of a line; the root hash of a list is taken of its bytes. */
export const UNIT_COLUMNS = [
  'position',
  'household_ref',
  'person_ref',
  'governorate',
  'tier',
  'score',
  'score_lo',
  'score_hi',
  'national_rank',
  'governorate_rank',
  'percentile',
  'benefit',
  'application_date',
  'status',
  'reason',
  'depends_on_missing',
  'liwa',
  'kada',
  'branch_office',
  'missing_facts',
  'person_percentile',
] as const

/** Whoever may read any column sees the place; which facts are missing is a value of theirs, and seen by grants of facts alone. */
const NOT_BY_ITSELF = new Set<string>(['position', 'missing_facts'])

/** Those that are granted one by one. */
export const LIST_COLUMNS: readonly string[] = UNIT_COLUMNS.filter((name) => !NOT_BY_ITSELF.has(name))

/** Those that tell where a household lives: the rank within a governorate tells which it is. */
export const LIST_PLACES: ReadonlySet<string> = new Set<(typeof UNIT_COLUMNS)[number]>([
  'governorate',
  'liwa',
  'kada',
  'branch_office',
  'governorate_rank',
])

export const listRegistry = (programme: string, agency: string): GrantableRegistry => ({
  id: `${LIST}${programme}`,
  custodian: agency,
  columns: LIST_COLUMNS.map((name) => ({ name })),
})
