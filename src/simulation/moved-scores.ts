/** For each programme that orders by a formula which a scenario changes: made households whose score crosses the cut-off where they compete. */
import { NO_AREA } from '../determinations/bulk/nation.ts'
import { slotsOf } from '../language/condition/condition.ts'
import type { MoverPlace } from '../programmes/difference/mover-place.ts'
import { type MoverCutOffs, type ScoreMover, scoreMovers } from '../programmes/difference/score-movers.ts'
import { type Bundle, type CompiledProgramme, programmeOf } from '../programmes/bundle.ts'
import { areaOf, type ContestArea, type ContestTier, quotaFact, tierOf, untilScore } from './contest-place.ts'
import type { Contest } from './contests.ts'

export interface MovedScores {
  readonly programme: string
  readonly formulas: { readonly before: string; readonly after: string }
  /** Where they compete: in an area where quotas go by areas, in a tier (or in none, without a name) where tiers come before the score. */
  readonly area: ContestArea | null
  readonly tier: ContestTier | null
  /** Micro-points, to the tenth of a point: a cut-off is somebody's score. */
  readonly cutOffs: MoverCutOffs
  readonly movers: readonly ScoreMover[]
}

interface Decided {
  readonly bundle: Bundle
  /** Of a programme's list. */
  readonly contests: (programme: string) => readonly Contest[]
}

/**
 * Of programmes that select by score on both sides, among the same tiers, with formulas that are not the same text: in the area and tier in which
 * most units competed of those that were cut on both sides. `asOf`: day number.
 */
export function movedScores(before: Decided, after: Decided, asOf: number): MovedScores[] {
  return after.bundle.programmes.flatMap((compiled): MovedScores[] => {
    const { id, formula } = compiled
    const earlier = programmeOf(before.bundle, id)
    const old = earlier?.formula
    if (!formula || !old || formula.ref.hash === old.ref.hash || !selectAlike(earlier, compiled)) return []
    if (readsScores(before.bundle, earlier) || readsScores(after.bundle, compiled)) return []
    const found = largestOfBoth(before.contests(id), after.contests(id))
    if (!found) return []
    const cutOffs = { before: told(found.was.cutOff), after: told(found.is.cutOff) }
    const place = placeOf([earlier, compiled], found)
    const sides = [
      { formula: old.formula, catalogue: before.bundle.catalogue },
      { formula: formula.formula, catalogue: after.bundle.catalogue },
    ] as const
    return [
      {
        programme: id,
        formulas: { before: old.ref.id, after: formula.ref.id },
        area: place.area && areaOf(after.bundle, place.area),
        tier: tierOf(compiled, place.tier),
        cutOffs,
        movers: scoreMovers(...sides, { cutOffs, place }, asOf),
      },
    ]
  })
}

/** The same tiers or none, then the score; quotas of areas by the same fact, or of the whole country on a side. */
function selectAlike(before: CompiledProgramme, after: CompiledProgramme): boolean {
  const [old, young] = [untilScore(before), untilScore(after)]
  const [by, other] = [quotaFact(before), quotaFact(after)]
  return old.length > 0 && JSON.stringify(old) === JSON.stringify(young) && (by === null || other === null || by === other)
}

interface ContestOfBoth {
  readonly was: Contest
  readonly is: Contest
  readonly area: number | null
}

/** In which most units compete after the change; of as many the first area, and then the first tier. Nobody lives in an area that is not known. */
function largestOfBoth(before: readonly Contest[], after: readonly Contest[]): ContestOfBoth | null {
  const both = after.flatMap((is) =>
    before
      .filter((was) => was.tier === is.tier && (was.area === null || is.area === null || was.area === is.area))
      .map((was) => ({ was, is, area: is.area ?? was.area })),
  )
  const [largest] = both
    .filter(({ area }) => area !== NO_AREA)
    .toSorted((a, b) => b.is.units - a.is.units || b.was.units - a.was.units || (a.area ?? 0) - (b.area ?? 0) || a.is.tier - b.is.tier)
  return largest ?? null
}

function placeOf([before, after]: readonly [CompiledProgramme, CompiledProgramme], { is, area }: ContestOfBoth): MoverPlace {
  const [old, young] = [before, after].map(({ programme }) => programme.tiers.map(({ condition }) => condition))
  const fact = quotaFact(after) ?? quotaFact(before)
  return {
    area: area === null || fact === null ? null : { fact, code: area },
    tiers: [old ?? [], young ?? []],
    tier: Math.min(is.tier, young?.length ?? 0),
  }
}

/** Whether a tier depends on what the formulas come to: then a household would have one score by the tier and another by its facts. */
const readsScores = ({ catalogue }: Bundle, { programme }: CompiledProgramme): boolean =>
  programme.tiers.some(({ condition }) =>
    slotsOf(condition).some((slot) => catalogue.facts.get(condition.space.types[slot]?.id ?? '')?.definition.kind === 'computed'),
  )

const TOLD = 100_000
const told = (cutOff: number): number => Math.round(cutOff / TOLD) * TOLD
