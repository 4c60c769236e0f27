/** The published list of a programme as grants know it: like a registry of the agency's, named `list:<programme>`. */
import type { GrantableRegistry } from './grant.ts'

export const LIST = 'list:'
export const isList = (registry: string): boolean => registry.startsWith(LIST)

/** Columns of `ranked_unit` that are granted one by one; whoever may read any of them sees the place in the order. */
export const LIST_COLUMNS = [
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
] as const

export const listRegistry = (programme: string, agency: string): GrantableRegistry => ({
  id: `${LIST}${programme}`,
  custodian: agency,
  columns: LIST_COLUMNS.map((name) => ({ name })),
})
