/** Filters of a list that the schema cannot refuse by itself: codes that no list has, ranges that hold nothing. */
import { problem } from '../../kernel/problem.ts'
import { didYouMean } from '../../language/nearest.ts'
import { placeCodeLists } from '../../warehouse/places.ts'
import type { ListFilters } from './list-store.ts'

const governorates = Object.keys(placeCodeLists().governorate)

/** Throws for a filter that could only answer an empty page, which would read like "nobody". */
export function refuseEmptyFilters({ governorate, percentileFrom = 1, percentileTo = 100 }: ListFilters): void {
  if (governorate !== undefined && !governorates.includes(governorate))
    throw problem('request-invalid', {
      pointer: 'querystring/governorate',
      expected: governorates.join(', '),
      detail: didYouMean(governorate, governorates) ?? 'there is no such governorate',
    })
  if (percentileFrom > percentileTo)
    throw problem('request-invalid', { pointer: 'querystring/percentileTo', expected: 'a percentile that is not below percentileFrom' })
}
