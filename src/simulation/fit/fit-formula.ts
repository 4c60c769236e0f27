/** Fits a formula on a reference sample: the draft, its coefficients with standard errors, and how well it would target. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { at } from '../../kernel/diagnostic.ts'
import { type Definitions, noDefinitions } from '../../language/condition/definition.ts'
import type { FormulaJson } from '../../language/formula/schema.ts'
import { checkRequest } from './check-request.ts'
import { crossValidate, type CrossValidation } from './cross-validation.ts'
import { type Design, type DesignColumn, designMatrix, type LeftOut } from './design-matrix.ts'
import { draftFormula, type RoundingEffect } from './draft-formula.ts'
import { fitFinding } from './fit-diagnostics.ts'
import type { FitRequest, StandardErrorKind } from './fit-request.ts'
import { collinearColumns, factorOf } from './least-squares.ts'
import type { ReferenceSample } from './reference-sample.ts'
import { regress, type Regression } from './regression.ts'
import { retransformation, type Retransformation } from './retransformation.ts'
import { type Interval, intervals, singleClusters } from './standard-errors.ts'
import { type TargetingErrors, targetingErrors } from './targeting-errors.ts'

export interface Coefficient extends Interval {
  /** Id of the term, or `intercept`. */
  readonly term: string
  /** Code, band, `yes` or `unknown`; null for the intercept and for weights of linear terms. */
  readonly level: string | null
  readonly estimate: number
}

export interface FittedFormula {
  readonly draft: FormulaJson
  readonly rounding: RoundingEffect
  readonly coefficients: readonly Coefficient[]
  readonly standardErrors: {
    readonly kind: StandardErrorKind
    readonly confidence: number
    readonly degreesOfFreedom: number
    readonly singleClusterStrata: number
  }
  readonly rSquared: number | null
  readonly adjusted: number | null
  readonly residualDeviation: number
  /** Rows that were used, their clusters and strata. */
  readonly n: number
  readonly clusters: number
  readonly strata: number
  readonly leftOut: LeftOut
  /** Of least squares on the logarithm; null otherwise: exp of a quantile is the quantile of welfare. */
  readonly retransformation: Retransformation | null
  /** On the rows of the fit itself: flattering, to be compared with `outOfSample`. */
  readonly inSample: TargetingErrors
  readonly outOfSample: CrossValidation
}

export type FitStage = 'read' | 'fit' | 'folds'
export type FitProgress = (stage: FitStage, done: number, total: number) => void

