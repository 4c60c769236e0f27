/** What is told of who stands near a cut-off. */
import type { Static } from 'typebox'
import { LEAST_UNITS } from '../access/disclosure/cell-noise.ts'
import type { ContestNearness, CutOffNearness } from './cut-off-nearness.ts'
import type { NearCutOffAnswer } from './cut-off-schema.ts'
import { toldCounts } from './told-counts.ts'

type Told = Static<typeof NearCutOffAnswer>

/** Results from before these were counted say nothing of them. */
export const exactNearness = ({ at, contests = [], behind: _behind, ...one }: CutOffNearness): Told => ({
  ...one,
  at: at ?? null,
  contests: contests.map(({ behind: _keys, ...own }) => own),
})

/** `isFew`: the programme selects so few that nothing is told of whom. */
export function toldNearness({ programme, within, cutOff, behind, contests = [], ...near }: CutOffNearness, isFew: boolean): Told {
  const ofFew = contests.filter(({ selected }) => selected < LEAST_UNITS).length
  // All less the contests that are told would be the one that is not.
  const hides = isFew || ofFew === 1
  return {
    programme,
    within,
    cutOff: cutOff === null || hides ? null : toldCutOff(cutOff),
    ...(hides ? NOTHING : { ...NOTHING, ...toldCounts(sidesOf(near), behind) }),
    contests: isFew ? [] : contests.map(toldContest),
  }
}

const NOTHING = { below: null, at: null, above: null }

/** A result from before those on a cut-off were counted says nothing of them. */
const sidesOf = ({ below, at, above }: Pick<CutOffNearness, 'below' | 'at' | 'above'>) =>
  (at === undefined ? { below, above } : { below, at, above }) as Record<'below' | 'at' | 'above', number>

/** Where fewer than ten were newly selected the cut-off is what one of those is, and who stands near it would tell where it is. */
function toldContest({ area, tier, cutOff, behind, ...counts }: ContestNearness): Told['contests'][number] {
  if (counts.selected < LEAST_UNITS) return { area, tier, selected: null, cutOff: null, ...NOTHING }
  return { area, tier, cutOff: toldCutOff(cutOff), ...toldCounts(counts, behind) }
}

const TOLD = 100_000
/** A cut-off is one unit's score: told to a tenth of a point. */
const toldCutOff = (cutOff: number): number => Math.round(cutOff / TOLD) * TOLD
