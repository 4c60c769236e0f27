/** Random formulas over a small fact space, and random facts for them: known, unknown, bounded, extreme. */
import fc from 'fast-check'
import { type FactType, type FactValues, factSpace, unknownValues } from '../../../src/language/fact-space.ts'
import type { RefFact, RefValue } from './reference.ts'

const words = (text: string) => ({ en: text, ar: 'نص' })
const fact = (id: string, type: FactType['type'], scale = 0, codes: readonly string[] | null = null): FactType => ({
  id,
  type,
  scale,
  unit: type === 'integer' || type === 'decimal' ? 'JOD/month' : null,
  codes,
  codeLabels: codes ? Object.fromEntries(codes.map((code) => [code, words(code)])) : null,
  label: words(id),
  protected: false,
})

export const space = factSpace('household', [
  fact('count', 'integer'),
  fact('money', 'decimal', 3),
  fact('ratio', 'decimal', 6),
  fact('area', 'decimal', 1),
  fact('kind', 'category', 0, ['a', 'b', 'c', 'd', 'e']),
  fact('flag', 'boolean'),
])
export const refFacts: ReadonlyMap<string, RefFact> = new Map(space.types.map((type) => [type.id, type]))
const numeric = space.types.filter((type) => type.scale > 0 || type.type === 'integer')

/** Decimals that a file may hold: at most 15 digits, at most `scale` places. */
const written = (scale: number, most = 10 ** 15 - 1): fc.Arbitrary<number> =>
  fc
    .oneof(
      { weight: 6, arbitrary: fc.integer({ min: -100_000, max: 100_000 }) },
      { weight: 2, arbitrary: fc.integer({ min: -(10 ** 9), max: 10 ** 9 }) },
      { weight: 1, arbitrary: fc.integer({ min: -most, max: most }) },
    )
    .map((scaled) => scaled / 10 ** scale)

const points = written(6, 10 ** 12)
const pick = <T>(items: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...items)

const condition: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  leaf: fc.oneof(
    pick(numeric).chain((type) =>
      fc.record({ fact: fc.constant(type.id), operator: pick(['lessThan', 'greaterThanInclusive']), value: written(type.scale) }),
    ),
    fc.record({ fact: fc.constant('kind'), operator: pick(['equal', 'notEqual']), value: pick(['a', 'b', 'c']) }),
    fc.record({ fact: fc.constant('flag'), operator: pick(['equal', 'notEqual']), value: fc.boolean() }),
  ),
  node: fc.oneof(
    { maxDepth: 2 },
    tie('leaf'),
    fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('node') }),
  ),
})).node

/** Imputed points are a share of the way from the least to the most that the term gives, so that the check accepts them. */
type Unknown = 'undetermined' | { share: number }
const unknown: fc.Arbitrary<Unknown> = fc.oneof(
  { weight: 1, arbitrary: fc.constant('undetermined' as const) },
  { weight: 6, arbitrary: fc.record({ share: fc.integer({ min: 0, max: 4 }) }) },
)

const linear = pick(numeric).chain((type) =>
  fc
    .record({
      fact: fc.constant(type.id),
      weight: written(6, 10 ** 9),
      transform: pick(['identity', 'ln', 'ln1p', 'sqrt'] as const),
      ends: fc.tuple(written(type.scale), written(type.scale)),
      unknown,
    })
    .map(({ ends, ...term }) => {
      const least = term.transform === 'ln' ? 10 ** -type.scale : term.transform === 'identity' ? -Infinity : 0
      const [a, b] = ends.map((end) => Math.max(end, least)) as [number, number]
      const low = Math.min(a, b)
      const high = Math.max(a, b)
      return { ...term, clamp: low === high ? [low, low + 10] : [low, high] }
    }),
)
const bands = pick(numeric).chain((type) =>
  fc
    .record({
      limits: fc.uniqueArray(written(type.scale), { minLength: 1, maxLength: 6 }),
      given: fc.array(points, { minLength: 6, maxLength: 6 }),
      otherwise: points,
      unknown,
    })
    .map(({ limits, given, ...rest }) => ({
      fact: type.id,
      bands: limits.toSorted((x, y) => x - y).map((below, i) => ({ below, points: given[i] })),
      ...rest,
    })),
)
const categories = fc.record({
  fact: fc.constant('kind'),
  points: fc.record({ a: points, b: points, c: points }),
  otherwise: points,
  unknown,
})
const conditional = fc.record({ label: fc.constant(words('term')), when: condition, points, else: points, unknown })