export interface Fit {
  /** Absent when there is any error. */
  readonly fitted?: FittedFormula
  /** Errors, or warnings beside a fit. */
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * The same for the same request and rows, in whatever order these come. `definitions` are the shared conditions that a
 * conditional term may name. Collinear columns, empty levels and strata that are refused end the fit by name.
 */
export function fitFormula(
  json: unknown,
  sample: ReferenceSample,
  definitions: Definitions = noDefinitions,
  onProgress: FitProgress = () => undefined,
): Fit {
  const { checked, diagnostics } = checkRequest(json, sample, definitions)
  if (!checked) return { diagnostics }
  const { request, terms, standardErrors: kind, confidence } = checked
  onProgress('fit', 0, 1)
  const { design, diagnostics: found } = designMatrix(terms, sample, request.target)
  const out = [...diagnostics, ...found]
  const values = design.columns.map((column) => column.values)
  const factor = factorOf(values, design.target, design.weights)
  out.push(...tooFew(design, request, kind))
  // Empty columns are said once, as empty levels.
  if (!out.some(isError)) out.push(...collinearities(design, factor, terms))
  if (out.some(isError)) return { diagnostics: out }
  const single = request.singleClusterStrata === 'omit' ? 'omit' : 'centre'
  const regression = regress(design, factor, request.quantile, { kind, single })
  const outOfSample = crossValidate(design, request, (done, total) => onProgress('folds', done, total))
  if (!regression.converged || !outOfSample.converged)
    out.push(fitFinding('fit-not-converged', '/quantile', 'the interior-point method did not come to an end', { hint: 'leave out terms' }))
  const { coefficients, predicted } = regression
  const drafted = draftFormula({ request, terms, design, coefficients, predicted }, sample, definitions)
  out.push(...drafted.diagnostics)
  if (!drafted.rounding || out.some(isError)) return { diagnostics: out }
  const { draft, rounding } = drafted
  return { fitted: { draft, rounding, ...described(design, regression, request, kind, confidence), outOfSample }, diagnostics: out }
}

function described(
  design: Design,
  { coefficients, predicted, covariance, rSquared, adjusted, residualDeviation }: Regression,
  { target, quantile, formula: { direction }, targeting }: FitRequest,
  kind: StandardErrorKind,
  confidence: number,
): Omit<FittedFormula, 'draft' | 'rounding' | 'outOfSample'> {
  const { degreesOfFreedom, singleClusterStrata } = covariance
  const { welfare, weights } = design
  const bounds = intervals(coefficients, covariance, confidence)
  return {
    coefficients: design.columns.map(({ term, level }, j) => ({
      term,
      level,
      estimate: coefficients[j] as number,
      ...(bounds[j] as Interval),
    })),
    standardErrors: { kind, confidence, degreesOfFreedom, singleClusterStrata },
    rSquared,
    adjusted,
    residualDeviation,
    n: design.rows.length,
    clusters: design.stratumOf.length,
    strata: new Set(design.stratumOf).size,
    leftOut: design.leftOut,
    retransformation:
      target === 'ln' && quantile === undefined ? retransformation(design.target, predicted, weights, coefficients.length) : null,
    inSample: targetingErrors({ welfare, predicted, weights, direction, ...targeting }),
  }
}

function tooFew({ rows, columns, stratumOf }: Design, request: FitRequest, kind: StandardErrorKind): Diagnostic[] {
  const found: Diagnostic[] = []
  if (rows.length <= columns.length) found.push(fitFinding('fit-rows-few', '', `${rows.length} rows for ${columns.length} columns`))
  const { folds } = request.crossValidation
  if (stratumOf.length < folds)
    found.push(fitFinding('fit-clusters-few', '/crossValidation/folds', `${stratumOf.length} clusters for ${folds} folds`))
  const strata = new Set(stratumOf).size
  if ((kind === 'survey' && stratumOf.length <= strata) || (kind === 'cluster' && stratumOf.length < 2))
    found.push(fitFinding('fit-clusters-few', '/standardErrors', `${stratumOf.length} clusters in ${strata} strata`))
  const singles = singleClusters(stratumOf)
  if (kind === 'survey' && request.singleClusterStrata === 'refuse' && singles > 0) {
    const hint = 'join strata, or choose `centre`'
    found.push(fitFinding('fit-single-cluster', '/singleClusterStrata', `${singles} strata have a single cluster`, { hint }))
  }
  return found
}

function collinearities(
  design: Design,
  factor: ReturnType<typeof factorOf>,
  terms: readonly { readonly candidate: { readonly id: string } }[],
): Diagnostic[] {
  const name = (column: number): string => {
    const { term, level } = design.columns[column] as DesignColumn
    return level === null ? term : `${term}: ${level}`
  }
  return collinearColumns(factor).map(({ column, of }) => {
    const sum = of.map((part) => `${Number(part.coefficient.toPrecision(4))} × ${name(part.column)}`).join(' + ')
    const index = terms.findIndex(({ candidate }) => candidate.id === design.columns[column]?.term)
    const message = `${name(column)} is ${sum === '' ? '0 in all rows' : sum}`
    return fitFinding('fit-collinear', at('/terms', index), message, { hint: 'leave out one of them' })
  })
}

const isError = ({ severity }: Diagnostic): boolean => severity === 'error'
