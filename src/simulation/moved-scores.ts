/** For each programme that orders by a formula which a scenario changes: made households whose score crosses its cut-off. */
import { type MoverCutOffs, type ScoreMover, scoreMovers } from '../programmes/difference/score-movers.ts'
import { type Bundle, type CompiledProgramme, programmeOf } from '../programmes/bundle.ts'

export interface MovedScores {
  readonly programme: string
  readonly formulas: { readonly before: string; readonly after: string }
  /** Micro-points, to the tenth of a point: a cut-off is somebody's score. */
  readonly cutOffs: MoverCutOffs
  readonly movers: readonly ScoreMover[]
}

interface Decided {
  readonly bundle: Bundle
  /** Micro-points by programme; null or absent where its list was not cut by score. */
  readonly cutOffs: ReadonlyMap<string, number | null>
}

/**
 * Of programmes that select by score on both sides, with formulas that are not the same text: score comes first in their order, and no quotas make a
 * cut-off of each area. `asOf`: day number.
 */
export function movedScores(before: Decided, after: Decided, asOf: number): MovedScores[] {
  return after.bundle.programmes.flatMap((compiled): MovedScores[] => {
    const { id, formula } = compiled
    const earlier = programmeOf(before.bundle, id)
    const old = earlier?.formula
    const cutOffs = { before: cutOffOf(before, id), after: cutOffOf(after, id) }
    if (!formula || !old || formula.ref.hash === old.ref.hash || cutOffs.before === null || cutOffs.after === null) return []
    if (!earlier || !selectsByScore(earlier) || !selectsByScore(compiled)) return []
    const given = { before: cutOffs.before, after: cutOffs.after }
    const [was, is] = [
      { formula: old.formula, catalogue: before.bundle.catalogue },
      { formula: formula.formula, catalogue: after.bundle.catalogue },
    ]
    return [
      { programme: id, formulas: { before: old.ref.id, after: formula.ref.id }, cutOffs: given, movers: scoreMovers(was, is, given, asOf) },
    ]
  })
}

const selectsByScore = ({ programme: { source } }: CompiledProgramme): boolean =>
  source.targeting.order[0]?.by === 'score' && !source.targeting.quotas

const TOLD = 100_000

function cutOffOf({ cutOffs }: Decided, id: string): number | null {
  const cutOff = cutOffs.get(id) ?? null
  return cutOff === null ? null : Math.round(cutOff / TOLD) * TOLD
}
