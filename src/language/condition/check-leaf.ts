/** Checks one comparison: its fact, its operator, and that what it is compared with fits both. */
import { at } from '../../kernel/diagnostic.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { finding, quote } from '../diagnostic-codes.ts'
import type { FactSpace, FactType } from '../fact-space.ts'
import { hintAmong } from '../nearest.ts'
import { isOperatorName, operatorNames, operators } from '../operators.ts'
import type { Operator } from '../operators.ts'
import type { LeafNode, Operand } from './condition.ts'
import { expectedOf, isFailure, readLiteral } from './literal.ts'

const MAX_LIST = 500

type Comparison = Pick<LeafNode, 'slot' | 'operator' | 'operand'>

/** The comparison that `json` states; null when something is wrong, which is then in `diagnostics`. */
export function checkLeaf(
  scope: { readonly space: FactSpace; readonly allowFactValue: boolean },
  json: Readonly<Record<string, unknown>>,
  pointer: string,
  diagnostics: Diagnostic[],
): Comparison | null {
  const missing = ['fact', 'operator', 'value'].filter((key) => !Object.hasOwn(json, key))
  for (const key of missing) {
    diagnostics.push(finding('missing-key', pointer, `the comparison has no ${quote(key)}`, { expected: 'fact, operator and value' }))
  }
  const slot = missing.includes('fact') ? null : factSlot(scope.space, json.fact, at(pointer, 'fact'), diagnostics)
  const operator = missing.includes('operator') ? null : operatorOf(json.operator, at(pointer, 'operator'), diagnostics)
  if (slot === null || operator === null) return null
  const type = scope.space.types[slot] as FactType
  if (!operator.accepts.includes(type.type)) {
    diagnostics.push(
      finding(
        'operator-type',
        at(pointer, 'operator'),
        `${quote(operator.name)} does not accept ${quote(type.id)}, which is of type ${type.type}`,
        {
          expected: operatorNames.filter((name) => operators[name].accepts.includes(type.type)).join(', '),
        },
      ),
    )
    return null
  }
  if (missing.includes('value')) return null
  const operand = operandOf(scope, type, operator, json.value, at(pointer, 'value'), diagnostics)
  return operand && { slot, operator: operator.name, operand }
}

function factSlot(space: FactSpace, name: unknown, pointer: string, diagnostics: Diagnostic[]): number | null {
  const slot = typeof name === 'string' ? space.slot(name) : undefined
  if (slot !== undefined) return slot
  const hint = hintAmong(
    diagnostics,
    name,
    space.types.map((type) => type.id),
  )
  diagnostics.push(finding('fact-unknown', pointer, `there is no fact ${quote(name)} among the facts of ${space.name}`, { hint }))
  return null
}

function operatorOf(name: unknown, pointer: string, diagnostics: Diagnostic[]): Operator | null {
  if (isOperatorName(name)) return operators[name]
  const more = { expected: operatorNames.join(', '), hint: hintAmong(diagnostics, name, operatorNames) }
  diagnostics.push(finding('operator-unknown', pointer, `there is no operator ${quote(name)}`, more))
  return null
}

function operandOf(
  scope: { readonly space: FactSpace; readonly allowFactValue: boolean },
  type: FactType,
  operator: Operator,
  json: unknown,
  pointer: string,
  diagnostics: Diagnostic[],
): Operand | null {
  const refuse = (problem: Diagnostic): null => {
    diagnostics.push(problem)
    return null
  }
  if (operator.value === 'list') return listOf(type, operator, json, pointer, diagnostics)
  if (Array.isArray(json)) {
    return refuse(finding('list-unexpected', pointer, `${quote(operator.name)} does not take a list`, { hint: 'use "in" or "notIn"' }))
  }
  if (typeof json === 'object' && json !== null) {
    if (!operator.factValue || !scope.allowFactValue) {
      return refuse(
        finding('fact-value-refused', pointer, `${quote(json)} is not allowed here`, {
          expected: operator.value === 'flag' ? 'true or false' : expectedOf(type),
        }),
      )
    }
    return factOperand(scope.space, type, json as Record<string, unknown>, pointer, diagnostics)
  }
  if (operator.value === 'flag') {
    if (typeof json === 'boolean') return { kind: 'literals', values: [json ? 1 : 0] }
    return refuse(
      finding(json === null ? 'literal-null' : 'literal-type', pointer, `${quote(json)} does not go with "isKnown"`, {
        expected: 'true or false',
      }),
    )
  }
  const literal = readLiteral(type, json, pointer)
  return isFailure(literal) ? refuse(literal.problem) : { kind: 'literals', values: [literal.value] }
}

