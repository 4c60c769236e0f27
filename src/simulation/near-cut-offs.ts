/** Units that stand near the cut-off of a list: a small error of theirs, or of the formula, would change what happens to them. */
import { countKeyed, keyedCounts } from '../kernel/keyed-counts.ts'
import { statusCode } from '../targeting/outcome.ts'
import type { KeysOf } from './behind.ts'
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
  readonly behind?: KeysOf<'below' | 'above'>
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
  return { programme, cutOff, within: WITHIN, below, above, behind: keysNear(list, keys, cutOff) }
}

const SELECTED = statusCode('selected')

function keysNear({ score, household }: Selected, keys: Uint32Array, cutOff: number): KeysOf<'below' | 'above'> {
  const near = keyedCounts(2)
  for (let unit = 0; unit < score.length; unit++) {
    const own = score[unit] as number
    // Of no score this is not so.
    if (Math.abs(own - cutOff) <= WITHIN && own !== cutOff)
      countKeyed(near, Number(own > cutOff), keys[household[unit] as number] as number)
  }
  const [below, above] = near.key as unknown as [number, number]
  return { below, above }
}
