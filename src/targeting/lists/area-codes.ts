/** What the places that a nation's columns name are called. */
import { officeOfLiwa } from '../branch-offices.ts'
import type { PlaceCodes } from '../run/unit-places.ts'

/** Codes by their place. */
export interface AreaCodes {
  readonly governorates: readonly string[]
  readonly places: PlaceCodes
}

/** Codes of branch offices by the place of their liwa; undefined where none serves it. */
export const officesOf = ({ places }: AreaCodes): (string | undefined)[] => places.liwa.map((liwa) => officeOfLiwa(liwa) ?? undefined)
