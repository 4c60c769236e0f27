/** Where the units of a list competed by score alone, and the score at which each such contest was cut. */
import { LEAST_UNITS } from '../access/disclosure/cell-noise.ts'
import { REASONS, type Reason, statusCode } from '../targeting/outcome.ts'
import type { SelectedList } from '../targeting/run/select-programme.ts'

/** Units of one area and one tier: they are taken in the order of their scores, whatever quotas, budget and places there are. */
export interface Contest {
  /** Code of the quotas' area; null where there are no quotas. */
  readonly area: number | null
  /** As a list says it: NO_TIER for who is in none. */
  readonly tier: number
  /** Units that competed. */
  readonly units: number
  /** Micro-points of the last unit newly selected. */
  readonly cutOff: number
}

export interface ContestedList extends Pick<SelectedList, 'score' | 'tier'> {
  /** By unit; null where there are no quotas. */
  readonly area: Uint8Array | null
  readonly allocation: Pick<SelectedList['allocation'], 'status' | 'reason' | 'position'>
}

/** Everything by the place of an area and a tier. */
export interface Cuts {
  readonly won: Uint32Array
  readonly lost: Uint32Array
  /** Micro-points of the last unit newly selected, where somebody won. */
  readonly cutOff: Float64Array
}

const CODES = 256
const SELECTED = statusCode('selected')
const byReason = (...reasons: readonly Reason[]): Uint8Array => Uint8Array.from(REASONS, (reason) => Number(reasons.includes(reason)))
/** 1 by code of the reasons for which a unit was newly selected. */
export const isWon = byReason('within-quota', 'left-over-place')
/** Those who would have been selected with more places or money. */
const LOST = byReason('no-places', 'budget-exhausted', 'quota-full')

export const contestPlace = (area: Uint8Array | null, tier: Uint8Array, unit: number): number =>
  (area ? (area[unit] as number) : 0) * CODES + (tier[unit] as number)

export const contestAt = (area: Uint8Array | null, place: number): Pick<Contest, 'area' | 'tier'> => ({
  area: area && Math.floor(place / CODES),
  tier: place % CODES,
})

/** Who won and who lost, in one pass over the units; the enrolled who are kept do not compete. `lostBy`: 1 by code of the reasons that are a loss. */
export function cutsOf({ score, tier, area, allocation: { status, reason, position } }: ContestedList, lostBy: Uint8Array): Cuts {
  const places = CODES * CODES
  const [last, won, lost] = [new Uint32Array(places), new Uint32Array(places), new Uint32Array(places)]
  const cutOff = new Float64Array(places)
  for (let unit = 0; unit < status.length; unit++) {
    const place = contestPlace(area, tier, unit)
    const why = reason[unit] as number
    lost[place] = (lost[place] as number) + (lostBy[why] as number)
    if (status[unit] !== SELECTED || isWon[why] === 0) continue
    won[place] = (won[place] as number) + 1
    if ((position[unit] as number) < (last[place] as number)) continue
    last[place] = position[unit] as number
    cutOff[place] = score[unit] as number
  }
  return { won, lost, cutOff }
}

/** Those that somebody won and somebody lost, by area and tier. None that so few won that nothing of them may be told: its cut-off is the score of one of those. */
export function contestsOf(list: ContestedList): Contest[] {
  const { won, lost, cutOff } = cutsOf(list, LOST)
  return cutPlaces(won, lost, LEAST_UNITS).map((place) => ({
    ...contestAt(list.area, place),
    units: (won[place] as number) + (lost[place] as number),
    cutOff: cutOff[place] as number,
  }))
}

/** Places, ascending, where at least so many won and somebody lost: a plain loop, since nearly all places are empty. */
export function cutPlaces(won: Uint32Array, lost: Uint32Array, least: number): number[] {
  const found: number[] = []
  for (let place = 0; place < won.length; place++) if ((won[place] as number) >= least && lost[place] !== 0) found.push(place)
  return found
}

/** Also those whom the entry threshold leaves out: by their score they lose as others do. */
export const lostByScore = byReason('no-places', 'budget-exhausted', 'quota-full', 'past-entry-threshold')
/** 1 by code of the reasons for which a unit competed, won or lost. */
export const competed = Uint8Array.from(isWon, (won, code) => won | (lostByScore[code] as number))
