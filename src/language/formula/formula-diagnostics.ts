/** Codes that only the check of a formula or its cases reports; it shares the codes of conditions where the error is the same. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import type { DiagnosticCode } from '../diagnostic-codes.ts'

export const formulaDiagnosticCodes = {
  'term-kind-missing': 'A term is linear (`weight`), `bands`, categories (`points` by code) or conditional (`when`).',
  'term-kinds-several': 'A term mixes the keys of two kinds.',
  'term-repeats': 'Two terms have the same id.',
  'term-fact-type': 'This kind of term does not take facts of this type.',
  'clamp-order': 'The clamp is written [low, high], low below high.',
  'transform-domain': 'The clamp lets in values for which the transform is not defined.',
  'bands-order': 'Bands and rows are written in ascending order, each limit once.',
  'categories-uncovered': 'A code of the category has no points and there is no `otherwise`.',
  'categories-otherwise-unused': 'Every code has points, so `otherwise` can never apply.',
  'imputed-outside': 'The imputed points lie outside what the term can give.',
  'product-range': 'The weight times the greatest clamped value leaves the exact range (±2^53).',
  'score-range': 'The sum of the greatest contributions leaves the exact range (±2^53 millionths).',
  'effective-order': 'The formula ends before it begins.',
  'table-kind': 'A table is of kind `bands` or `lookUp`.',
  'table-value-repeats': 'Two bands of a table have the same value.',
  'case-formula': 'The cases name another formula or version.',
  'case-shape': 'The case does not have the shape of a worked example.',
} as const satisfies Readonly<Record<string, string>>

export type FormulaDiagnosticCode = keyof typeof formulaDiagnosticCodes | DiagnosticCode

interface More {
  readonly expected?: string | undefined
  readonly hint?: string | undefined
}

/** Collects every finding of one check, so that an author sees all errors at once. */
export interface Report {
  readonly list: Diagnostic[]
  /** Adds an error; returns undefined so that a check can give up in one line. */
  readonly error: (code: FormulaDiagnosticCode, pointer: string, message: string, more?: More) => undefined
  readonly warning: (code: FormulaDiagnosticCode, pointer: string, message: string, more?: More) => undefined
}

export function newReport(): Report {
  const list: Diagnostic[] = []
  const add =
    (severity: Diagnostic['severity']): Report['error'] =>
    (code, pointer, message, { expected, hint } = {}) => {
      list.push({ code, pointer, message, ...(expected ? { expected } : {}), ...(hint ? { hint } : {}), severity })
      return undefined
    }
  return { list, error: add('error'), warning: add('warning') }
}
