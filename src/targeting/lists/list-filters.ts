/** Filters of a list that the schema cannot refuse by itself: codes that no list has, places apart from each other, ranges that hold nothing. */
import { problem } from '../../kernel/problem.ts'
import { didYouMean } from '../../language/nearest.ts'
import { placeCodeLists, places } from '../../warehouse/places.ts'
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

/** By governorate, the codes of what lies in it; an office lies wherever it serves a district. */
const codesWithin = new Map(
  places.map(({ code, liwas }) => [
    code,
    {
      liwa: liwas.map((one) => one.code),
      kada: liwas.flatMap(({ kadas }) => kadas.map((one) => one.code)),
      branchOffice: branchOffices.filter((office) => liwas.some((one) => office.liwas.includes(one.code))).map((one) => one.code),
    },
  ]),
)

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
  refuseElsewhere(filters)
  const { percentileFrom = 1, percentileTo = 100, missingFact, dependsOnMissing } = filters
  if (missingFact !== undefined && dependsOnMissing === false)
    throw problem('request-invalid', { pointer: 'querystring/missingFact', expected: 'dependsOnMissing=true, or without it' })
  if (percentileFrom > percentileTo)
    throw problem('request-invalid', { pointer: 'querystring/percentileTo', expected: 'a percentile that is not below percentileFrom' })
}

/** Throws for a place that lies in other governorates than the one asked for; all codes are of places that there are. */
function refuseElsewhere(filters: ListFilters): void {
  const { governorate: asked = '' } = filters
  const within = codesWithin.get(asked)
  if (!within) return
  for (const name of ['liwa', 'kada', 'branchOffice'] as const) {
    const code = filters[name]
    if (code === undefined || within[name].includes(code)) continue
    const lies = [...codesWithin].filter(([, there]) => there[name].includes(code)).map(([of]) => of)
    throw problem('request-invalid', {
      pointer: `querystring/${name}`,
      expected: within[name].join(', '),
      detail: `it lies in governorate ${lies.join(', ')}, not in ${asked}`,
    })
  }
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
