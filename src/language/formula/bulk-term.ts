/** One term over a block of rows: what its known values give is added in a loop, what an open one gives is looked at row by row. */
import { bulkSource, compileBulk } from '../condition/compile.ts'
import { type FactColumn, type FactColumns, readEnd } from '../fact-columns.ts'
import { keptBySource } from '../generated-code.ts'
import type { ConditionalTerm, Term } from './formula.ts'
import { pointsOf, runtime, settledCode, termFunctions, termStatements } from './term-code.ts'
import { type AddSettled, LOOKED_UP, loopOver, loopOverTruths } from './term-loop.ts'

/** Rows that are worked on together: their sums stay in the first cache. */
export const BLOCK_ROWS = 1024

/** Ends by slot of the facts that conditions read, for the rows of a block. */
export interface BlockEnds {
  readonly lo: readonly Float64Array[]
  readonly hi: readonly Float64Array[]
}

export interface BlockFacts {
  readonly columns: FactColumns
  readonly block: BlockEnds
  readonly base: number
  readonly rows: number
}

/**
 * By row of a block: what the settled terms come to, which is one number, and, where `isOpen` says that there are any, what the others come to.
 * All are whole numbers of which every partial sum is exact (see checkSum), so that they may be added in any order.
 */
export interface Sums {
  readonly settled: Float64Array
  isOpen: boolean
  readonly point: Float64Array
  readonly lo: Float64Array
  readonly hi: Float64Array
  /** Point, lowest and highest of the terms that nothing is known of in any row of the block. */
  readonly whole: Float64Array
}

export function newSums(): Sums {
  const [settled, point, lo, hi] = [0, 1, 2, 3].map(() => new Float64Array(BLOCK_ROWS)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  return { settled, isOpen: false, point, lo, hi, whole: new Float64Array(3) }
}

export type BulkTerm = (facts: BlockFacts, sums: Sums) => void

/** A term that another formula shares is one and the same function, which the engine has optimised already. */
export function bulkTerm(term: Term): BulkTerm {
  const text = `${termFunctions(term, 0)}${termStatements(term, 0)}${pointsOf(term).join()}`
  if (term.kind === 'conditional') return terms.of(`${bulkSource(term.condition)}${text}`, () => conditionalTerm(term))
  return terms.of(`${term.slot} ${text}`, () => valueTerm(term))
}

const terms = keptBySource<BulkTerm>()

/** Rows of the block that the loop passed over, and the ends of their values; adding a term is synchronous, so all terms may have the same arrays. */
const open = new Uint16Array(BLOCK_ROWS)
const [openLo, openHi] = [new Float64Array(BLOCK_ROWS), new Float64Array(BLOCK_ROWS)]

function valueTerm(term: Exclude<Term, ConditionalTerm>): BulkTerm {
  const points = pointsOf(term)
  const functions = termFunctions(term, 0)
  const own = { functions, points: settledCode(term, 0) }
  // Ends are handed over in columns: a number by itself would be put into memory of its own.
  const give = giving<(lo: Float64Array, hi: Float64Array, at: number, given: Float64Array) => void>(
    `${functions}return function(lo,hi,at,given){const a=lo[at],b=hi[at];let p,l,h;${termStatements(term, 0)}given[0]=p;given[1]=l;given[2]=h}`,
    points,
  )
  const unknown = new Float64Array(3)
  give(Float64Array.of(-Infinity), Float64Array.of(Infinity), 0, unknown)
  const given = new Float64Array(3)
  const byByte = new Float64Array(256)
  const bytes = Float64Array.from(byByte.keys())
  for (let value = 0; value < byByte.length; value++) {
    give(bytes, bytes, value, given)
    byByte[value] = given[0] as number
  }
  // A column is scored block after block: its loop is looked for once.
  let last: { readonly column: FactColumn; readonly addSettled: AddSettled; readonly points: Float64Array } | null = null
  return ({ columns, base, rows }, sums) => {
    const column = columns[term.slot]
    if (!column) return addUnknown(unknown, rows, sums, rows)
    if (last?.column !== column) {
      const isBytes = column.lo instanceof Uint8Array
      last = { column, addSettled: loopOver(column, isBytes ? LOOKED_UP : own), points: isBytes ? byByte : points }
    }
    const found = last.addSettled(sums.settled, column, last.points, base, rows, open)
    if (found === 0) return
    if (column.hi === column.lo && column.hiKnown === column.loKnown) return addUnknown(unknown, found, sums, rows)
    openSums(sums)
    readEnd(column.lo, column.loKnown, base, open, found, -Infinity, openLo)
    readEnd(column.hi, column.hiKnown, base, open, found, Infinity, openHi)
    for (let k = 0; k < found; k++) {
      give(openLo, openHi, k, given)
      add(given, open[k] as number, sums)
    }
  }
}

function conditionalTerm(term: ConditionalTerm): BulkTerm {
  const condition = compileBulk(term.condition)
  const give = giving<(t: number, given: Float64Array) => void>(
    `return function(t,given){let p,l,h;${termStatements(term, 0)}given[0]=p;given[1]=l;given[2]=h}`,
    pointsOf(term),
  )
  const unknown = new Float64Array(3)
  const byTruth = Float64Array.from([0, 1, 2], (truth) => {
    give(truth, unknown)
    return unknown[0] as number
  })
  give(1, unknown)
  const truths = new Uint8Array(BLOCK_ROWS)
  const addSettled = loopOverTruths()
  return ({ block, rows }, sums) => {
    condition(block.lo, block.hi, 0, rows, truths)
    const found = addSettled(sums.settled, { lo: truths }, byTruth, 0, rows, open)
    if (found > 0) addUnknown(unknown, found, sums, rows)
  }
}

const giving = <T>(source: string, points: Float64Array): T =>
  // oxlint-disable-next-line typescript/no-implied-eval -- the source is fixed words and integers only, see generated-code.ts
  new Function('runtime', 'P0', `"use strict";const {divide,ln,ln1p,sqrt}=runtime;${source}`)(runtime, points) as T

/** The first `found` rows that are open are wholly unknown, and get the same; of all rows of the block it is noted once. */
function addUnknown(given: Float64Array, found: number, sums: Sums, rows: number): void {
  openSums(sums)
  if (found === rows) for (let end = 0; end < 3; end++) sums.whole[end] = (sums.whole[end] as number) + (given[end] as number)
  else for (let k = 0; k < found; k++) add(given, open[k] as number, sums)
}

function openSums(sums: Sums): void {
  if (sums.isOpen) return
  sums.isOpen = true
  for (const part of [sums.point, sums.lo, sums.hi, sums.whole]) part.fill(0)
}

function add(given: Float64Array, row: number, { point, lo, hi }: Sums): void {
  point[row] = (point[row] as number) + (given[0] as number)
  lo[row] = (lo[row] as number) + (given[1] as number)
  hi[row] = (hi[row] as number) + (given[2] as number)
}