export type RawTerm = Record<string, unknown> & { unknown: Unknown }

/** Terms with `unknown: {share}`; `finish` turns the share into points once the checker has told the term's range. */
export const randomTerms: fc.Arbitrary<RawTerm[]> = fc.array(fc.oneof(linear, linear, bands, categories, conditional), {
  minLength: 1,
  maxLength: 12,
}) as fc.Arbitrary<RawTerm[]>

export const formulaOf = (terms: readonly unknown[], intercept = 0): Record<string, unknown> => ({
  id: 'random',
  version: 1,
  effectiveFrom: '2026-01-01',
  label: words('random'),
  predicts: words('nothing'),
  unit: 'perHousehold',
  direction: 'lowerIsPoorer',
  intercept,
  terms,
})

export const undeterminedTerm = (term: RawTerm, index: number): Record<string, unknown> => ({
  id: `t${index}`,
  ...term,
  unknown: 'undetermined',
})

export function finish(term: RawTerm, index: number, range: { least: number; most: number }): Record<string, unknown> {
  if (term.unknown === 'undetermined') return undeterminedTerm(term, index)
  const scaled = range.least + Math.floor(((range.most - range.least) * term.unknown.share) / 4)
  if (Math.abs(scaled) >= 10 ** 15) return undeterminedTerm(term, index)
  return { id: `t${index}`, ...term, unknown: { imputed: { points: scaled / 1e6, reason: words('typical') } } }
}

const EXTREME = Number.MAX_SAFE_INTEGER
const end = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -100_000, max: 100_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: -(10 ** 9), max: 10 ** 9 }) },
  { weight: 1, arbitrary: pick([0, 1, -1, EXTREME, -EXTREME]) },
)
const numberValue = fc.oneof(
  { weight: 5, arbitrary: end.map((v) => [v, v] as const) },
  { weight: 1, arbitrary: fc.constant([-Infinity, Infinity] as const) },
  { weight: 1, arbitrary: end.map((v) => [v, Infinity] as const) },
  { weight: 1, arbitrary: end.map((v) => [-Infinity, v] as const) },
  { weight: 2, arbitrary: fc.tuple(end, end).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const) },
)

export const randomValues: fc.Arbitrary<FactValues> = fc
  .tuple(
    ...space.types.map((type) => {
      if (type.type === 'category')
        return fc.oneof(
          fc.integer({ min: 0, max: 4 }).map((v) => [v, v] as const),
          fc.constant([-Infinity, Infinity] as const),
        )
      if (type.type === 'boolean')
        return fc.oneof(
          pick([0, 1]).map((v) => [v, v] as const),
          fc.constant([0, 1] as const),
        )
      return numberValue
    }),
  )
  .map((ends) => {
    const values = unknownValues(space)
    ends.forEach(([lo, hi], slot) => {
      values.lo[slot] = lo
      values.hi[slot] = hi
    })
    return values
  })

export function refValues({ lo, hi }: FactValues): ReadonlyMap<string, RefValue> {
  const end_ = (v: number | undefined): bigint | null => (v !== undefined && Number.isFinite(v) ? BigInt(v) : null)
  return new Map(space.types.map((type, slot) => [type.id, { lo: end_(lo[slot]), hi: end_(hi[slot]) }]))
}

/** One way that the unknown inputs may turn out to be. */
export const completion = (values: FactValues): fc.Arbitrary<FactValues> =>
  fc
    .tuple(...space.types.map((type, slot) => valueBetween(type, values.lo[slot] ?? 0, values.hi[slot] ?? 0)))
    .map((known) => ({ lo: Float64Array.from(known), hi: Float64Array.from(known) }))

function valueBetween(type: FactType, lo: number, hi: number): fc.Arbitrary<number> {
  if (type.type === 'category') return lo === hi ? fc.constant(lo) : fc.integer({ min: 0, max: 4 })
  return fc.oneof(
    fc.integer({ min: Math.max(lo, -EXTREME), max: Math.min(hi, EXTREME) }),
    pick([lo, hi].filter(Number.isFinite).length ? [lo, hi].filter(Number.isFinite) : [0]),
  )
}
