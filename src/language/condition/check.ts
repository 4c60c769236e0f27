/** Checks a condition as somebody wrote it and builds its typed form, reporting every error at once. */
import { at } from '../../kernel/diagnostic.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { finding, quote } from '../diagnostic-codes.ts'
import type { FactSpace } from '../fact-space.ts'
import { didYouMean, hintAmong } from '../nearest.ts'
import { readAnnotations } from './annotations.ts'
import { checkLeaf } from './check-leaf.ts'
import type { Condition, ConditionNode, LeafNode } from './condition.ts'
import type { Definitions } from './definition.ts'

export const MAX_DEPTH = 20
export const MAX_LEAVES = 500

export interface ConditionScope {
  /** Facts that may be named here; its name is `household`, `person` or a registry's. */
  readonly space: FactSpace
  /** Definitions that may be referred to; a definition's scope must fit the space's name. */
  readonly definitions: Definitions
  /** Whether `value` may be `{"fact": id}`. */
  readonly allowFactValue: boolean
  /** Rules begin with `all`, `any`, `not` or `condition`, as json-rules-engine demands; elsewhere a bare leaf will do. */
  readonly rootMustBeGroup?: boolean
}

export interface CheckedCondition {
  /** Absent when there is any error. */
  readonly condition?: Condition
  readonly diagnostics: readonly Diagnostic[]
}

const KINDS = ['all', 'any', 'not', 'condition', 'fact'] as const
type Kind = (typeof KINDS)[number]
const ANNOTATIONS = ['name', 'because', 'citation']
const KEYS: Readonly<Record<Kind, readonly string[]>> = {
  all: ['all', ...ANNOTATIONS],
  any: ['any', ...ANNOTATIONS],
  not: ['not', ...ANNOTATIONS],
  condition: ['condition', ...ANNOTATIONS],
  fact: ['fact', 'operator', 'value', ...ANNOTATIONS],
}
const REFUSED: Readonly<Record<string, string>> = {
  path: 'a path could run code: name a fact of the catalogue instead',
  params: 'facts take no parameters: define a fact of its own in the catalogue',
  priority: 'every condition is always evaluated, so there is nothing to order: remove it',
}

interface Walk {
  readonly scope: ConditionScope
  readonly diagnostics: Diagnostic[]
  readonly nodes: ConditionNode[]
  readonly leaves: LeafNode[]
  /** Definitions being put in, outermost first. */
  readonly open: readonly string[]
  /** Of a definition that is put in only the first error is told, so nothing is looked at after it. */
  readonly isInside: boolean
  readonly count: { nodes: number; ends: number }
}

/** Checks `json`, found at `pointer` of its text; `definition` names the shared definition whose text it is, if any. */
export function checkCondition(json: unknown, pointer: string, scope: ConditionScope, definition?: string): CheckedCondition {
  const walk: Walk = {
    scope,
    diagnostics: [],
    nodes: [],
    leaves: [],
    open: definition === undefined ? [] : [definition],
    isInside: false,
    count: { nodes: 0, ends: 0 },
  }
  if (scope.rootMustBeGroup && isObject(json) && Object.hasOwn(json, 'fact')) {
    walk.diagnostics.push(
      finding('condition-root', pointer, 'a rule cannot begin with a single comparison', {
        expected: 'all, any, not or condition',
        hint: 'wrap it: {"all": [ ... ]}',
      }),
    )
  }
  const root = checkNode(walk, json, pointer, 1)
  if (walk.count.ends > MAX_LEAVES) {
    walk.diagnostics.push(finding('condition-too-large', pointer, `there are more than ${MAX_LEAVES} leaves after definitions are put in`))
  }
  if (root === null || walk.diagnostics.some(isError)) return { diagnostics: walk.diagnostics }
  return { condition: { space: scope.space, root, nodes: walk.nodes, leaves: walk.leaves }, diagnostics: walk.diagnostics }
}

const isError = ({ severity }: Diagnostic): boolean => severity === 'error'

function checkNode(walk: Walk, json: unknown, pointer: string, depth: number): ConditionNode | null {
  const { diagnostics } = walk
  if (walk.count.ends > MAX_LEAVES || (walk.isInside && diagnostics.some(isError))) return null
  if (depth > MAX_DEPTH) {
    walk.count.ends++
    diagnostics.push(
      finding('condition-too-deep', pointer, `conditions nest deeper than ${MAX_DEPTH} levels here`, {
        hint: 'flatten groups of the same kind',
      }),
    )
    return null
  }
  if (!isObject(json)) {
    walk.count.ends++
    diagnostics.push(
      finding('not-an-object', pointer, `${quote(json)} is not a condition`, {
        expected: 'an object with all, any, not, condition or fact',
      }),
    )
    return null
  }
  const kinds = kindsOf(json)
  if (kinds.length !== 1) {
    walk.count.ends++
    diagnostics.push(kindsProblem(json, kinds, pointer))
    for (const kind of kinds) checkKind(walk, kind, json, pointer, depth)
    return null
  }
  const kind = kinds[0] as Kind
  checkKeys(walk, kind, json, pointer)
  return checkKind(walk, kind, json, pointer, depth)
}

