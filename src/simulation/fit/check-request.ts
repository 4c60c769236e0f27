/** Checks a request against the sample that it is to be fitted on: every error at once, or its terms ready for use. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { at } from '../../kernel/diagnostic.ts'
import { quote } from '../../language/diagnostic-codes.ts'
import type { Definitions } from '../../language/condition/definition.ts'
import { didYouMean } from '../../language/nearest.ts'
import { shapeDiagnostics } from '../../language/shape.ts'
import { checkCandidate, type FitTerm } from './candidate-term.ts'
import { fitFinding } from './fit-diagnostics.ts'
import { type FitRequest, FitRequestShellSchema, type StandardErrorKind } from './fit-request.ts'
import type { ReferenceSample } from './reference-sample.ts'
import { factsOf } from './term-values.ts'

export interface CheckedRequest {
  /** Absent when there is any error. */
  readonly checked?: {
    readonly request: FitRequest
    readonly terms: readonly FitTerm[]
    readonly standardErrors: StandardErrorKind
    readonly confidence: number
  }
  readonly diagnostics: readonly Diagnostic[]
}

export function checkRequest(json: unknown, sample: ReferenceSample, definitions: Definitions): CheckedRequest {
  const out = shapeDiagnostics(FitRequestShellSchema, json)
  const candidates = (json as FitRequest | null)?.terms
  const terms = Array.isArray(candidates)
    ? candidates.map((term, index) => checkCandidate(term, at('/terms', index), sample, { definitions }, out))
    : []
  if (out.some(({ severity }) => severity === 'error')) return { diagnostics: out }
  const request = json as FitRequest
  checkNumbers(request, out)
  const ready = terms.filter((term) => term !== undefined)
  checkIds(ready, out)
  checkFacts(ready, sample, out)
  const { clusters, strata } = sample
  const standardErrors = request.standardErrors ?? (clusters || strata ? 'survey' : 'robust')
  checkStandardErrors(request, standardErrors, sample, out)
  if (out.some(({ severity }) => severity === 'error')) return { diagnostics: out }
  return { checked: { request, terms: ready, standardErrors, confidence: request.confidence ?? 0.95 }, diagnostics: out }
}

function checkNumbers({ quantile, confidence, targeting }: FitRequest, out: Diagnostic[]): void {
  const within = (value: number | undefined): boolean => value === undefined || (value > 0 && value < 1)
  const expected = 'above 0 and below 1'
  if (!within(quantile)) out.push(fitFinding('fit-quantile', '/quantile', `${quantile} is no quantile`, { expected }))
  if (!within(confidence)) out.push(fitFinding('fit-confidence', '/confidence', `${confidence} is no confidence`, { expected }))
  const { poverty, coverage } = targeting
  if ('share' in poverty && !within(poverty.share))
    out.push(fitFinding('fit-share', '/targeting/poverty/share', `${poverty.share} is no share`, { expected }))
  if (!within(coverage)) out.push(fitFinding('fit-share', '/targeting/coverage', `${coverage} is no share`, { expected }))
}

function checkIds(terms: readonly FitTerm[], out: Diagnostic[]): void {
  const seen = new Set<string>()
  terms.forEach(({ candidate: { id } }, index) => {
    const pointer = at(at('/terms', index), 'id')
    if (seen.has(id)) out.push({ code: 'term-repeats', pointer, message: `two terms are called ${quote(id)}`, severity: 'error' })
    seen.add(id)
  })
}

function checkFacts(terms: readonly FitTerm[], sample: ReferenceSample, out: Diagnostic[]): void {
  terms.forEach((term, index) => {
    for (const id of factsOf(term, sample)) {
      if (sample.facts.has(id)) continue
      const hint = didYouMean(id, sample.facts.keys())
      const pointer = at(at('/terms', index), term.candidate.kind === 'conditional' ? 'when' : 'fact')
      out.push(fitFinding('fit-fact-absent', pointer, `the sample does not have ${id}`, hint === undefined ? {} : { hint }))
    }
  })
}

function checkStandardErrors(request: FitRequest, kind: StandardErrorKind, sample: ReferenceSample, out: Diagnostic[]): void {
  const refuse = (message: string, expected: string): void =>
    void out.push(fitFinding('fit-standard-errors', '/standardErrors', message, { expected }))
  if (kind === 'classical' && request.quantile !== undefined)
    refuse('classical standard errors are those of least squares', 'robust, cluster or survey')
  if (kind === 'cluster' && !sample.clusters) refuse('the sample has no clusters', 'a column for the cluster, or robust')
}
