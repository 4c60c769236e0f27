/** Where the units of a list competed by score alone, and the score at which each such contest was cut. */
import { LEAST_UNITS } from '../access/disclosure/cell-noise.ts'
import { reasonCode, statusCode } from '../targeting/outcome.ts'
import type { MeasuredList } from './measure-tasks.ts'

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

export type ContestedList = Pick<MeasuredList['list'], 'score'> & {
  readonly tier: Uint8Array
  /** By unit; null where there are no quotas. */
  readonly area: Uint8Array | null
  readonly allocation: Pick<MeasuredList['list']['allocation'], 'status' | 'reason' | 'position'>
}

const SELECTED = statusCode('selected')
const WON = new Set([reasonCode('within-quota'), reasonCode('left-over-place')])
const LOST = new Set([reasonCode('no-places'), reasonCode('budget-exhausted'), reasonCode('quota-full')])
const CODES = 256

/** Those that somebody won and somebody lost, by area and tier. None that so few won that nothing of them may be told: its cut-off is the score of one of those. The enrolled who are kept do not compete. */
export function contestsOf({ score, tier, area, allocation: { status, reason, position } }: ContestedList): Contest[] {
  const places = CODES * CODES
  const [last, won, lost] = [new Uint32Array(places), new Uint32Array(places), new Uint32Array(places)]
  const cutOff = new Float64Array(places)
  for (let unit = 0; unit < status.length; unit++) {
    const place = (area ? (area[unit] as number) : 0) * CODES + (tier[unit] as number)
    const why = reason[unit] as number
    if (LOST.has(why)) lost[place] = (lost[place] as number) + 1
    if (status[unit] !== SELECTED || !WON.has(why)) continue
    won[place] = (won[place] as number) + 1
    if ((position[unit] as number) < (last[place] as number)) continue
    last[place] = position[unit] as number
    cutOff[place] = score[unit] as number
  }
  return Array.from(last.keys()).flatMap((place): Contest[] => {
    const units = (won[place] as number) + (lost[place] as number)
    if ((won[place] as number) < LEAST_UNITS || lost[place] === 0) return []
    return [{ area: area && Math.floor(place / CODES), tier: place % CODES, units, cutOff: cutOff[place] as number }]
  })
}
