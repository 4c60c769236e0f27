/** Compiles a checked condition to JavaScript: one household with a trace, or a loop over columns; one generator, used twice. */
import type { Truth } from '../../kernel/truth.ts'
import { keptBySource } from '../generated-code.ts'
import { operators } from '../operators.ts'
import type { Ends } from '../operators.ts'
import { slotsOf } from './condition.ts'
import type { Condition, ConditionNode, LeafNode } from './condition.ts'

/** Judges one set of facts; `trace[id]` becomes the truth of every node (`condition.nodes.length` places are needed). */
export type Evaluate = (lo: Float64Array, hi: Float64Array, trace: Uint8Array) => Truth

/** A column of values by row. Where a fact has no bounds both arrays may be one and the same, with NaN for unknown. */
export type Column = { readonly [row: number]: number }

/** Judges the rows `from` to `to` (exclusive) of columns by slot; `out[row]` becomes the truth. */
export type EvaluateBulk = (lo: readonly Column[], hi: readonly Column[], from: number, to: number, out: Uint8Array) => void

/** The traced form: every node is evaluated, none is skipped. */
export function compileCondition(condition: Condition): Evaluate {
  const { loads, ends } = loadSlots(condition, (slot) => [`lo[${slot}]`, `hi[${slot}]`])
  const body = statement(condition.root, ends, true)
  return assemble(`return function(lo,hi,t){${loads}${body}return v${condition.root.id}}`) as Evaluate
}

/** The bulk form: no trace, and a group stops at the first child that decides it. */
export const compileBulk = (condition: Condition): EvaluateBulk => assemble(bulkSource(condition)) as EvaluateBulk

/** The text of the bulk form: conditions of the same text are the same function. */
export function bulkSource(condition: Condition): string {
  const columns = slotsOf(condition).map((slot) => `const L${slot}=lo[${slot}],H${slot}=hi[${slot}];`)
  const { loads, ends } = loadSlots(condition, (slot) => [`L${slot}[r]`, `H${slot}[r]`])
  const body = statement(condition.root, ends, false)
  return `return function(lo,hi,from,to,out){${columns.join('')}for(let r=from;r<to;r++){${loads}${body}out[r]=v${condition.root.id}}}`
}

/** Statements that judge one set of values inside other generated code, and the name of their result; for a block of its own. */
export const conditionSource = (
  condition: Condition,
  ends: (slot: number) => Ends,
): { readonly code: string; readonly result: string } => ({
  code: statement(condition.root, ends, false),
  result: `v${condition.root.id}`,
})

// INVARIANT: the source text is made of fixed words, node numbers, slot numbers and numbers printed by JSON.stringify;
// no name or text that anybody wrote reaches it.
const assemble = (source: string): unknown =>
  // oxlint-disable-next-line typescript/no-implied-eval -- compiling is the point; measured 3.6 times faster than closures
  assembled.of(source, () => new Function(`"use strict";${source}`)())

/** What is compiled again from the same text is the same function, which the engine has optimised already. */
const assembled = keptBySource<unknown>()

function loadSlots(
  condition: Condition,
  read: (slot: number) => readonly [string, string],
): { loads: string; ends: (slot: number) => Ends } {
  const loads = slotsOf(condition).map((slot) => {
    const [lo, hi] = read(slot)
    return `const a${slot}=${lo},b${slot}=${hi};`
  })
  return { loads: loads.join(''), ends: (slot) => ({ lo: `a${slot}`, hi: `b${slot}` }) }
}

function statement(node: ConditionNode, ends: (slot: number) => Ends, traced: boolean): string {
  const v = `v${node.id}`
  const kept = traced ? `t[${node.id}]=${v};` : ''
  if (node.kind === 'leaf') return `const ${v}=${leafCode(node, ends)};${kept}`
  if (node.kind === 'not') return `${statement(node.child, ends, traced)}const ${v}=2-v${node.child.id};${kept}`
  if (node.kind === 'definition') return `${statement(node.child, ends, traced)}const ${v}=v${node.child.id};${kept}`
  const [start, decided, moves] = node.kind === 'all' ? [2, 0, '<'] : [0, 2, '>']
  const children = node.children.map((child) => {
    const stop = traced ? '' : `if(${v}===${decided})break g${node.id};`
    return `${statement(child, ends, traced)}if(v${child.id}${moves}${v})${v}=v${child.id};${stop}`
  })
  return traced ? `let ${v}=${start};${children.join('')}${kept}` : `let ${v}=${start};g${node.id}:{${children.join('')}}`
}

function leafCode(leaf: LeafNode, ends: (slot: number) => Ends): string {
  const { code } = operators[leaf.operator]
  const { operand } = leaf
  if (operand.kind === 'literals') return code(ends(leaf.slot), operand.values.map(literalEnds))
  return code(times(ends(leaf.slot), operand.leftMultiplier), [times(ends(operand.slot), operand.rightMultiplier)])
}

const literalEnds = (value: number): Ends => {
  const text = value < 0 ? `(${JSON.stringify(value)})` : JSON.stringify(value)
  return { lo: text, hi: text }
}

const times = (ends: Ends, multiplier: number): Ends =>
  multiplier === 1 ? ends : { lo: `${ends.lo}*${JSON.stringify(multiplier)}`, hi: `${ends.hi}*${JSON.stringify(multiplier)}` }
