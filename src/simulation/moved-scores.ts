/** For each programme that orders by a formula which a scenario changes: made households whose score crosses its cut-off. */
import { type MoverCutOffs, type ScoreMover, scoreMovers } from '../programmes/difference/score-movers.ts'
import { type Bundle, programmeOf } from '../programmes/bundle.ts'
import type { CutOffNearness } from './near-cut-offs.ts'

export interface MovedScores {
  readonly programme: string
  readonly formulas: { readonly before: string; readonly after: string }
  /** Micro-points, to the tenth of a point: a cut-off is somebody's score. */
  readonly cutOffs: MoverCutOffs
  readonly movers: readonly ScoreMover[]
}

interface Decided {
  readonly bundle: Bundle
  readonly nearCutOffs: readonly CutOffNearness[]
}

/** Of programmes that select by score on both sides, with formulas that are not the same text. `asOf`: day number. */
export function movedScores(before: Decided, after: Decided, asOf: number): MovedScores[] {
  return after.bundle.programmes.flatMap(({ id, formula, programme }): MovedScores[] => {
    const old = programmeOf(before.bundle, id)?.formula
    const cutOffs = { before: cutOffOf(before, id), after: cutOffOf(after, id) }
    if (!formula || !old || formula.ref.hash === old.ref.hash || cutOffs.before === null || cutOffs.after === null) return []
    if (!programme.source.targeting.order.some(({ by }) => by === 'score')) return []
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

const TOLD = 100_000

function cutOffOf({ nearCutOffs }: Decided, id: string): number | null {
  const { cutOff = null } = nearCutOffs.find(({ programme }) => programme === id) ?? {}
  return cutOff === null ? null : Math.round(cutOff / TOLD) * TOLD
}
