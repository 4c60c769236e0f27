/** After a run: which of the units that hold a place meet the programme's conditions, which do not, and which it could not determine. */
import type { Queryable } from '../../db/queryable.ts'
import { lockQuestions } from '../../intake/re-evaluation/questions-of-runs.ts'
import { FALSE, TRUE } from '../../kernel/truth.ts'
import type { PlaceHolder } from '../enrolments/enrolment-store.ts'
import { settleConditions, settleUndetermined } from '../enrolments/settle-places.ts'
import type { JudgedNation } from './judged-nation.ts'
import type { UnmetCount } from './run-manifest.ts'
import type { SelectionRequest } from './select.ts'

export interface JudgedPlaces {
  readonly programme: string
  readonly met: readonly PlaceHolder[]
  readonly unmet: readonly PlaceHolder[]
  readonly undetermined: readonly PlaceHolder[]
}

/** Units outside the run's population were not judged: nothing is said of them. */
export function judgedPlaces(nation: JudgedNation, { enrolled }: Pick<SelectionRequest, 'enrolled'>): JudgedPlaces[] {
  return nation.programmes.map(({ programme, unit, truth }) => {
    const holders = new Map((enrolled.get(programme) ?? []).map((one) => [unit === 'person' ? one.personRef : one.householdRef, one]))
    const places = { met: [] as PlaceHolder[], unmet: [] as PlaceHolder[], undetermined: [] as PlaceHolder[] }
    const references = unit === 'person' ? nation.personRefs : nation.householdRefs
    if (holders.size > 0)
      references.forEach((reference, row) => {
        const holder = holders.get(reference)
        if (holder) places[truth[row] === TRUE ? 'met' : truth[row] === FALSE ? 'unmet' : 'undetermined'].push(holder)
      })
    return { programme, ...places }
  })
}

export interface Settling {
  readonly run: string
  /** ISO date. */
  readonly asOf: string
  /** Whether the run's lists are in force: others take nothing from anybody, so they begin no time after which a place is lost and ask nothing. */
  readonly inForce: boolean
}

/** Inside the publishing transaction; in the order in which everybody locks programmes. */
export async function settleEnrolled(client: Queryable, places: readonly JudgedPlaces[], { run, asOf, inForce }: Settling): Promise<void> {
  // Before any enrolment is touched, as whoever moves the rows of a person does.
  if (places.some(({ met, unmet, undetermined }) => met.length + unmet.length + undetermined.length > 0)) await lockQuestions(client)
  for (const { programme, met, unmet, undetermined } of places.toSorted((a, b) => (a.programme < b.programme ? -1 : 1))) {
    const determined = [...met, ...unmet]
    if (determined.length + undetermined.length === 0) continue
    await settleUndetermined(client, programme, { determined, undetermined: inForce ? undetermined : [] }, asOf)
    await settleConditions(client, programme, inForce ? { met, unmet } : { met: [], unmet: [] }, { id: run, asOf })
  }
}

/** Units that hold a place and do not meet the conditions, by programme; none where there are none. */
export const unmetPlaces = (places: readonly JudgedPlaces[]): UnmetCount[] =>
  places.flatMap(({ programme, unmet }) => (unmet.length > 0 ? [{ programme, units: unmet.length }] : []))
