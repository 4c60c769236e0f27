/** Worked examples of a formula: households with the contributions, score and table values they must get. */
import Type from 'typebox'
import { at } from '../../kernel/diagnostic.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { quote } from '../diagnostic-codes.ts'
import { readFactValues } from '../fact-json.ts'
import { IdSchema, VersionRefSchema } from '../schema-parts.ts'
import { shapeDiagnostics } from '../shape.ts'
import { points } from './check-term.ts'
import { PLACES_PER_TERM, compileFormula } from './compile.ts'
import type { Formula } from './formula.ts'
import { type Report, newReport } from './formula-diagnostics.ts'
import { plainPoints, readTables } from './score-tables.ts'

const closed = { additionalProperties: false } as const
const Interval = Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })

/** A term's points; where an input is unknown, the point (null when undetermined) and the interval. */
const ContributionSchema = Type.Union([
  Type.Number(),
  Type.Object({ point: Type.Union([Type.Number(), Type.Null()]), interval: Interval }, closed),
])

export const FormulaCaseSchema = Type.Object(
  {
    id: IdSchema,
    note: Type.String(),
    source: Type.String(),
    facts: Type.Record(Type.String(), Type.Unknown()),
    /** Null: there is no point score. */
    score: Type.Union([Type.Number(), Type.Null()]),
    /** Absent when every input is known. */
    interval: Type.Optional(Interval),
    /** By term; terms that are left out are not compared, the sum always is. */
    contributions: Type.Optional(Type.Record(Type.String(), ContributionSchema)),
    /** Value at the point score, by table. */
    tables: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]))),
  },
  closed,
)

export const FormulaCasesSchema = Type.Object({ formula: VersionRefSchema, cases: Type.Array(FormulaCaseSchema, { minItems: 1 }) }, closed)
export type FormulaCases = Type.Static<typeof FormulaCasesSchema>
type FormulaCase = Type.Static<typeof FormulaCaseSchema>

export interface CaseOutcome {
  readonly id: string
  readonly passed: boolean
  /** One line per difference, in words. */
  readonly differences: readonly string[]
}

export interface CasesRun {
  readonly outcomes: readonly CaseOutcome[]
  /** Errors of the cases file itself; no case is run when there are any. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Checks a cases file and scores every case with the compiled formula. */
export function runFormulaCases(formula: Formula, json: unknown): CasesRun {
  const out = newReport()
  out.list.push(...shapeDiagnostics(FormulaCasesSchema, json))
  if (out.list.length > 0) return { outcomes: [], diagnostics: out.list }
  const { cases, formula: named } = json as FormulaCases
  if (named.id !== formula.id || named.version !== formula.version) {
    out.error('case-formula', '/formula', `these are cases of ${named.id} ${named.version}`, {
      expected: `${formula.id} ${formula.version}`,
    })
  }
  const score = compileFormula(formula)
  const outcomes = cases.map((one, index) => {
    const pointer = at('/cases', index)
    if (cases.findIndex((other) => other.id === one.id) < index)
      out.error('case-repeats', at(pointer, 'id'), `two cases are called ${quote(one.id)}`)
    return runCase(formula, score, one, pointer, out)
  })
  return out.list.length > 0 ? { outcomes: [], diagnostics: out.list } : { outcomes, diagnostics: [] }
}

function runCase(formula: Formula, score: ReturnType<typeof compileFormula>, one: FormulaCase, pointer: string, out: Report): CaseOutcome {
  const { values, diagnostics } = readFactValues(formula.space, one.facts, at(pointer, 'facts'))
  out.list.push(...diagnostics)
  const contributions = new Float64Array(formula.terms.length * PLACES_PER_TERM)
  const got = score(values.lo, values.hi, contributions)
  const differences: string[] = []
  const micro = (wanted: number | null, place: string): number =>
    wanted === null ? Number.NaN : (points(wanted, place, out) ?? Number.NaN)
  const compare = (what: string, wanted: readonly number[], found: readonly number[]): void => {
    for (const [index, suffix] of ['', ', lowest', ', highest'].entries()) {
      const [expected = 0, real = 0] = [wanted[index], found[index]]
      if (!Object.is(expected + 0, real + 0)) differences.push(`${what}${suffix}: expected ${show(expected)}, got ${show(real)}`)
    }
  }
  const interval = (ends: readonly number[], place: string): number[] =>
    ends.map((end, index) => micro(end, at(at(place, 'interval'), index)))
  const wantedScore = micro(one.score, at(pointer, 'score'))
  compare(
    'score',
    [wantedScore, ...(one.interval ? interval(one.interval, pointer) : [wantedScore, wantedScore])],
    [got.point, got.lo, got.hi],
  )
  for (const [id, wanted] of Object.entries(one.contributions ?? {})) {
    const place = at(at(pointer, 'contributions'), id)
    const n = formula.terms.findIndex((term) => term.id === id)
    if (n < 0) out.error('case-shape', place, `${quote(id)} is not a term of ${formula.id}`)
    const three =
      typeof wanted === 'number'
        ? Array<number>(3).fill(micro(wanted, place))
        : [micro(wanted.point, at(place, 'point')), ...interval(wanted.interval, place)]
    compare(id, three, [...contributions.subarray(n * PLACES_PER_TERM, (n + 1) * PLACES_PER_TERM)])
  }
  const readings = new Map(readTables(formula, got).map((reading) => [reading.name, reading.point?.value ?? null]))
  for (const [name, wanted] of Object.entries(one.tables ?? {})) {
    const found = readings.get(name)
    if (found === undefined) out.error('case-shape', at(at(pointer, 'tables'), name), `${quote(name)} is not a table of ${formula.id}`)
    else if (found !== wanted) differences.push(`${name}: expected ${wanted ?? 'none'}, got ${found ?? 'none'}`)
  }
  return { id: one.id, passed: differences.length === 0, differences }
}

const show = (value: number): string => (Number.isNaN(value) ? 'no point' : plainPoints(value))
