/** Literals of expressions: numbers that are exact, and codes that the place has. */
import { MAX_SCALE, scaledOfNumber } from '../../kernel/decimal.ts'
import { type Findings, quote } from './diagnostics.ts'
import type { Expression, ExpressionScope } from './expression.ts'

export function literal(value: number, pointer: string, out: Findings): Expression | undefined {
  for (let scale = 0; scale <= MAX_SCALE; scale++) {
    const scaled = scaledOfNumber(value, scale)
    if (scaled.ok)
      return {
        op: 'literal',
        value: scaled.value,
        type: scale === 0 ? 'integer' : 'decimal',
        scale,
        unit: null,
        nonNegative: value >= 0,
        bounded: false,
      }
    if (scaled.error !== 'too-many-places') break
  }
  return out.error('literal-out-of-range', pointer, `${value} has more than ${MAX_SCALE} places or 15 digits`)
}

export function scaledLiteral(value: unknown, scale: number, pointer: string, out: Findings): number | undefined {
  const scaled = typeof value === 'number' ? scaledOfNumber(value, scale) : null
  return scaled?.ok ? scaled.value : out.error('literal-type', pointer, `${quote(value)} is not a number of at most ${scale} places`)
}

export function bandValue(
  value: unknown,
  scope: Pick<ExpressionScope, 'codes' | 'wantScale'>,
  pointer: string,
  out: Findings,
): number | string | undefined {
  if (!scope.codes) return scaledLiteral(value, scope.wantScale, pointer, out)
  if (typeof value === 'string' && scope.codes.includes(value)) return value
  return out.error('unknown-code', pointer, `${quote(value)} is not a code of this fact`, { expected: scope.codes.join(', ') })
}
