/** Where households live below the governorate: places of their codes among the catalogue's, by household row. */
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import type { FactColumn } from '../../language/fact-columns.ts'

/** Facts of the household; a catalogue without one leaves it unknown. */
export const PLACE_FACTS = ['liwa', 'kada'] as const
export type PlaceFact = (typeof PLACE_FACTS)[number]

/** NO_PLACE where unknown. */
export type UnitPlaces = Readonly<Record<PlaceFact, Uint16Array>>
/** Codes by their place. */
export type PlaceCodes = Readonly<Record<PlaceFact, readonly string[]>>

export const NO_PLACE = 65_535

export const byPlaceFact = <T>(of: (fact: PlaceFact) => T): Readonly<Record<PlaceFact, T>> => ({ liwa: of('liwa'), kada: of('kada') })

export const placeCodesOf = ({ household }: Catalogue): PlaceCodes =>
  byPlaceFact((fact) => household.types[household.slot(fact) ?? -1]?.codes ?? [])

export function fillPlaces(column: FactColumn | undefined, into: Uint16Array): void {
  into.fill(NO_PLACE)
  if (!column) return
  const { lo, loKnown } = column
  for (let row = 0; row < into.length; row++)
    if (!loKnown || ((loKnown[row >> 3] as number) >> (row & 7)) % 2 === 1) into[row] = lo[row] as number
}
