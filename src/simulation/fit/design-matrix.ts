/** Rows × columns of a fit: which rows of the sample are used and why the others are not, one column per weight to be found. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { at } from '../../kernel/diagnostic.ts'
import type { FitTerm } from './candidate-term.ts'
import { fitFinding } from './fit-diagnostics.ts'
import type { FitRequest } from './fit-request.ts'
import { contentOrder, type ReferenceSample } from './reference-sample.ts'
import { clustersOf, type Clusters } from './sampling-design.ts'
import { termValues } from './term-values.ts'

export const INTERCEPT = 'intercept'
/** Level of the rows in which a term with an indicator is unknown. */
export const UNKNOWN_LEVEL = 'unknown'
/** Below this a level's points say more about its few rows than about the population. */
const FEW_ROWS = 30

export interface DesignColumn {
  /** Id of the term, or `intercept`. */
  readonly term: string
  /** Code, band, `yes` or `unknown`; null for the intercept and for weights. */
  readonly level: string | null
  /** Position of the level among the term's; -1 for `unknown`, 0 where there are none. */
  readonly place: number
  readonly values: Float64Array
}

/** A row can be left out for several reasons and is counted under each; `rows` counts it once. */
export interface LeftOut {
  readonly rows: number
  readonly reasons: readonly {
    readonly reason: 'weight-zero' | 'welfare-unknown' | 'welfare-not-positive' | 'term-unknown'
    /** Term that is unknown, null for the other reasons. */
    readonly term: string | null
    readonly rows: number
  }[]
}

export interface Design extends Clusters {
  /** The intercept first, then the terms' in their order. */
  readonly columns: readonly DesignColumn[]
  /** Welfare or its logarithm, and welfare itself, by row of the design. */
  readonly target: Float64Array
  readonly welfare: Float64Array
  /** 1 where the sample has none. */
  readonly weights: Float64Array
  /** Rows of the sample, in the order of their content. */
  readonly rows: Int32Array
  readonly leftOut: LeftOut
}

/** INVARIANT: the terms were checked against this sample. Columns without any row are in `diagnostics`. */
export function designMatrix(
  terms: readonly FitTerm[],
  sample: ReferenceSample,
  target: FitRequest['target'],
): { readonly design: Design; readonly diagnostics: readonly Diagnostic[] } {
  const values = terms.map((term) => termValues(term, sample))
  const { rows, leftOut } = usedRows(terms, values, sample, target)
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row] as number)
  const welfare = pick(sample.welfare)
  const diagnostics: Diagnostic[] = []
  const columns = terms.flatMap((term, index) => termColumns(term, pick(values[index] as Float64Array), at('/terms', index), diagnostics))
  const ones = new Float64Array(rows.length).fill(1)
  const design: Design = {
    columns: [{ term: INTERCEPT, level: null, place: 0, values: ones }, ...columns],
    target: target === 'ln' ? welfare.map(Math.log) : welfare,
    welfare,
    weights: sample.weights ? pick(sample.weights) : ones,
    rows,
    leftOut,
    ...clustersOf(sample, rows),
  }
  return { design, diagnostics }
}

function usedRows(
  terms: readonly FitTerm[],
  values: readonly Float64Array[],
  sample: ReferenceSample,
  target: FitRequest['target'],
): Pick<Design, 'rows' | 'leftOut'> {
  type Reason = LeftOut['reasons'][number]
  const reasons: { readonly reason: Reason['reason']; readonly term: string | null; readonly holds: (row: number) => boolean }[] = [
    { reason: 'weight-zero', term: null, holds: (row) => sample.weights?.[row] === 0 },
    { reason: 'welfare-unknown', term: null, holds: (row) => Number.isNaN(sample.welfare[row]) },
    { reason: 'welfare-not-positive', term: null, holds: (row) => target === 'ln' && (sample.welfare[row] as number) <= 0 },
    ...terms.flatMap(({ candidate }, index) =>
      candidate.unknown === 'indicator'
        ? []
        : [{ reason: 'term-unknown' as const, term: candidate.id, holds: (row: number) => Number.isNaN(values[index]?.[row]) }],
    ),
  ]
  const counts = reasons.map(() => 0)
  const rows = contentOrder(sample).filter((row) => {
    let used = true
    reasons.forEach(({ holds }, index) => {
      if (!holds(row)) return
      counts[index] = (counts[index] as number) + 1
      used = false
    })
    return used
  })
  const counted = reasons.map(({ reason, term }, index) => ({ reason, term, rows: counts[index] as number }))
  return { rows, leftOut: { rows: sample.rows - rows.length, reasons: counted.filter((entry) => entry.rows > 0) } }
}

function termColumns(fitTerm: FitTerm, values: Float64Array, pointer: string, out: Diagnostic[]): DesignColumn[] {
  const { candidate, levels, base } = fitTerm
  const column = (level: string | null, place: number, valueOf: (value: number) => number): DesignColumn => ({
    term: candidate.id,
    level,
    place,
    values: values.map(valueOf),
  })
  const anyUnknown = values.some(Number.isNaN)
  const indicator = anyUnknown ? [column(UNKNOWN_LEVEL, -1, (value) => (Number.isNaN(value) ? 1 : 0))] : []
  if (!levels) return [column(null, 0, (value) => (Number.isNaN(value) ? 0 : value)), ...indicator]
  levels.forEach((level, place) => {
    const rows = values.reduce((count, value) => count + (value === place ? 1 : 0), 0)
    const hint = candidate.kind === 'bands' ? 'move the limits' : 'put it in a group with another code'
    if (rows === 0) out.push(fitFinding('fit-level-empty', pointer, `no row that is used has ${candidate.id}: ${level}`, { hint }))
    else if (rows < FEW_ROWS)
      out.push(fitFinding('fit-level-few', pointer, `${rows} rows have ${candidate.id}: ${level}`, { hint, severity: 'warning' }))
  })
  const own = levels.flatMap((level, place) => (place === base ? [] : [column(level, place, (value) => (value === place ? 1 : 0))]))
  return [...own, ...indicator]
}
