/** After a run: which of the units that hold a place it could determine, and which it could not. */
import type { Queryable } from '../../db/queryable.ts'
import { UNKNOWN } from '../../kernel/truth.ts'
import { type PlaceHolder, settleUndetermined } from '../enrolments/enrolment-store.ts'
import type { JudgedNation } from './judged-nation.ts'
import type { SelectionRequest } from './select.ts'

export interface JudgedPlaces {
  readonly programme: string
  readonly determined: readonly PlaceHolder[]
  readonly undetermined: readonly PlaceHolder[]
}

/** Units outside the run's population were not judged: nothing is said of them. */
export function judgedPlaces(nation: JudgedNation, { enrolled }: Pick<SelectionRequest, 'enrolled'>): JudgedPlaces[] {
  return nation.programmes.map(({ programme, unit, truth }) => {
    const holders = new Map((enrolled.get(programme) ?? []).map((one) => [unit === 'person' ? one.personRef : one.householdRef, one]))
    const determined: PlaceHolder[] = []
    const undetermined: PlaceHolder[] = []
    const references = unit === 'person' ? nation.personRefs : nation.householdRefs
    if (holders.size > 0)
      references.forEach((reference, row) => {
        const holder = holders.get(reference)
        if (holder) (truth[row] === UNKNOWN ? undetermined : determined).push(holder)
      })
    return { programme, determined, undetermined }
  })
}

export interface Settling {
  /** ISO date. */
  readonly asOf: string
  /** Whether the run's lists are in force: others take nothing from anybody, so they begin no time after which a place is lost. */
  readonly inForce: boolean
}

/** Inside the publishing transaction; in the order in which everybody locks programmes. */
export async function settleEnrolled(client: Queryable, places: readonly JudgedPlaces[], { asOf, inForce }: Settling): Promise<void> {
  const settled = places.map((one) => (inForce ? one : { ...one, undetermined: [] }))
  for (const { programme, ...judged } of settled.toSorted((a, b) => (a.programme < b.programme ? -1 : 1)))
    if (judged.determined.length + judged.undetermined.length > 0) await settleUndetermined(client, programme, judged, asOf)
}
