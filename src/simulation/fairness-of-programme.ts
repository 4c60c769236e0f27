/** Whom a programme errs about in each group: the poor whom it misses, and the others whom it reaches instead. */
import { countKeyed, type Keyed, keyedAt, keyedCounts, keyedRest, keyedSum } from '../kernel/keyed-counts.ts'
import type { GroupBehind } from './behind.ts'
import { FAIRNESS_MEASURES, groupRates } from './group-fairness.ts'
import type { Measured } from './measure-policies.ts'
import type { GroupFairness } from './measure-programme.ts'
import { KINDS, NON_POOR, POOR, standingOf, UNKNOWN } from './standing.ts'

interface Fairness {
  readonly fairness: readonly GroupFairness[]
  /** By place in `fairness`, then by group. */
  readonly groups: readonly (readonly GroupBehind[])[]
}

/** `reached`: rows of the snapshot. */
export function fairnessOf(measured: Measured, reached: Uint32Array): Fairness {
  const { groups: known, standing } = standingOf(measured)
  const counted = measured.breakdowns.map((breakdown, b) => {
    const { codes, groups } = breakdown
    const { poor, unknownUnits } = known[b] as (typeof known)[number]
    const selected = keyedCounts((groups + 1) * KINDS)
    for (const row of reached) {
      const cell = Math.min(codes[row] as number, groups) * KINDS + (standing[row] as number)
      countKeyed(selected, cell, measured.keys[row] as number)
    }
    const of = (code: number, kind: number): Keyed => keyedAt(selected, code * KINDS + kind)
    const byGroup = Array.from(unknownUnits, (unknown, code) => ({
      exclusionError: { whole: keyedAt(poor, code), part: keyedRest(keyedAt(poor, code), of(code, POOR)), unknownUnits: unknown },
      inclusionError: {
        whole: keyedSum([of(code, POOR), of(code, NON_POOR)]),
        part: of(code, NON_POOR),
        unknownUnits: of(code, UNKNOWN).units,
      },
    }))
    return { breakdown, byGroup }
  })
  const all = FAIRNESS_MEASURES.flatMap((measure) =>
    counted.map(({ breakdown, byGroup }) => {
      const own = byGroup.map((group) => group[measure])
      const counts = own.map(({ whole, part, unknownUnits }) => ({ units: whole.units, numerator: part.units, unknownUnits }))
      return {
        fairness: { measure, ...groupRates(breakdown, counts) },
        behind: own.map(({ whole, part }): GroupBehind => ({ whole, part })),
      }
    }),
  )
  return { fairness: all.map(({ fairness }) => fairness), groups: all.map(({ behind }) => behind) }
}
