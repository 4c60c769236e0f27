/** Worked cases of a programme: read from cases.json, run against its rule, and judged for what they leave out. */
import Type from 'typebox'
import type { Static } from 'typebox'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { compileCondition } from '../condition/compile.ts'
import type { Condition } from '../condition/condition.ts'
import { finding, quote } from '../diagnostic-codes.ts'
import { readFactValues } from '../fact-json.ts'
import { unknownValues } from '../fact-space.ts'
import type { FactValues } from '../fact-space.ts'
import { parseJsonText } from '../json-text.ts'
import { missingFacts } from '../rule/missing.ts'
import { outcomeOf } from '../rule/outcome.ts'
import type { Outcome } from '../rule/outcome.ts'
import { newTrace } from '../rule/trace.ts'
import { DateSchema, IdSchema } from '../schema-parts.ts'
import { shapeDiagnostics } from '../shape.ts'
import { decidingNames } from './deciding-names.ts'

const closed = { additionalProperties: false } as const
const FactsSchema = Type.Record(Type.String(), Type.Unknown())

const CaseSchema = Type.Object(
  {
    id: IdSchema,
    note: Type.String(),
    source: Type.String(),
    asOf: Type.Optional(DateSchema),
    facts: FactsSchema,
    person: Type.Optional(FactsSchema),
    outcome: Type.Enum(['eligible', 'ineligible', 'undetermined']),
    /** Names of nodes that are among those that decided. */
    because: Type.Optional(Type.Array(Type.String())),
    /** Exactly the facts that would settle an undetermined case. */
    missing: Type.Optional(Type.Array(Type.String())),
  },
  closed,
)

export const CasesSchema = Type.Object({ programme: IdSchema, cases: Type.Array(CaseSchema, { minItems: 1, maxItems: 500 }) }, closed)

export type Case = Static<typeof CaseSchema>
export type Cases = Static<typeof CasesSchema>

export interface CaseOutcome {
  readonly id: string
  readonly passed: boolean
  readonly expected: Outcome
  readonly outcome: Outcome | null
  readonly missing: readonly string[]
  readonly decidedBy: readonly string[]
  /** What differs from what the case expects, or is wrong with its facts; pointers into cases.json. */
  readonly diagnostics: readonly Diagnostic[]
  readonly differences: readonly string[]
  readonly values: FactValues
  readonly trace: Uint8Array
}

/** Facts that a case need not state, such as parameters in force on its date. */
export type CaseDefaults = (asOf: string | undefined) => Readonly<Record<string, unknown>>

/** Text of cases.json → cases, or everything that is wrong with its shape. */
export function parseCases(text: string): { readonly cases?: Cases; readonly diagnostics: readonly Diagnostic[] } {
  const json = parseJsonText(text)
  if (json.diagnostics.length > 0) return { diagnostics: json.diagnostics }
  const shape = shapeDiagnostics(CasesSchema, json.value)
  if (shape.length > 0) return { diagnostics: shape }
  const cases = json.value as Cases
  const ids = cases.cases.map(({ id }) => id)
  const repeats = cases.cases.flatMap(({ id }, index) =>
    ids.indexOf(id) < index ? [finding('case-repeats', `/cases/${index}/id`, `there are two cases ${quote(id)}`)] : [],
  )
  return repeats.length > 0 ? { diagnostics: repeats } : { cases, diagnostics: [] }
}

/** Judges every case by the rule's condition. */
export function runCases(condition: Condition, { cases }: Cases, defaults: CaseDefaults = () => ({})): readonly CaseOutcome[] {
  const evaluate = compileCondition(condition)
  return cases.map((item, index) => {
    const base = unknownValues(condition.space)
    const given = readFactValues(condition.space, defaults(item.asOf), '', base)
    const household = readFactValues(condition.space, item.facts, `/cases/${index}/facts`, base)
    const person = readFactValues(condition.space, item.person ?? {}, `/cases/${index}/person`, base)
    const diagnostics = [...given.diagnostics, ...household.diagnostics, ...person.diagnostics]
    const trace = newTrace(condition)
    const outcome = outcomeOf(evaluate(base.lo, base.hi, trace))
    const missing = outcome === 'undetermined' ? missingFacts(condition, trace, base) : []
    const decidedBy = decidingNames(condition, trace)
    const differences = differencesOf(item, outcome, missing, decidedBy)
    const passed = diagnostics.length === 0 && differences.length === 0
    return {
      id: item.id,
      passed,
      expected: item.outcome,
      outcome: diagnostics.length > 0 ? null : outcome,
      missing,
      decidedBy,
      diagnostics,
      differences,
      values: base,
      trace,
    }
  })
}

function differencesOf(item: Case, outcome: Outcome, missing: readonly string[], decidedBy: readonly string[]): readonly string[] {
  const differences: string[] = []
  if (outcome !== item.outcome) differences.push(`expected ${item.outcome}, got ${outcome}`)
  for (const name of item.because ?? [])
    if (!decidedBy.includes(name))
      differences.push(`expected ${quote(name)} to decide; ${decidedBy.map(quote).join(', ') || 'no named node'} did`)
  if (item.missing && [...item.missing].toSorted().join() !== [...missing].toSorted().join()) {
    differences.push(`expected ${item.missing.join(', ') || 'nothing'} to be missing, got ${missing.join(', ') || 'nothing'}`)
  }
  return differences
}
