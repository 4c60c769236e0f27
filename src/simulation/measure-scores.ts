/** What is told of a decision's scores by group: how many rest on imputed values, and the poverty rate that a table of likelihoods has of them. */
import { scoredFormulas } from '../determinations/bulk/bulk-bundle.ts'
import { keptWith } from '../kernel/kept-with.ts'
import type { Decision } from './decide.ts'
import type { FormulaImputed, ImputedCounts } from './imputed-scores.ts'
import { type FormulaLikelihoods, type LikelihoodSums, likelihoodTables } from './likelihood-rates.ts'
import type { MeasuringBasis } from './measure-tasks.ts'
import type { Comparing } from './simulate.ts'

export interface ScoresMeasured {
  readonly imputed: readonly FormulaImputed[]
  readonly likelihoods: readonly FormulaLikelihoods[]
}

/** By points, which a scenario shares with the baseline where it leaves the formula. */
const imputedOf = keptWith((_basis: MeasuringBasis) => new WeakMap<Float64Array, ImputedCounts>())
/** By points, then by table. */
const likelihoodsOf = keptWith((_basis: MeasuringBasis) => new WeakMap<Float64Array, Map<string, LikelihoodSums>>())

export async function measureScores({ measuring, basis }: Comparing, { bundle, nation }: Decision): Promise<ScoresMeasured> {
  const formulas = scoredFormulas(bundle).flatMap(({ ref, formula }, place) => {
    const scores = nation.scores[place]
    return scores ? [{ id: ref.id, formula, scores }] : []
  })
  const imputed = formulas.map(async ({ id, scores }): Promise<FormulaImputed> => ({ formula: id, ...(await countOf(scores)) }))
  const likelihoods = formulas.flatMap(({ id, formula, scores }) =>
    likelihoodTables(formula).map(async (table): Promise<FormulaLikelihoods> => ({
      formula: id,
      table: table.name,
      ...(await sumsOf(scores.point, table)),
    })),
  )
  return { imputed: await Promise.all(imputed), likelihoods: await Promise.all(likelihoods) }

  async function countOf(scores: Decision['scores'][number]): Promise<ImputedCounts> {
    const known = imputedOf(basis)
    const found = known.get(scores.point)
    if (found) return found
    const [counted] = await measuring.perform([{ kind: 'imputed', basis: await measuring.numberOf(basis), scores }])
    // INVARIANT: the pool answers what it was asked.
    if (!counted) throw new Error('imputed scores were not counted')
    known.set(scores.point, counted)
    return counted
  }

  async function sumsOf(points: Float64Array, { scores, values }: ReturnType<typeof likelihoodTables>[number]): Promise<LikelihoodSums> {
    const known = likelihoodsOf(basis).get(points) ?? new Map<string, LikelihoodSums>()
    likelihoodsOf(basis).set(points, known)
    const key = JSON.stringify([scores, values])
    const found = known.get(key)
    if (found) return found
    const task = { kind: 'likelihoods', basis: await measuring.numberOf(basis), points, table: { scores, values } } as const
    const [sums] = await measuring.perform([task])
    // INVARIANT: the pool answers what it was asked.
    if (!sums) throw new Error('likelihoods were not added up')
    known.set(key, sums)
    return sums
  }
}
