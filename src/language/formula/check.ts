/** Checks a formula's JSON against a fact space: every error at once, or the formula with names resolved and ranges proved. */
import { dayNumber } from '../../kernel/date.ts'
import { MAX_INTEGER } from '../../kernel/decimal.ts'
import { at } from '../../kernel/diagnostic.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import type { Definitions } from '../condition/definition.ts'
import { quote } from '../diagnostic-codes.ts'
import type { FactSpace } from '../fact-space.ts'
import { parseJsonText } from '../json-text.ts'
import { didYouMean } from '../nearest.ts'
import { shapeDiagnostics } from '../shape.ts'
import { checkTable } from './check-table.ts'
import { checkTerm, points } from './check-term.ts'
import type { Formula, Term } from './formula.ts'
import { slotsOf } from './formula.ts'
import { type Report, newReport } from './formula-diagnostics.ts'
import { FormulaShellSchema, type FormulaJson } from './schema.ts'

export interface CheckedFormula {
  /** Absent when there is any error. */
  readonly formula?: Formula
  readonly diagnostics: readonly Diagnostic[]
}

export interface FormulaContext {
  /** Facts of the household. */
  readonly space: FactSpace
  /** Shared conditions that a `when` may refer to. */
  readonly definitions: Definitions
}

/** Text of a formula file → checked formula, or everything that is wrong with it. */
export function parseFormula(text: string, context: FormulaContext): CheckedFormula {
  const json = parseJsonText(text)
  return json.diagnostics.length > 0 ? { diagnostics: json.diagnostics } : checkFormula(json.value, context)
}

/** Like `parseFormula`, of JSON that was parsed already. */
export function checkFormula(json: unknown, { space, definitions }: FormulaContext): CheckedFormula {
  const out = newReport()
  const shape = shapeDiagnostics(FormulaShellSchema, json)
  out.list.push(...shape)
  const shell = json as FormulaJson
  const terms = Array.isArray(shell?.terms)
    ? shell.terms.map((term, index) => checkTerm(term, `/terms/${index}`, { space, definitions, out }))
    : []
  const tables = Object.entries(isRecord(shell?.tables) ? shell.tables : {}).map(([name, table]) =>
    checkTable(name, table, at('/tables', name), out),
  )
  if (shape.length > 0) return { diagnostics: out.list }
  checkIds(shell, out)
  const dates = effective(shell, out)
  const intercept = points(shell.intercept, '/intercept', out)
  checkLegalBasis(shell, terms, space, out)
  if (!terms.every(present) || !tables.every(present) || intercept === undefined || !dates) return { diagnostics: out.list }
  const range = checkSum(intercept, terms, out)
  if (!range || out.list.some((finding) => finding.severity === 'error')) return { diagnostics: out.list }
  const formula: Formula = {
    source: shell,
    id: shell.id,
    version: shell.version,
    illustrative: shell.illustrative ?? false,
    ...dates,
    label: shell.label,
    predicts: shell.predicts,
    unit: shell.unit,
    direction: shell.direction,
    intercept,
    terms,
    tables,
    legalBasis: shell.legalBasis ?? [],
    space,
    ...range,
    slots: [...new Set(terms.flatMap(slotsOf))].toSorted((a, b) => a - b),
  }
  return { formula, diagnostics: out.list }
}

function checkIds(shell: FormulaJson, out: Report): void {
  const seen = new Set<unknown>()
  shell.terms.forEach((term, index) => {
    const id = isRecord(term) ? term.id : undefined
    if (id === undefined) return
    if (seen.has(id)) out.error('term-repeats', `/terms/${index}/id`, `two terms are called ${quote(id)}`, { expected: 'each id once' })
    seen.add(id)
  })
}

function effective(shell: FormulaJson, out: Report): Pick<Formula, 'effectiveFrom' | 'effectiveTo'> | undefined {
  const from = dayNumber(shell.effectiveFrom)
  const to = shell.effectiveTo === undefined ? null : dayNumber(shell.effectiveTo)
  if (from === null) return undefined
  if (to !== null && to <= from)
    return out.error('effective-order', '/effectiveTo', `${shell.effectiveTo} is not after ${shell.effectiveFrom}`, {
      expected: 'a later date: the first day on which it no longer holds',
    })
  return { effectiveFrom: from, effectiveTo: to }
}

/** A protected fact counts only with a stated legal basis; a basis for a fact that is not used misleads its readers. */
function checkLegalBasis(shell: FormulaJson, terms: readonly (Term | undefined)[], space: FactSpace, out: Report): void {
  const stated = new Set((shell.legalBasis ?? []).map((entry) => entry.fact))
  const used = new Set<string>()
  terms.forEach((term, index) => {
    for (const slot of term ? slotsOf(term) : []) {
      const type = space.types[slot]
      if (!type) continue
      used.add(type.id)
      if (!type.protected || stated.has(type.id)) continue
      const pointer = `/terms/${index}/${term?.kind === 'conditional' ? 'when' : 'fact'}`
      out.error('protected-without-basis', pointer, `${type.id} is protected`, {
        expected: `an entry for ${quote(type.id)} in legalBasis`,
        hint: 'state the legal basis, or leave the fact out',
      })
    }
  })
  const complete = terms.every(present)
  ;(shell.legalBasis ?? []).forEach((entry, index) => {
    const pointer = `/legalBasis/${index}/fact`
    if (space.slot(entry.fact) === undefined) {
      out.error('fact-unknown', pointer, `${quote(entry.fact)} is not a fact of ${space.name}`, {
        hint: didYouMean(
          entry.fact,
          space.types.map((type) => type.id),
        ),
      })
    } else if (complete && !used.has(entry.fact)) {
      out.warning('basis-unused', pointer, `no term reads ${quote(entry.fact)}`, { hint: 'remove the entry' })
    }
  })
}

/** Every partial sum, in any order, lies within the sum of magnitudes: if that is exact, the order of terms cannot matter. */
function checkSum(intercept: number, terms: readonly Term[], out: Report): Pick<Formula, 'least' | 'most'> | undefined {
  const magnitudes = terms.map((term) => Math.max(Math.abs(term.least), Math.abs(term.most)))
  const total = magnitudes.reduce((sum, magnitude) => sum + BigInt(magnitude), BigInt(Math.abs(intercept)))
  if (total > BigInt(MAX_INTEGER)) {
    return out.error('score-range', '/terms', 'the sum of the greatest contributions leaves the exact range', {
      expected: 'within ±9007199254.740991',
      hint: 'narrow the clamps or lower the weights',
    })
  }
  return { least: terms.reduce((sum, term) => sum + term.least, intercept), most: terms.reduce((sum, term) => sum + term.most, intercept) }
}

const isRecord = (value: unknown): value is Record<string, never> => typeof value === 'object' && value !== null && !Array.isArray(value)
const present = <T>(value: T | undefined): value is T => value !== undefined