function checkKind(walk: Walk, kind: Kind, json: Record<string, unknown>, pointer: string, depth: number): ConditionNode | null {
  const place = {
    id: walk.count.nodes++,
    pointer,
    definition: walk.open.at(-1) ?? null,
    annotations: readAnnotations(json, pointer, walk.diagnostics),
  }
  const keep = <N extends ConditionNode>(node: N): N => {
    walk.nodes[place.id] = node
    return node
  }
  if (kind === 'all' || kind === 'any') {
    const children = checkChildren(walk, kind, json[kind], at(pointer, kind), depth)
    return children && keep({ ...place, kind, children })
  }
  if (kind === 'not') {
    const child = checkNode(walk, json.not, at(pointer, 'not'), depth + 1)
    return child && keep({ ...place, kind, child })
  }
  if (kind === 'condition') {
    const child = checkReference(walk, json.condition, at(pointer, 'condition'), depth)
    return child && keep({ ...place, kind: 'definition', refersTo: json.condition as string, child })
  }
  walk.count.ends++
  const comparison = checkLeaf(walk.scope, json, pointer, walk.diagnostics)
  if (comparison === null) return null
  const leaf = keep({ ...place, kind: 'leaf', ...comparison })
  walk.leaves.push(leaf)
  return leaf
}

function checkChildren(walk: Walk, kind: 'all' | 'any', json: unknown, pointer: string, depth: number): readonly ConditionNode[] | null {
  if (!Array.isArray(json)) {
    walk.count.ends++
    walk.diagnostics.push(finding('group-not-array', pointer, `${quote(kind)} holds ${quote(json)}`, { expected: 'a list of conditions' }))
    return null
  }
  if (json.length === 0) {
    walk.count.ends++
    walk.diagnostics.push(finding('group-empty', pointer, `${quote(kind)} is empty`, { expected: 'one condition or more' }))
    return null
  }
  const children = json.map((child, index) => checkNode(walk, child, at(pointer, index), depth + 1))
  return children.includes(null) ? null : (children as ConditionNode[])
}

/** Puts a shared definition in; its own errors are reported once, at the reference. */
function checkReference(walk: Walk, name: unknown, pointer: string, depth: number): ConditionNode | null {
  const refuse = (problem: Diagnostic): null => {
    walk.count.ends++
    walk.diagnostics.push(problem)
    return null
  }
  const { definitions, space } = walk.scope
  const definition = typeof name === 'string' ? definitions.get(name) : undefined
  if (definition === undefined) {
    return refuse(
      finding('definition-unknown', pointer, `there is no shared definition ${quote(name)}`, {
        hint: hintAmong(walk.diagnostics, name, definitions.keys()),
      }),
    )
  }
  const { id } = definition
  if (walk.open.includes(id)) {
    const circle = [...walk.open.slice(walk.open.indexOf(id)), id].join(' → ')
    return refuse(finding('definition-cyclic', pointer, `the definition ${quote(id)} refers to itself: ${circle}`))
  }
  if (space.name !== definition.scope && !(definition.scope === 'household' && space.name === 'person')) {
    return refuse(
      finding('definition-scope', pointer, `${quote(id)} speaks of ${definition.scope} facts, and this place has those of ${space.name}`),
    )
  }
  const inner: Walk = { ...walk, diagnostics: [], open: [...walk.open, id], isInside: true }
  const child = checkNode(inner, definition.conditions, '/conditions', depth + 1)
  const first = inner.diagnostics.find(isError)
  if (first === undefined) return child
  if (first.code === 'definition-cyclic' || first.code === 'condition-too-deep') walk.diagnostics.push({ ...first, pointer })
  else {
    const message = `the shared definition ${quote(id)} has an error at ${first.pointer}: ${first.message}`
    walk.diagnostics.push(finding('definition-invalid', pointer, message, { hint: first.hint }))
  }
  return null
}

function kindsOf(json: Record<string, unknown>): Kind[] {
  const kinds: Kind[] = KINDS.filter((kind) => Object.hasOwn(json, kind))
  if (!kinds.includes('fact') && (Object.hasOwn(json, 'operator') || Object.hasOwn(json, 'value')) && kinds.length === 0) kinds.push('fact')
  return kinds
}

function kindsProblem(json: object, kinds: readonly Kind[], pointer: string): Diagnostic {
  if (kinds.length > 1) {
    return finding('condition-kinds-several', pointer, `one node has ${kinds.map(quote).join(' and ')}`, {
      expected: 'exactly one of all, any, not, condition, fact',
      hint: 'put each in a node of its own, inside an "all"',
    })
  }
  const keys = Object.keys(json)
  const slip = keys.map((key) => didYouMean(key, KINDS)).find((hint) => hint !== undefined)
  const has = keys.length === 0 ? 'an empty object' : `an object with ${keys.slice(0, 5).map(quote).join(', ')}`
  return finding('condition-kind-missing', pointer, `${has} is not a condition`, {
    expected: 'one of all, any, not, condition, fact',
    hint: slip,
  })
}

function checkKeys(walk: Walk, kind: Kind, json: Record<string, unknown>, pointer: string): void {
  for (const key of Object.keys(json)) {
    if (KEYS[kind].includes(key)) continue
    const refusal = Object.hasOwn(REFUSED, key) ? REFUSED[key] : undefined
    walk.diagnostics.push(
      refusal === undefined
        ? finding('unknown-key', at(pointer, key), `${quote(key)} means nothing here`, {
            expected: KEYS[kind].join(', '),
            hint: didYouMean(key, KEYS[kind]),
          })
        : finding('key-refused', at(pointer, key), `${quote(key)} is refused`, { hint: refusal }),
    )
  }
}

const isObject = (json: unknown): json is Record<string, unknown> => typeof json === 'object' && json !== null && !Array.isArray(json)