function listOf(type: FactType, operator: Operator, json: unknown, pointer: string, diagnostics: Diagnostic[]): Operand | null {
  const refuse = (problem: Diagnostic): null => {
    diagnostics.push(problem)
    return null
  }
  if (!Array.isArray(json)) {
    return refuse(
      finding('list-expected', pointer, `${quote(operator.name)} is given ${quote(json)}`, {
        expected: `a list, each ${expectedOf(type)}`,
      }),
    )
  }
  if (json.length === 0)
    return refuse(finding('list-empty', pointer, 'the list is empty', { expected: `one value or more, each ${expectedOf(type)}` }))
  if (json.length > MAX_LIST)
    return refuse(finding('list-too-long', pointer, `the list has ${json.length} values`, { expected: `at most ${MAX_LIST}` }))
  if (new Set(json.map((item) => (item === null ? 'null' : typeof item))).size > 1) {
    return refuse(
      finding('list-mixed', pointer, `the list ${quote(json)} mixes types`, { expected: `values that are each ${expectedOf(type)}` }),
    )
  }
  const literals = json.map((item, index) => readLiteral(type, item, at(pointer, index)))
  const problems = literals.filter(isFailure)
  if (problems.length > 0) {
    diagnostics.push(...problems.map((literal) => literal.problem))
    return null
  }
  const values = literals.map((literal) => (literal as { value: number }).value)
  values.forEach((value, index) => {
    if (values.indexOf(value) < index) {
      diagnostics.push(finding('list-repeats', at(pointer, index), `${quote(json[index])} is in the list twice`, { severity: 'warning' }))
    }
  })
  return { kind: 'literals', values: [...new Set(values)] }
}

function factOperand(
  space: FactSpace,
  left: FactType,
  json: Record<string, unknown>,
  pointer: string,
  diagnostics: Diagnostic[],
): Operand | null {
  for (const key of Object.keys(json).filter((k) => k !== 'fact')) {
    const code = key === 'path' || key === 'params' || key === 'priority' ? 'key-refused' : 'unknown-key'
    diagnostics.push(
      finding(code, at(pointer, key), `${quote(key)} is refused`, {
        expected: '{"fact": id}',
        hint: 'name a fact of the catalogue, by itself',
      }),
    )
  }
  if (!Object.hasOwn(json, 'fact')) {
    diagnostics.push(
      finding('literal-type', pointer, `${quote(json)} is not a value of ${quote(left.id)}`, {
        expected: `${expectedOf(left)}, or {"fact": id}`,
      }),
    )
    return null
  }
  const slot = factSlot(space, json.fact, at(pointer, 'fact'), diagnostics)
  if (slot === null) return null
  const right = space.types[slot] as FactType
  const problem = mismatch(left, right, pointer)
  if (problem !== null) {
    diagnostics.push(problem)
    return null
  }
  const scale = Math.max(left.scale, right.scale)
  return { kind: 'fact', slot, leftMultiplier: 10 ** (scale - left.scale), rightMultiplier: 10 ** (scale - right.scale) }
}

/** Why two facts may not be compared, or null. */
function mismatch(left: FactType, right: FactType, pointer: string): Diagnostic | null {
  const pair = `${quote(left.id)} and ${quote(right.id)}`
  const family = (type: FactType): string => (type.type === 'integer' || type.type === 'decimal' ? 'number' : type.type)
  if (family(left) !== family(right)) {
    return finding('types-differ', pointer, `${pair} are of different types: ${left.type} and ${right.type}`, {
      expected: `a fact of type ${left.type}`,
    })
  }
  if (left.type === 'category' && JSON.stringify(left.codes) !== JSON.stringify(right.codes)) {
    return finding('codes-differ', pointer, `${pair} have different codes`, { expected: 'a category with the same codes' })
  }
  if (left.unit === right.unit) return null
  const [leftStem, rightStem] = [left.unit, right.unit].map((unit) => (unit ?? '').replace(/\/(day|month|quarter|year)$/, ''))
  const expected = `a fact in ${left.unit ?? 'no unit'}`
  return leftStem !== '' && leftStem === rightStem
    ? finding('periods-differ', pointer, `${pair} are amounts of different periods: ${left.unit} and ${right.unit}`, {
        expected,
        hint: 'state the conversion in a derived fact: {"perMonth": ...} or {"perYear": ...}',
      })
    : finding('units-differ', pointer, `${pair} have different units: ${left.unit ?? 'none'} and ${right.unit ?? 'none'}`, { expected })
}
