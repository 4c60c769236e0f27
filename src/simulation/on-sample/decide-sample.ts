/** A sample scored, ranked, judged and selected by some versions, with the functions that score and judge a nation. */
import { scoredFormulas } from '../../determinations/bulk/bulk-bundle.ts'
import { judgeNation, scoreNation } from '../../determinations/bulk/judge-nation.ts'
import { newColumns, newScores, type NationColumns, type NationScores } from '../../determinations/bulk/nation.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { ReferenceSample } from '../fit/reference-sample.ts'
import { rankWeighted } from './rank-weighted.ts'
import { sampleFacts } from './sample-facts.ts'
import type { SampleWeights } from './sample-weights.ts'
import { type SampleList, selectSample } from './select-sample.ts'

export interface SampleDecision {
  readonly bundle: Bundle
  readonly scores: NationScores
  readonly columns: NationColumns
  /** By programme, in the bundle's order; null for one that judges persons, of whom a sample says nothing. */
  readonly lists: readonly (SampleList | null)[]
  /** Facts that the versions read and that are unknown in every row. */
  readonly unknownFacts: readonly string[]
}

/** `asOf`: day number, which decides on parameters. */
export function decideSample(bundle: Bundle, sample: ReferenceSample, weights: SampleWeights, asOf: number): SampleDecision {
  const { rows } = sample
  const { nation, unknown } = sampleFacts(bundle, sample, asOf)
  const all = { from: 0, to: rows }
  const scores = newScores(bundle, rows)
  scoreNation(bundle, nation.households, all, scores)
  const ranks = scoredFormulas(bundle).map(({ formula }, place) =>
    rankWeighted((scores[place] as NationScores[number]).point, formula.direction, weights.households),
  )
  const columns = newColumns(bundle, { households: rows, persons: rows })
  judgeNation(bundle, nation, { scores, ranks }, all, columns)
  return { bundle, scores, columns, lists: selectSample(bundle, columns, scores, weights, asOf), unknownFacts: unknown }
}
