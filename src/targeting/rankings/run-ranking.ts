/** The scores of a run's population by one formula in their order, in blocks: what the place of any score among them is told from. */
import { createHash } from 'node:crypto'
import { scoredFormulas } from '../../determinations/bulk/bulk-bundle.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { VersionRef } from '../../programmes/version.ts'
import type { ScoreDirection } from '../order-rows.ts'
import type { ScoredNation } from '../run/judged-nation.ts'

export interface RunRanking {
  readonly formula: VersionRef
  /** Whole micro-points, of the poorest first: ascending, since they are negated where the higher is the poorer. */
  readonly scores: Float64Array
}

/** Less is poorer, whatever the formula's direction. */
export const poornessOf = (score: number, direction: ScoreDirection): number => (direction === 'higherIsPoorer' ? -score : score)

/** By each formula by which anybody has a point score. */
export function rankingsOf(bundle: Bundle, { scores }: Pick<ScoredNation, 'scores'>): RunRanking[] {
  return scoredFormulas(bundle).flatMap(({ ref, formula }, index): RunRanking[] => {
    const points = scores[index]?.point ?? new Float64Array(0)
    const ordered = new Float64Array(points.length)
    let count = 0
    for (const point of points) if (!Number.isNaN(point)) ordered[count++] = poornessOf(point, formula.direction as ScoreDirection)
    return count === 0 ? [] : [{ formula: ref, scores: ordered.slice(0, count).sort() }]
  })
}

const BLOCK = 1_024

interface Written {
  readonly lines: readonly string[]
  readonly rootHash: string
}

/** Written once, for the manifest that is computed and for the transaction that publishes, which other runs wait for. */
const written = new WeakMap<RunRanking, Written>()

function writtenOf(ranking: RunRanking): Written {
  const known = written.get(ranking)
  if (known) return known
  const { scores } = ranking
  const lines = Array.from({ length: Math.ceil(scores.length / BLOCK) }, (_, block) => {
    const from = block * BLOCK
    return `${scores[from]}\t${from}\t{${scores.subarray(from, from + BLOCK).join(',')}}\n`
  })
  const hash = createHash('sha256')
  for (const line of lines) hash.update(line)
  const made = { lines, rootHash: hash.digest('hex') }
  written.set(ranking, made)
  return made
}

/** Blocks as lines of COPY: the first score, how many come before it, and the scores. */
export const rankingLines = (ranking: RunRanking): readonly string[] => writtenOf(ranking).lines

/** What a run's manifest says of it. */
export function rankingInManifest(ranking: RunRanking) {
  const { id, version, hash } = ranking.formula
  return { formula: { id, version, hash }, households: ranking.scores.length, rootHash: writtenOf(ranking).rootHash }
}
