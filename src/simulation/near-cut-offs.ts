/** Units that stand near the cut-off of a list: a small error of theirs, or of the formula, would change what happens to them. */
import { statusCode } from '../targeting/outcome.ts'
import { countKeyed, keyedAt, keyedCounts } from '../kernel/keyed-counts.ts'
import type { CutOffBehind } from './behind.ts'
import type { MeasuredList } from './measure-tasks.ts'
import { nearCutOff as nearOf } from './measures/near-cut-off.ts'

export interface CutOffNearness {
  readonly programme: string
  /** Micro-points of the last new unit selected; null where nobody is selected by score. */
  readonly cutOff: number | null
  readonly within: number
  /** Units within that distance on either side. */
  readonly below: number
  readonly above: number
  readonly behind?: CutOffBehind
}

/** Twentieth of a point: what a rounding, or an error of one small term, can move. */
const WITHIN = 50_000

type Selected = Pick<MeasuredList['list'], 'programme' | 'score' | 'household'> & {
  readonly allocation: Pick<MeasuredList['list']['allocation'], 'status' | 'position'>
}

/** Found by positions, in one pass over the units. `keys`: record key by household row. */
export function nearCutOff(list: Selected, keys: Uint32Array): CutOffNearness {
  const {
    programme,
    score,
    allocation: { status, position },
  } = list
  let last = 0
  let cutOff: number | null = null
  for (let unit = 0; unit < status.length; unit++) {
    const own = score[unit] as number
    if (status[unit] !== SELECTED || Number.isNaN(own) || (position[unit] as number) < last) continue
    last = position[unit] as number
    cutOff = own
  }
  if (cutOff === null) return { programme, cutOff, within: WITHIN, below: 0, above: 0 }
  const { below, above } = nearOf(score, cutOff, WITHIN)
  return { programme, cutOff, within: WITHIN, below, above, behind: behindCutOff(list, keys, cutOff) }
}

const SELECTED = statusCode('selected')

function behindCutOff({ score, household, allocation: { status } }: Selected, keys: Uint32Array, cutOff: number): CutOffBehind {
  const near = keyedCounts(2)
  let [selected, upTo, from] = [0, 0, 0]
  for (let unit = 0; unit < score.length; unit++) {
    const own = score[unit] as number
    if (Number.isNaN(own)) continue
    if (status[unit] === SELECTED) selected++
    if (own <= cutOff) upTo++
    if (own >= cutOff) from++
    if (own !== cutOff && Math.abs(own - cutOff) <= WITHIN) countKeyed(near, own < cutOff ? 0 : 1, keys[household[unit] as number] as number)
  }
  return { selected, upTo, from, below: keyedAt(near, 0), above: keyedAt(near, 1) }
}
