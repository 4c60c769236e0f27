/** Runs the worked cases that stand beside rules and formulas against the checked versions. */
import { BoundedMemory } from '../kernel/bounded-memory.ts'
import { dayNumber } from '../kernel/date.ts'
import { formatDecimal } from '../kernel/decimal.ts'
import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import { epochAt } from '../language/catalogue/parameter.ts'
import type { FactSpace } from '../language/fact-space.ts'
import { runFormulaCases } from '../language/formula/cases.ts'
import type { Formula } from '../language/formula/formula.ts'
import { parseCases, runCases } from '../language/programme/cases.ts'
import { coverageProblems } from '../language/programme/coverage.ts'
import { triedConditions, untriedConditions } from '../language/programme/tried-conditions.ts'
import type { TriedCondition } from '../language/programme/tried-conditions.ts'
import type { Bundle, CompiledProgramme } from './bundle.ts'
import type { VersionText } from './version.ts'

export interface CaseRun {
  /** `programme/<id>` or `formula/<id>`. */
  readonly of: string
  readonly id: string
  readonly passed: boolean
  readonly differences: readonly string[]
}

export interface CaseRuns {
  readonly runs: readonly CaseRun[]
  readonly diagnostics: readonly Diagnostic[]
  /** What no case tries: an outcome, a comparison settled by bounds, a threshold. */
  readonly untried: readonly Diagnostic[]
  /** How far the cases try each condition of each programme's rule. */
  readonly tried: readonly { readonly programme: string; readonly conditions: readonly TriedCondition[] }[]
}

/** `asOf` (day number) is the date of cases that state none: parameters read the value in force then. */
export function runShippedCases(bundle: Bundle, texts: readonly VersionText[], asOf: number): CaseRuns {
  const all = texts.filter(({ kind }) => kind === 'cases').map((text) => runText(bundle, text, asOf))
  return {
    runs: all.flatMap(({ runs }) => runs),
    diagnostics: all.flatMap(({ diagnostics }) => diagnostics),
    untried: all.flatMap(({ untried }) => untried),
    tried: all.flatMap(({ tried }) => tried),
  }
}

const NOTHING: CaseRuns = { runs: [], diagnostics: [], untried: [], tried: [] }

function runText(bundle: Bundle, text: VersionText, asOf: number): CaseRuns {
  const [kind, id] = text.id.split('/')
  if (kind === 'formula') {
    const formula = formulaOf(bundle, id, text.json)?.formula
    return formula ? runOfFormula(formula, text) : NOTHING
  }
  const programme = bundle.programmes.find((one) => one.id === id)
  if (!programme) return NOTHING
  return memoryOf(programme).of(`${asOf} ${text.source}`, () => runOfProgramme(bundle, programme, text, asOf))
}

/** A change of one rule leaves the other programmes as they were compiled before, and what their cases came to with them. */
const memories = new WeakMap<CompiledProgramme, BoundedMemory<CaseRuns>>()
const RUNS_KEPT = 4
function memoryOf(programme: CompiledProgramme): BoundedMemory<CaseRuns> {
  const memory = memories.get(programme) ?? new BoundedMemory<CaseRuns>(RUNS_KEPT)
  memories.set(programme, memory)
  return memory
}

const inCases = (of: string, found: readonly Diagnostic[]): Diagnostic[] =>
  found.map((d) => ({ ...d, pointer: `cases/${of}#${d.pointer}` }))

function runOfFormula(formula: Formula, text: VersionText): CaseRuns {
  const { outcomes, diagnostics } = runFormulaCases(formula, text.json)
  return { ...NOTHING, runs: outcomes.map((one) => ({ of: text.id, ...one })), diagnostics: inCases(text.id, diagnostics) }
}

function runOfProgramme({ catalogue }: Bundle, { id, rule: { condition } }: CompiledProgramme, text: VersionText, asOf: number): CaseRuns {
  const { cases, diagnostics } = parseCases(text.source)
  if (!cases) return { ...NOTHING, diagnostics: inCases(text.id, diagnostics) }
  const days = new Map<number, Record<string, unknown>>()
  const parameters = (on: string | undefined): Record<string, unknown> => {
    const day = (on === undefined ? undefined : dayNumber(on)) ?? asOf
    const known = days.get(day) ?? parametersOn(catalogue, condition.space, day)
    days.set(day, known)
    return known
  }
  const outcomes = runCases(condition, cases, parameters)
  const conditions = triedConditions(condition, outcomes)
  return {
    runs: outcomes.map(({ id: name, passed, differences }) => ({ of: text.id, id: name, passed, differences })),
    diagnostics: inCases(text.id, [...diagnostics, ...outcomes.flatMap((one) => one.diagnostics)]),
    untried: inCases(text.id, [...coverageProblems(condition, outcomes), ...untriedConditions(conditions)]),
    tried: [{ programme: id, conditions }],
  }
}

/** Several versions of a formula hold side by side: the cases name theirs. */
function formulaOf({ formulas }: Bundle, id: string | undefined, cases: unknown): Bundle['formulas'][number] | undefined {
  const { version } = ((cases as { readonly formula?: unknown } | null)?.formula ?? {}) as { readonly version?: unknown }
  const named = formulas.filter(({ ref }) => ref.id === id)
  return named.find(({ ref }) => ref.version === version) ?? named.at(-1)
}

/** Parameter facts as a case would write them, so that a case need not repeat the poverty line. */
export function parametersOn(catalogue: Catalogue, space: FactSpace, day: number): Record<string, unknown> {
  const facts: Record<string, unknown> = {}
  for (const fact of catalogue.facts.values()) {
    if (fact.definition.kind !== 'parameter' || space.slot(fact.id) === undefined) continue
    const value = epochAt(fact.definition.parameter, day)?.value
    if (value === undefined || value === null) continue
    facts[fact.id] = fact.type === 'boolean' ? value === 1 : Number(formatDecimal(value, fact.scale))
  }
  return facts
}
