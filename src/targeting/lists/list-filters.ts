/** Filters of a list that the schema cannot refuse by itself: codes that no list has, ranges that hold nothing. */
import { problem } from '../../kernel/problem.ts'
import { didYouMean } from '../../language/nearest.ts'
import { placeCodeLists } from '../../warehouse/places.ts'
import { branchOffices } from '../branch-offices.ts'
import type { Versions } from '../../programmes/versions-in-force.ts'
import type { ListFilters, ListHeader } from './list-store.ts'
import { versionsOfList } from './versions-of-list.ts'

const { governorate, liwa, kada } = placeCodeLists()
const codes = {
  governorate: Object.keys(governorate),
  liwa: Object.keys(liwa),
  kada: Object.keys(kada),
  branchOffice: branchOffices.map(({ code }) => code),
} as const

/** Throws for a filter that could only answer an empty page, which would read like "nobody". */
export function refuseEmptyFilters(filters: ListFilters): void {
  for (const name of Object.keys(codes) as (keyof typeof codes)[]) {
    const code = filters[name]
    if (code !== undefined && !codes[name].includes(code))
      throw problem('request-invalid', {
        pointer: `querystring/${name}`,
        expected: codes[name].join(', '),
        detail: didYouMean(code, codes[name]) ?? 'there is no such code',
      })
  }
  const { percentileFrom = 1, percentileTo = 100, missingFact, dependsOnMissing } = filters
  if (missingFact !== undefined && dependsOnMissing === false)
    throw problem('request-invalid', { pointer: 'querystring/missingFact', expected: 'dependsOnMissing=true, or without it' })
  if (percentileFrom > percentileTo)
    throw problem('request-invalid', { pointer: 'querystring/percentileTo', expected: 'a percentile that is not below percentileFrom' })
}

/** Throws for a fact that the list's own catalogue does not have. Versions that cannot be had again are no reason not to answer. */
export async function refuseUnknownFact(versions: Versions, { versionSet }: ListHeader, { missingFact }: ListFilters): Promise<void> {
  if (missingFact === undefined) return
  const bundle = await versionsOfList(versions, versionSet)
  // A set without a catalogue tells nothing about facts.
  if (!bundle || bundle.catalogue.facts.size === 0 || bundle.catalogue.facts.has(missingFact)) return
  throw problem('request-invalid', {
    pointer: 'querystring/missingFact',
    expected: 'the id of a fact of GET /v1/catalogue',
    detail: didYouMean(missingFact, [...bundle.catalogue.facts.keys()]) ?? 'there is no such fact',
  })
}
