/** Reads a rule: its shape, its conditions, and that every protected fact it uses has a stated legal basis. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { checkCondition } from '../condition/check.ts'
import type { Condition } from '../condition/condition.ts'
import type { Definitions } from '../condition/definition.ts'
import type { FactSpace } from '../fact-space.ts'
import { basisProblems } from '../legal-basis.ts'
import { parseJsonText } from '../json-text.ts'
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
  const basis = condition && shape.length === 0 ? basisProblems([condition], (json as RuleSource).legalBasis ?? [], '/legalBasis') : []
  const diagnostics = [...shape, ...found, ...basis]
  if (condition === undefined || diagnostics.some((d) => d.severity === 'error')) return { diagnostics }
  return { rule: { source: json as RuleSource, condition }, diagnostics }
}

const hasConditions = (json: unknown): json is { conditions: unknown } =>
  typeof json === 'object' && json !== null && !Array.isArray(json) && Object.hasOwn(json, 'conditions')
