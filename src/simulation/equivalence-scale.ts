/** By how many equivalent adults a household's welfare is shared: a scale that the request declares, in whole thousandths. */
import Type, { type Static } from 'typebox'
import { problem } from '../kernel/problem.ts'

const closed = { additionalProperties: false } as const
const share = (description: string) => Type.Number({ exclusiveMinimum: 0, maximum: 2, description })

export const WelfareAskedSchema = Type.Object(
  {
    perAdultEquivalent: Type.Union([
      Type.Object(
        {
          adult: share('each adult after the first, who is 1'),
          child: share('each child; where there are children only the first is 1'),
          childUnder: Type.Optional(Type.Integer({ minimum: 1, maximum: 30, description: 'years; 14 unless named' })),
          source: Type.Optional(Type.String({ maxLength: 200 })),
        },
        closed,
      ),
      Type.Object(
        {
          bySize: Type.Array(Type.Number({ exclusiveMinimum: 0, maximum: 100 }), {
            minItems: 1,
            maxItems: 60,
            description: 'equivalents of households of one person, two, and so on; of larger ones nothing is known',
          }),
          source: Type.Optional(Type.String({ maxLength: 200 })),
        },
        closed,
      ),
    ]),
  },
  { ...closed, description: 'reference welfare per equivalent adult instead of per person; numbers of at most three places; needs `line`' },
)

export type WelfareAsked = Static<typeof WelfareAskedSchema>

/** Of which one equivalent adult is made. */
export const WHOLE = 1000

/** In thousandths of an equivalent adult. */
export type EquivalenceScale =
  | { readonly kind: 'byAge'; readonly adult: number; readonly child: number; readonly childUnder: number; readonly source: string | null }
  | { readonly kind: 'bySize'; readonly sizes: readonly number[]; readonly source: string | null }

const CHILD_UNDER = 14

interface Asked {
  readonly welfare?: WelfareAsked
  readonly line?: number
  readonly lines?: readonly number[]
  readonly reference?: unknown
}

/** Null: per person. A number of more places, a line that nobody named and a sample, whose welfare is per person, are refused. */
export function equivalenceScale({ welfare, line, reference }: Asked): EquivalenceScale | null {
  if (!welfare) return null
  if (line === undefined) throw problem('request-invalid', { pointer: '/line', expected: 'a line per adult equivalent' })
  if (reference) throw problem('request-invalid', { pointer: '/reference', expected: 'no sample, whose welfare is per person' })
  const asked = welfare.perAdultEquivalent
  const source = asked.source ?? null
  if ('bySize' in asked) return { kind: 'bySize', sizes: asked.bySize.map((one, place) => thousandths(one, `bySize/${place}`)), source }
  const { adult, child, childUnder = CHILD_UNDER } = asked
  return { kind: 'byAge', adult: thousandths(adult, 'adult'), child: thousandths(child, 'child'), childUnder, source }
}

function thousandths(value: number, place: string): number {
  const whole = Math.round(value * WHOLE)
  if (whole < 1 || whole / WHOLE !== value)
    throw problem('request-invalid', { pointer: `/welfare/perAdultEquivalent/${place}`, expected: 'a number of at most three places' })
  return whole
}

/** Of a household: its adults and children; one of which not every age is known has no equivalents by age: NaN. */
export function equivalentsOf(scale: EquivalenceScale, adults: number, children: number): number {
  const persons = adults + children
  if (persons === 0) return NaN
  if (scale.kind === 'bySize') return scale.sizes[persons - 1] ?? NaN
  return adults > 0 ? WHOLE + scale.adult * (adults - 1) + scale.child * children : WHOLE + scale.child * (children - 1)
}

/** `numerator` over `denominator`, both whole and below 2^53, the latter above 0: to the nearest whole, half away from zero. */
export function roundedQuotient(numerator: number, denominator: number): number {
  const size = Math.abs(numerator)
  const rest = size % denominator
  const quotient = (size - rest) / denominator + (2 * rest >= denominator ? 1 : 0)
  return numerator < 0 ? -quotient : quotient
}
