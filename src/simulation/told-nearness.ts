/** What is told of who stands near a cut-off. */
import type { Static } from 'typebox'
import { LEAST_UNITS } from '../access/disclosure/cell-noise.ts'
import type { ContestNearness, CutOffNearness } from './cut-off-nearness.ts'
import { disclosedCount } from './disclose.ts'
import type { NearCutOffAnswer } from './cut-off-schema.ts'

type Told = Static<typeof NearCutOffAnswer>

/** Results from before these were counted say nothing of them. */
export const exactNearness = ({ at, contests = [], ...one }: CutOffNearness): Told => ({
  ...one,
  at: at ?? null,
  contests: contests.map((own) => ({ ...own })),
})

/** `isFew`: the programme selects so few that nothing is told of whom. */
export function toldNearness({ programme, within, cutOff, below, at, above, contests = [] }: CutOffNearness, isFew: boolean): Told {
  const count = (units: number | undefined): number | null => (isFew || units === undefined ? null : disclosedCount(units))
  const isCutOfFew = contests.length === 1 && contests.some(({ selected }) => selected < LEAST_UNITS)
  return {
    programme,
    within,
    cutOff: cutOff === null || isFew || isCutOfFew ? null : toldCutOff(cutOff),
    below: isCutOfFew ? null : count(below),
    at: isCutOfFew ? null : count(at),
    above: isCutOfFew ? null : count(above),
    contests: isFew ? [] : contests.map(toldContest),
  }
}

/** Where fewer than ten were newly selected the cut-off is what one of those is, and who stands near it would tell where it is. */
function toldContest({ area, tier, selected, cutOff, below, at, above }: ContestNearness): Told['contests'][number] {
  const isFew = selected < LEAST_UNITS
  const count = (units: number): number | null => (isFew ? null : disclosedCount(units))
  return {
    area,
    tier,
    selected: count(selected),
    cutOff: isFew ? null : toldCutOff(cutOff),
    below: count(below),
    at: count(at),
    above: count(above),
  }
}

const TOLD = 100_000
/** A cut-off is one unit's score: told to a tenth of a point. */
const toldCutOff = (cutOff: number): number => Math.round(cutOff / TOLD) * TOLD
