/** Runs the worked cases that stand beside rules and formulas against the checked versions. */
import { isoOfDay, dayNumber } from '../kernel/date.ts'
import { formatDecimal } from '../kernel/decimal.ts'
import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import { epochAt } from '../language/catalogue/parameter.ts'
import type { FactSpace } from '../language/fact-space.ts'
import { runFormulaCases } from '../language/formula/cases.ts'
import { parseCases, runCases } from '../language/programme/cases.ts'
import { coverageProblems } from '../language/programme/coverage.ts'
import { triedConditions, untriedConditions } from '../language/programme/tried-conditions.ts'
import type { TriedCondition } from '../language/programme/tried-conditions.ts'
import type { Bundle } from './bundle.ts'
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
  const runs: CaseRun[] = []
  const diagnostics: Diagnostic[] = []
  const untried: Diagnostic[] = []
  const tried: { programme: string; conditions: readonly TriedCondition[] }[] = []
  const report = (of: string, found: readonly Diagnostic[], to = diagnostics): void =>
    void to.push(...found.map((d) => ({ ...d, pointer: `cases/${of}#${d.pointer}` })))
  for (const text of texts.filter(({ kind }) => kind === 'cases')) {
    const [kind, id] = text.id.split('/')
    const programme = kind === 'programme' ? bundle.programmes.find((one) => one.id === id) : undefined
    const formula = kind === 'formula' ? formulaOf(bundle, id, text.json)?.formula : undefined
    if (programme) {
      const { cases, diagnostics: wrong } = parseCases(text.source)
      report(text.id, wrong)
      if (!cases) continue
      const outcomes = runCases(programme.rule.condition, cases, (on) =>
        parametersOn(bundle.catalogue, programme.rule.condition.space, dayNumber(on ?? isoOfDay(asOf)) ?? asOf),
      )
      report(text.id, coverageProblems(programme.rule.condition, outcomes), untried)
      const conditions = triedConditions(programme.rule.condition, outcomes)
      report(text.id, untriedConditions(conditions), untried)
      tried.push({ programme: programme.id, conditions })
      for (const one of outcomes) {
        report(text.id, one.diagnostics)
        runs.push({ of: text.id, id: one.id, passed: one.passed, differences: one.differences })
      }
    }
    if (formula) {
      const { outcomes, diagnostics: wrong } = runFormulaCases(formula, text.json)
      report(text.id, wrong)
      runs.push(...outcomes.map((one) => ({ of: text.id, ...one })))
    }
  }
  return { runs, diagnostics, untried, tried }
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
