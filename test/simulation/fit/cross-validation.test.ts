import t from 'tap'
import { noDefinitions } from '../../../src/language/condition/definition.ts'
import { checkRequest } from '../../../src/simulation/fit/check-request.ts'
import { crossValidate } from '../../../src/simulation/fit/cross-validation.ts'
import { type Design, designMatrix } from '../../../src/simulation/fit/design-matrix.ts'
import type { FitRequest } from '../../../src/simulation/fit/fit-request.ts'
import { foldsOf } from '../../../src/simulation/fit/folds.ts'
import { factorOf, solveFactor } from '../../../src/simulation/fit/least-squares.ts'
import { fitQuantile } from '../../../src/simulation/fit/quantile-regression.ts'
import type { ReferenceSample } from '../../../src/simulation/fit/reference-sample.ts'
import { drawSample, reordered, request } from './small-sample.ts'

function designOf(sample: ReferenceSample, asked: FitRequest = request): Design {
  const { checked, diagnostics } = checkRequest(asked, sample, noDefinitions)
  if (!checked) throw new Error(JSON.stringify(diagnostics))
  return designMatrix(checked.terms, sample, asked.target).design
}

/** Fold by the name of the cluster. */
function foldByCluster(design: Design, seed: string): Map<string, number> {
  const folds = foldsOf(design, 5, seed)
  return new Map(design.clusterNames.map((name, cluster) => [name, folds[design.clusterOf.indexOf(cluster)] as number]))
}

t.test('a cluster is never split, and strata are spread over the folds', async (t) => {
  const design = designOf(drawSample(1, { rows: 1500, clusters: 83, strata: 4, weighted: true, unknown: 0.02 }))
  const folds = foldsOf(design, 5, 'a')
  const seen = new Map<number, number>()
  design.clusterOf.forEach((cluster, row) => {
    if ((seen.get(cluster) ?? folds[row]) !== folds[row]) t.fail(`cluster ${cluster} is in two folds`)
    seen.set(cluster, folds[row] as number)
  })
  t.equal(seen.size, 83)
  const counts = (clusters: number[]): number[] => [0, 1, 2, 3, 4].map((fold) => clusters.filter((c) => seen.get(c) === fold).length)
  const spread = (all: number[]): number => Math.max(...all) - Math.min(...all)
  t.ok(spread(counts([...seen.keys()])) <= 1)
  for (let stratum = 0; stratum < 4; stratum++)
    t.ok(spread(counts([...seen.keys()].filter((cluster) => design.stratumOf[cluster] === stratum))) <= 1)
})

t.test('folds follow from the seed and not from the order of rows', async (t) => {
  const sample = drawSample(2, { rows: 600, clusters: 40, strata: 3 })
  const first = foldByCluster(designOf(sample), 'a')
  t.strictSame(foldByCluster(designOf(reordered(sample, 9)), 'a'), first)
  t.notSame(foldByCluster(designOf(sample), 'b'), first)
  const plain = designOf(drawSample(2, { rows: 103 }))
  const sizes = [0, 1, 2, 3, 4].map((fold) => foldsOf(plain, 5, 'a').filter((other) => other === fold).length)
  t.strictSame(
    sizes.toSorted((a, b) => a - b),
    [20, 20, 21, 21, 21],
    'without clusters each row is one',
  )
})

for (const quantile of [undefined, 0.4]) {
  t.test(`each fold is predicted by a fit on the others, ${quantile ?? 'least squares'}`, async (t) => {
    const asked: FitRequest = quantile === undefined ? request : { ...request, quantile }
    const design = designOf(drawSample(3, { rows: 400, clusters: 30, strata: 2, weighted: true }), asked)
    const { folds, rSquared, rmse, converged } = crossValidate(design, asked)
    t.ok(converged)
    const foldOf = foldsOf(design, 5, 'first')
    let [squares, weight] = [0, 0]
    folds.forEach((fold, number) => {
      const train = Int32Array.from(foldOf.keys()).filter((row) => foldOf[row] !== number)
      const pick = (column: Float64Array): Float64Array => Float64Array.from(train, (row) => column[row] as number)
      const columns = design.columns.map(({ values }) => pick(values))
      const [y, w] = [pick(design.target), pick(design.weights)]
      const { coefficients } = quantile === undefined ? solveFactor(factorOf(columns, y, w)) : fitQuantile(columns, y, w, quantile)
      let [own, ownWeight] = [0, 0]
      foldOf.forEach((other, row) => {
        if (other !== number) return
        const predicted = design.columns.reduce((sum, { values }, j) => sum + (values[row] as number) * (coefficients[j] as number), 0)
        own += (design.weights[row] as number) * ((design.target[row] as number) - predicted) ** 2
        ownWeight += design.weights[row] as number
      })
      t.ok(Math.abs(fold.rmse - Math.sqrt(own / ownWeight)) < 1e-9, `fold ${number}`)
      squares += own
      weight += ownWeight
    })
    t.ok(Math.abs(rmse - Math.sqrt(squares / weight)) < 1e-9)
    t.ok(rSquared !== null && rSquared > 0.3 && rSquared < 1)
    t.equal(
      folds.reduce((sum, { rows }) => sum + rows, 0),
      design.target.length,
    )
    t.equal(
      folds.reduce((sum, { clusters }) => sum + clusters, 0),
      30,
    )
  })
}

t.test('a level that is in one fold only counts as nothing there, and is named', async (t) => {
  const sample = drawSample(4, { rows: 300, clusters: 20 })
  const region = sample.facts.get('region')?.map((code) => code % 2) as Float64Array
  sample.clusters?.forEach((cluster, row) => void (cluster === 'c7' && (region[row] = 2)))
  const design = designOf({ ...sample, facts: new Map([...sample.facts, ['region', region]]) })
  const { folds } = crossValidate(design, request)
  const without = design.columns.filter(({ level }) => level !== 'south+badia')
  const fold = folds.findIndex(({ notEstimated }) => notEstimated.length > 0)
  const same = crossValidate({ ...design, columns: without }, request).folds[fold]
  t.ok(Math.abs((folds[fold]?.rmse ?? 0) - (same?.rmse ?? 1)) < 1e-12)
  t.strictSame(
    folds.flatMap(({ notEstimated }) => notEstimated),
    [{ term: 'region', level: 'south+badia' }],
  )
})
