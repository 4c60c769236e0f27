/** The draft of a formula from fitted coefficients: weights of 6 places, every unknown declared, and what the rounding does. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { at } from '../../kernel/diagnostic.ts'
import type { Definitions } from '../../language/condition/definition.ts'
import type { Words } from '../../language/fact-space.ts'
import { checkFormula } from '../../language/formula/check.ts'
import { compileFormula, PLACES_PER_TERM } from '../../language/formula/compile.ts'
import { type Formula, MICRO, POINT_SCALE } from '../../language/formula/formula.ts'
import type { FormulaJson, TermJson } from '../../language/formula/schema.ts'
import type { FitTerm } from './candidate-term.ts'
import { type Design, type DesignColumn, INTERCEPT } from './design-matrix.ts'
import { fitFinding } from './fit-diagnostics.ts'
import type { FitRequest } from './fit-request.ts'
import type { ReferenceSample } from './reference-sample.ts'
import { rowReader } from './term-values.ts'
import { weightedMean } from './weighted-mean.ts'

export interface RoundingEffect {
  /** Greatest difference between the draft's score and the unrounded prediction over the rows of the fit. */
  readonly greatestDifference: number
  /** Rows whose score is imputed within other bounds than the fit's (`fit-imputed-outside`); they are not in the difference. */
  readonly rowsImputedOtherwise: number
}

export interface Draft {
  readonly draft: FormulaJson
  /** Absent when the project's check refuses the draft; why is in the diagnostics. */
  readonly rounding?: RoundingEffect
  readonly diagnostics: readonly Diagnostic[]
}

interface Fitted {
  readonly request: FitRequest
  readonly terms: readonly FitTerm[]
  readonly design: Design
  readonly coefficients: Float64Array
  readonly predicted: Float64Array
}

/** A weight loses its meaning when rounding takes more than this share of it. */
const LOST_SHARE = 0.01

/** Half away from zero at 6 places, of the double's exact value: `toFixed` rounds that exactly, and halves upwards. */
export const roundedPoints = (value: number): number => Math.sign(value) * Number(Math.abs(value).toFixed(POINT_SCALE)) || 0

export function draftFormula(fitted: Fitted, sample: ReferenceSample, definitions: Definitions): Draft {
  const { request, terms, design, coefficients, predicted } = fitted
  const context = { space: sample.space, definitions }
  const diagnostics = lostWeights(design.columns, coefficients, terms)
  const points = terms.map((term) => pointsOf(term, design.columns, coefficients))
  const whole = (unknowns: readonly TermJson['unknown'][]): FormulaJson => ({
    ...request.formula,
    description: request.formula.description ?? describe(request, design),
    intercept: roundedPoints(coefficients[0] as number),
    terms: terms.map((term, i) => term.json(points[i] as number[], unknowns[i] as TermJson['unknown'])),
  })
  const plain = whole(terms.map(() => 'undetermined'))
  const checked = checkFormula(plain, context)
  if (!checked.formula) return { draft: plain, diagnostics: [...diagnostics, ...checked.diagnostics] }
  // What a term can give at most and at least is known only now, and an imputed value has to lie between.
  const imputed = imputedUnknowns(fitted, checked.formula, sample, diagnostics)
  const draft = whole(imputed.unknowns)
  const { formula, diagnostics: more } = checkFormula(draft, context)
  diagnostics.push(...more)
  if (!formula) return { draft, diagnostics }
  return { draft, rounding: roundingEffect(formula, sample, design, predicted, imputed.outside), diagnostics }
}

/** By level, or the one weight. */
function pointsOf({ candidate, levels }: FitTerm, columns: readonly DesignColumn[], coefficients: Float64Array): number[] {
  const points = Array.from({ length: levels?.length ?? 1 }, () => 0)
  columns.forEach(({ term, place }, j) => {
    if (term === candidate.id && place >= 0) points[place] = roundedPoints(coefficients[j] as number)
  })
  return points
}

function lostWeights(columns: readonly DesignColumn[], coefficients: Float64Array, terms: readonly FitTerm[]): Diagnostic[] {
  return columns.flatMap(({ term, level, place }, j) => {
    const value = coefficients[j] as number
    if (term === INTERCEPT || place < 0 || level !== null || Math.abs(roundedPoints(value) - value) <= LOST_SHARE * Math.abs(value))
      return []
    const pointer = at(
      '/terms',
      terms.findIndex(({ candidate }) => candidate.id === term),
    )
    const message = `the weight of ${term} is ${value.toPrecision(6)} and becomes ${roundedPoints(value)}`
    return [fitFinding('fit-weight-rounds', pointer, message, { hint: 'use ln, ln1p, sqrt or bands', severity: 'warning' })]
  })
}

