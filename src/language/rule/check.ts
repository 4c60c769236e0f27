/** Reads a rule: its shape, its conditions, and that every protected fact it uses has a stated legal basis. */
import { at } from '../../kernel/diagnostic.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { checkCondition } from '../condition/check.ts'
import type { Condition } from '../condition/condition.ts'
import type { Definitions } from '../condition/definition.ts'
import { finding, quote } from '../diagnostic-codes.ts'
import type { FactSpace, FactType } from '../fact-space.ts'
import { parseJsonText } from '../json-text.ts'
import { didYouMean } from '../nearest.ts'
import { shapeDiagnostics } from '../shape.ts'
import { RuleSchema } from './schema.ts'
import type { RuleSource } from './schema.ts'

export interface RuleContext {
  /** Facts of the programme's unit: the household's, or a person's with the household's. */
  readonly space: FactSpace
  readonly definitions: Definitions
}

export interface Rule {
  readonly source: RuleSource
  readonly condition: Condition
}

export interface CheckedRule {
  /** Absent when there is any error. */
  readonly rule?: Rule
  readonly diagnostics: readonly Diagnostic[]
}

/** Text of a rule file → checked rule, or everything that is wrong with it. */
export function parseRule(text: string, context: RuleContext): CheckedRule {
  const json = parseJsonText(text)
  return json.diagnostics.length > 0 ? { diagnostics: json.diagnostics } : checkRule(json.value, context)
}

/** Like `parseRule`, of JSON that was parsed already. */
export function checkRule(json: unknown, context: RuleContext): CheckedRule {
  const shape = shapeDiagnostics(RuleSchema, json)
  if (!hasConditions(json)) return { diagnostics: shape }
  const scope = { ...context, allowFactValue: true, rootMustBeGroup: true }
  const { condition, diagnostics: found } = checkCondition(json.conditions, '/conditions', scope)
  const basis = condition && shape.length === 0 ? basisProblems(condition, json as RuleSource, context.space) : []
  const diagnostics = [...shape, ...found, ...basis]
  if (condition === undefined || diagnostics.some((d) => d.severity === 'error')) return { diagnostics }
  return { rule: { source: json as RuleSource, condition }, diagnostics }
}

/** A protected fact without a basis is an error at each leaf that uses it; a basis for an unused fact is a warning. */
function basisProblems(condition: Condition, source: RuleSource, space: FactSpace): Diagnostic[] {
  const stated = new Set((source.legalBasis ?? []).map((entry) => entry.fact))
  const used = new Set<string>()
  const problems: Diagnostic[] = []
  for (const leaf of condition.leaves) {
    for (const [slot, key] of [
      [leaf.slot, 'fact'],
      [leaf.operand.kind === 'fact' ? leaf.operand.slot : null, 'value'],
    ] as const) {
      if (slot === null) continue
      const type = space.types[slot] as FactType
      used.add(type.id)
      if (!type.protected || stated.has(type.id)) continue
      const where = leaf.definition === null ? at(leaf.pointer, key) : '/legalBasis'
      const inside = leaf.definition === null ? '' : ` (in the shared definition ${quote(leaf.definition)})`
      problems.push(
        finding('protected-without-basis', where, `${quote(type.id)} is a protected fact${inside} and no legal basis is stated`, {
          hint: `add to "legalBasis": {"fact": ${quote(type.id)}, "basis": {"en": ..., "ar": ...}}`,
        }),
      )
    }
  }
  ;(source.legalBasis ?? []).forEach((entry, index) => {
    const pointer = `/legalBasis/${index}/fact`
    if (space.slot(entry.fact) === undefined) {
      const hint = didYouMean(
        entry.fact,
        space.types.map((type) => type.id),
      )
      problems.push(finding('fact-unknown', pointer, `there is no fact ${quote(entry.fact)} among the facts of ${space.name}`, { hint }))
    } else if (!used.has(entry.fact)) {
      problems.push(finding('basis-unused', pointer, `the rule does not use ${quote(entry.fact)}`, { severity: 'warning' }))
    }
  })
  return problems
}

const hasConditions = (json: unknown): json is { conditions: unknown } =>
  typeof json === 'object' && json !== null && !Array.isArray(json) && Object.hasOwn(json, 'conditions')
