import fc from 'fast-check'
import t from 'tap'
import { type FactValues } from '../../../src/language/fact-space.ts'
import { columnsOf, type FactColumns } from '../../../src/language/fact-columns.ts'
import { packColumn } from '../../../src/language/pack-columns.ts'
import { noDefinitions } from '../../../src/language/condition/definition.ts'
import { checkFormula } from '../../../src/language/formula/check.ts'
import { compileFormulaBulk } from '../../../src/language/formula/compile-bulk.ts'
import { PLACES_PER_TERM, compileFormula } from '../../../src/language/formula/compile.ts'
import type { Formula } from '../../../src/language/formula/formula.ts'
import { referenceScore } from './reference.ts'
import {
  type RawTerm,
  completion,
  finish,
  formulaOf,
  randomTerms,
  randomValues,
  refFacts,
  refValues,
  space,
  undeterminedTerm,
} from './random-formula.ts'
import { propertyRuns } from '../../support/property-runs.ts'

const context = { space, definitions: noDefinitions }
const RUNS = 400

/** Random terms that the check accepts, with imputed points inside each term's range. */
function build(raw: readonly RawTerm[]): { json: Record<string, unknown>; formula: Formula } | undefined {
  const kept = raw.flatMap((term, index) => {
    const { formula } = checkFormula(formulaOf([undeterminedTerm(term, index)]), context)
    const [only] = formula?.terms ?? []
    return only ? [finish(term, index, only)] : []
  })
  const json = formulaOf(kept, 1.5)
  const { formula, diagnostics } = checkFormula(json, context)
  if (!formula && kept.length > 0 && !diagnostics.every((d) => d.code === 'score-range')) throw new Error(JSON.stringify(diagnostics))
  return formula && { json, formula }
}

function scoreOf(formula: Formula, values: FactValues) {
  const contributions = new Float64Array(formula.terms.length * PLACES_PER_TERM)
  return { ...compileFormula(formula)(values.lo, values.hi, contributions), contributions }
}

const big = (value: number): bigint | null => (Number.isNaN(value) ? null : BigInt(value))

t.test('compiled scores equal exact rationals, term by term, and add up', async (t) => {
  let accepted = 0
  const kinds = new Set<string>()
  fc.assert(
    fc.property(randomTerms, fc.array(randomValues, { minLength: 3, maxLength: 3 }), (raw, households) => {
      const built = build(raw)
      if (!built) return
      accepted++
      for (const values of households) {
        const got = scoreOf(built.formula, values)
        const wanted = referenceScore(built.json, refFacts, refValues(values))
        wanted.contributions.forEach((c, n) => {
          const [point = 0, lo = 0, hi = 0] = got.contributions.subarray(n * PLACES_PER_TERM)
          const term = built.formula.terms[n]
          kinds.add(
            `${term?.kind}${term?.kind === 'linear' ? term.transform : ''} ${c.point === null ? 'undetermined' : c.lo === c.hi ? 'known' : 'imputed'}`,
          )
          if (big(point) !== c.point || BigInt(lo) !== c.lo || BigInt(hi) !== c.hi) {
            throw new Error(
              `${JSON.stringify(built.json['terms'])} term ${n}: got ${point} [${lo}, ${hi}], want ${c.point} [${c.lo}, ${c.hi}]`,
            )
          }
          if (Object.is(point, -0)) throw new Error('negative zero')
        })
        if (big(got.point) !== wanted.point || BigInt(got.lo) !== wanted.lo || BigInt(got.hi) !== wanted.hi)
          throw new Error('the sum differs')
        if (!Number.isNaN(got.point) && !(got.lo <= got.point && got.point <= got.hi)) throw new Error('the point is outside its interval')
      }
    }),
    propertyRuns(RUNS, 20_260_101),
  )
  t.ok(accepted > RUNS / 2, `${accepted} of ${RUNS} random formulas were accepted by the check`)
  for (const kind of ['linearidentity', 'linearln', 'linearln1p', 'linearsqrt', 'bands', 'categories', 'conditional']) {
    for (const how of ['undetermined', 'known', 'imputed']) t.ok(kinds.has(`${kind} ${how}`), `${kind} ${how} was met`)
  }
})

t.test('the order of terms does not matter', async () => {
  fc.assert(
    fc.property(randomTerms, randomValues, fc.infiniteStream(fc.nat(1000)), (raw, values, order) => {
      const built = build(raw)
      if (!built) return
      const shuffled = built.formula.terms.map((term) => ({ term, key: order.next().value as number })).toSorted((a, b) => a.key - b.key)
      const a = scoreOf(built.formula, values)
      const b = scoreOf({ ...built.formula, terms: shuffled.map(({ term }) => term) }, values)
      if (!Object.is(a.point, b.point) || a.lo !== b.lo || a.hi !== b.hi) throw new Error('order changed the score')
    }),
    propertyRuns(RUNS, 7),
  )
})

t.test('the interval holds every way the unknown inputs may turn out', async () => {
  fc.assert(
    fc.property(
      randomTerms,
      randomValues.chain((values) => fc.tuple(fc.constant(values), fc.array(completion(values), { minLength: 5, maxLength: 5 }))),
      (raw, [values, completions]) => {
        const built = build(raw)
        if (!built) return
        const partial = scoreOf(built.formula, values)
        for (const complete of completions) {
          const { point, lo, hi } = scoreOf(built.formula, complete)
          if (point !== lo || point !== hi) throw new Error('a household with every input known has one score')
          if (point < partial.lo || point > partial.hi) throw new Error(`${point} is outside ${partial.lo}..${partial.hi}`)
        }
      },
    ),
    propertyRuns(RUNS, 11),
  )
})

t.test('bulk equals online, from any row to any row', async () => {
  fc.assert(
    fc.property(randomTerms, fc.array(randomValues, { minLength: 1, maxLength: 30 }), fc.nat(29), (raw, households, skip) => {
      const built = build(raw)
      if (!built) return
      const n = households.length
      const from = Math.min(skip, n)
      const wide = columnsOf(space, households)
      for (const columns of [wide, packed(wide, n)]) {
        const out = { point: new Float64Array(n).fill(7), lo: new Float64Array(n).fill(7), hi: new Float64Array(n).fill(7) }
        compileFormulaBulk(built.formula)(columns, from, n, out)
        households.forEach((values, row) => {
          const online = row < from ? { point: 7, lo: 7, hi: 7 } : scoreOf(built.formula, values)
          if (!Object.is(out.point[row], online.point) || !Object.is(out.lo[row], online.lo) || !Object.is(out.hi[row], online.hi))
            throw new Error(`row ${row}`)
        })
      }
    }),
    propertyRuns(RUNS, 13),
  )
})

/** The same values in the narrowest arrays, as a snapshot holds them; a fact that nobody has is no column. */
function packed(columns: FactColumns, rows: number): FactColumns {
  const withNaN = (values: ArrayLike<number>, known: Uint8Array | null): Float64Array =>
    Float64Array.from(values, (value, row) => (known && (((known[row >> 3] as number) >> (row & 7)) & 1) === 0 ? NaN : value))
  return columns.map((column) => {
    if (!column) return column
    const lo = withNaN(column.lo, column.loKnown)
    const hi = column.hi === column.lo ? lo : withNaN(column.hi, column.hiKnown)
    return [...lo, ...hi].every(Number.isNaN) ? undefined : packColumn({ lo, hi }, rows)
  })
}
