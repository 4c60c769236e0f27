/** Every expectation of the published and independently computed figures, where they lie beside the project. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../../src/kernel/project-root.ts'
import { atkinson } from '../../../src/simulation/measures/atkinson.ts'
import { coadyGroshHoddinott, concentrationCurve, concentrationIndex } from '../../../src/simulation/measures/concentration.ts'
import { ordinate } from '../../../src/simulation/measures/curve.ts'
import { fgt, watts } from '../../../src/simulation/measures/fgt.ts'
import { gini, giniOfSample, lorenzCurve, meanWelfare, welfareShares } from '../../../src/simulation/measures/lorenz.ts'
import { kendallTauB, spearman } from '../../../src/simulation/measures/rank-correlation.ts'
import { meanLogDeviation, theil } from '../../../src/simulation/measures/theil.ts'
import { welfareOrder } from '../../../src/simulation/measures/welfare-order.ts'

interface Expectation {
  readonly metric: string
  readonly params: Readonly<Record<string, string | number | readonly number[]>> | null
  readonly value: number
  readonly tolerance: number
}

interface Columns {
  readonly welfare: Float64Array
  readonly weights: Float64Array | undefined
  readonly other: Float64Array
}

const truth = join(projectRoot, '..', 'shared', 'truth')
const skip = existsSync(truth) ? false : 'the folder shared/truth is not beside the project'

const table = (path: string): readonly Readonly<Record<string, string>>[] => {
  const [head = '', ...lines] = readFileSync(join(truth, path), 'utf8').trim().split(/\r?\n/)
  const names = head.split(',')
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i] as string, cell])))
}
const numbers = (rows: readonly Readonly<Record<string, string>>[], name: string): Float64Array =>
  Float64Array.from(rows, (row) => (row[name] === undefined || row[name] === '' || row[name] === 'NA' ? NaN : Number(row[name])))

/** Persons with their weights; rows of missing or negative welfare or weight are left out, as PovcalNet does. */
function microdata(path: string): Columns {
  const rows = table(path)
  const weight = numbers(rows, 'weight')
  const welfare = numbers(rows, 'welfare').map((y, row) => ((weight[row] as number) >= 0 && y >= 0 ? y : NaN))
  return { welfare, weights: weight.map((w) => (w >= 0 ? w : 0)), other: welfare }
}

/** Unweighted household incomes of one province or all. */
function ilocos(province: unknown, name = 'income'): Columns {
  const rows = table('data/ilocos_households.csv').filter((row) => province === undefined || row['province'] === province)
  const weights = name === 'income' ? undefined : numbers(rows, 'AP.weight')
  return { welfare: numbers(rows, name), weights, other: numbers(rows, 'AP.income') }
}

function written(params: NonNullable<Expectation['params']>): Columns {
  const list = (name: string): Float64Array | undefined => {
    const value = params[name]
    return typeof value === 'object' ? Float64Array.from(value) : undefined
  }
  const { zeros, positive, equal } = params as Readonly<Record<string, number>>
  const few = zeros === undefined ? new Float64Array(equal ?? 0).fill(3) : new Float64Array(zeros + 1)
  if (zeros !== undefined) few[zeros] = positive as number
  const amounts = list('values') ?? list('benefit') ?? list('y') ?? few
  const welfare =
    list('welfare') ?? list('rank_by') ?? list('x') ?? (params['values'] || params['benefit'] ? amounts.map((_, i) => i) : few)
  return { welfare, weights: list('weights'), other: amounts }
}

function measured(metric: string, params: NonNullable<Expectation['params']>, { welfare, weights, other }: Columns): number | null {
  const line = params['line'] as number
  const order = welfareOrder(welfare, weights)
  const lorenz = lorenzCurve(order)
  const amounts = (): Float64Array => other.map((value, row) => value * (weights?.[row] ?? 1))
  const measures: Readonly<Record<string, () => number | null>> = {
    fgt0: () => fgt(welfare, line, weights).headcount,
    headcount: () => fgt(welfare, line, weights).headcount,
    fgt1: () => fgt(welfare, line, weights).povertyGap,
    poverty_gap: () => fgt(welfare, line, weights).povertyGap,
    fgt2: () => fgt(welfare, line, weights).severity,
    poverty_severity: () => fgt(welfare, line, weights).severity,
    // PovcalNet takes no logarithm of welfare of 0, but counts the person.
    watts: () => watts(welfare, line, { weights, nonPositiveAs: line }).value,
    gini: () => gini(lorenz),
    gini_weighted: () => gini(lorenz),
    gini_corrected: () => giniOfSample(lorenz),
    mean: () => meanWelfare(lorenz),
    mld: () => meanLogDeviation(welfare, { weights, nonPositiveAs: 1 }).value,
    // The fixture calls it a mean log deviation; what ineq computes for `parameter = 0`, and what it published, is Theil's index Σ x ln(x / m) / Σ x.
    theil0: () => theil(welfare).value,
    atkinson: () => atkinson(welfare, 0.5).value,
    lorenz_ordinate: () => ordinate(lorenz, params['p'] as number),
    decile_share: () => welfareShares(lorenz)?.[(params['decile'] as number) - 1] ?? null,
    concentration_index: () => concentrationIndex(concentrationCurve(order, amounts())),
    spearman: () => spearman(welfare, other).value,
    kendall_tau_b: () => kendallTauB(welfare, other).value,
  }
  const measure = measures[metric]
  if (measure === undefined) throw new Error(`nothing measures ${metric}`)
  return measure()
}

/** A programme that gives the poorest `population` the share that is said. */
function ratioOfShares({ share, population }: Readonly<Record<string, number>>): number | null {
  const order = welfareOrder(Float64Array.of(1, 2), Float64Array.of(population as number, 1 - (population as number)))
  return coadyGroshHoddinott(concentrationCurve(order, Float64Array.of(share as number, 1 - (share as number))), population as number)
}

function answer(fixture: string, { metric, params }: Expectation): number | null {
  const given = params ?? {}
  if (metric === 'cgh') return ratioOfShares(given as Readonly<Record<string, number>>)
  const columns =
    fixture === 'wbpip'
      ? microdata(given['dataset'] as string)
      : fixture === 'ilocos'
        ? ilocos(given['province'], metric === 'gini_weighted' ? 'AP.income' : 'income')
        : written(given)
  return measured(metric, given, columns)
}

for (const fixture of ['closed_form', 'ilocos', 'wbpip']) {
  t.test(`${fixture}: every expectation within its tolerance`, { skip }, async (t) => {
    const { expected, n_expected } = JSON.parse(readFileSync(join(truth, 'fixtures', 'metrics', `${fixture}.json`), 'utf8')) as {
      readonly expected: readonly Expectation[]
      readonly n_expected: number
    }
    t.equal(expected.length, n_expected)
    for (const one of expected) {
      const value = answer(fixture, one)
      const name = `${one.metric} ${JSON.stringify(one.params)}: ${value}, expected ${one.value} ± ${one.tolerance}`
      t.ok(value !== null && Math.abs(value - one.value) <= one.tolerance, name)
    }
  })
}