/** What each term imputes, and the rows for which that is not what the fit says. */
function imputedUnknowns(
  { terms, design, coefficients }: Fitted,
  formula: Formula,
  sample: ReferenceSample,
  out: Diagnostic[],
): { readonly unknowns: TermJson['unknown'][]; readonly outside: ReadonlySet<number> } {
  const score = compileFormula(formula)
  const contributions = new Float64Array(terms.length * PLACES_PER_TERM)
  const read = rowReader(sample, formula.slots)
  const given = terms.map(() => new Float64Array(design.rows.length))
  design.rows.forEach((row, i) => {
    const { lo, hi } = read(row)
    score(lo, hi, contributions)
    given.forEach((values, t) => void (values[i] = (contributions[t * PLACES_PER_TERM] as number) / MICRO))
  })
  const outside = new Set<number>()
  const unknowns = terms.map(({ candidate }, t): TermJson['unknown'] => {
    if (candidate.unknown === 'undetermined') return 'undetermined'
    const { least, most } = formula.terms[t] as Formula['terms'][number]
    const values = given[t] as Float64Array
    const place = design.columns.findIndex((column) => column.term === candidate.id && column.place < 0)
    const known = [...values.keys()].filter((i) => !Number.isNaN(values[i]))
    const mean = weightedMean(
      Float64Array.from(known, (i) => values[i] as number),
      Float64Array.from(known, (i) => design.weights[i] as number),
    )
    const wanted = roundedPoints(place < 0 ? mean : (coefficients[place] as number))
    const points = Math.min(Math.max(wanted, least / MICRO), most / MICRO)
    if (points !== wanted && place >= 0) {
      values.forEach((value, i) => void (Number.isNaN(value) && outside.add(i)))
      const message = `rows with an unknown value of ${candidate.id} contribute ${wanted}; ${points} is imputed`
      out.push(fitFinding('fit-imputed-outside', at('/terms', t), message, { severity: 'warning' }))
    }
    return { imputed: { points, reason: place < 0 ? meanReason(known.length) : indicatorReason(values.length - known.length) } }
  })
  return { unknowns, outside }
}

const meanReason = (rows: number): Words => ({
  en: `Mean contribution in the reference sample (households: ${rows})`,
  ar: `متوسط المساهمة في العينة المرجعية (عدد الأسر: ${rows})`,
})

const indicatorReason = (rows: number): Words => ({
  en: `What the reference sample says of those for whom it is unknown (households: ${rows})`,
  ar: `ما تدل عليه العينة المرجعية لمن لا تُعرف قيمته (عدد الأسر: ${rows})`,
})

function describe({ target, quantile }: FitRequest, { rows, weights }: Design): Words {
  const weighted = weights.some((weight) => weight !== 1)
  const [en, ar] = target === 'ln' ? ['the logarithm of welfare', 'لوغاريتم الرفاه'] : ['welfare', 'الرفاه']
  const method =
    quantile === undefined
      ? { en: `${weighted ? 'weighted ' : ''}least squares of ${en}`, ar: `المربعات الصغرى ${weighted ? 'المرجّحة ' : ''}على ${ar}` }
      : { en: `regression of quantile ${quantile} of ${en}`, ar: `انحدار المئين ${quantile} من ${ar}` }
  return {
    en: `Draft, fitted on ${rows.length} households of a reference sample by ${method.en}.`,
    ar: `مسودة قُدِّرت من ${rows.length} أسرة في عينة مرجعية بطريقة ${method.ar}.`,
  }
}

function roundingEffect(
  formula: Formula,
  sample: ReferenceSample,
  { rows }: Design,
  predicted: Float64Array,
  outside: ReadonlySet<number>,
): RoundingEffect {
  const score = compileFormula(formula)
  const contributions = new Float64Array(formula.terms.length * PLACES_PER_TERM)
  const read = rowReader(sample, formula.slots)
  let greatestDifference = 0
  rows.forEach((row, i) => {
    if (outside.has(i)) return
    const { lo, hi } = read(row)
    const difference = Math.abs(score(lo, hi, contributions).point / MICRO - (predicted[i] as number))
    if (difference > greatestDifference) greatestDifference = difference
  })
  return { greatestDifference, rowsImputedOtherwise: outside.size }
}
