/** The score at which a list was cut: only where units competed by score alone is the last one's score what another would have needed. */
import { reasonCode, statusCode } from '../targeting/outcome.ts'
import type { MeasuredList } from './measure-tasks.ts'

type Competed = Pick<MeasuredList['list'], 'score'> & {
  readonly allocation: Pick<MeasuredList['list']['allocation'], 'status' | 'reason' | 'position'>
}

const SELECTED = statusCode('selected')
const KEPT = new Set([reasonCode('enrolled-kept'), reasonCode('enrolled-kept-undetermined')])
const OUTDONE = new Set([reasonCode('no-places'), reasonCode('budget-exhausted'), reasonCode('quota-full')])

/** Micro-points of the last unit newly selected; null where nobody is, and where nobody who competed was left without a place or money. */
export function competedCutOff({ score, allocation: { status, reason, position } }: Competed): number | null {
  let [last, isOutdone] = [0, false]
  let cutOff: number | null = null
  for (let unit = 0; unit < status.length; unit++) {
    const [own, why] = [score[unit] as number, reason[unit] as number]
    if (OUTDONE.has(why)) isOutdone = true
    if (status[unit] !== SELECTED || KEPT.has(why) || Number.isNaN(own) || (position[unit] as number) < last) continue
    last = position[unit] as number
    cutOff = own
  }
  return isOutdone ? cutOff : null
}
