/**
 * Loops that add what a term gives for the known values of a column, and note the rows whose value is open. A loop is made for each layout of a
 * column, so that it meets arrays of one type only: one for all of them would read every value by asking what it is.
 */
import type { FactColumn } from '../fact-columns.ts'
import { keptBySource } from '../generated-code.ts'
import { runtime } from './term-code.ts'

/** Adds to `sums` by row of the block; the rows passed over come into `open`, and how many they are is returned. */
export type AddSettled = (
  sums: Float64Array,
  column: Pick<FactColumn, 'lo'> & Partial<FactColumn>,
  points: Float64Array,
  base: number,
  rows: number,
  open: Uint16Array,
) => number

/** Points by value, from 0: for columns of bytes, and for truths. The text is the same for all terms, so the loop is too. */
export const LOOKED_UP = { functions: '', points: 'P0[a]' }

/** `functions` and `points`: fixed words and integers only, which come to the points of the known value `a`, with a term's points in `P0`. */
export function loopOver(
  { lo, hi, loKnown, hiKnown }: FactColumn,
  { functions, points }: { readonly functions: string; readonly points: string },
): AddSettled {
  const known = [
    ...(loKnown ? ['K[o>>3]>>(o&7)&1'] : []),
    ...(hiKnown && hiKnown !== loKnown ? ['J[o>>3]>>(o&7)&1'] : []),
    ...(hi === lo ? [] : ['a===H[o]']),
  ]
  return madeLoop(`${lo.constructor.name} ${hi.constructor.name}`, functions, points, known.join('&&') || 'true')
}

/** Over truths, of which the unknown ones are open. */
export const loopOverTruths = (): AddSettled => madeLoop('truths', LOOKED_UP.functions, LOOKED_UP.points, 'a!==1')

const loops = keptBySource<AddSettled>()

function madeLoop(layout: string, functions: string, points: string, known: string): AddSettled {
  const source =
    `"use strict";/*${layout}*/const {divide,ln,ln1p,sqrt}=runtime;${functions}return function(S,{lo:L,hi:H,loKnown:K,hiKnown:J},P0,base,rows,open){` +
    `let n=0;for(let r=0,o=base;r<rows;r++,o++){const a=L[o];if(${known})S[r]+=${points};else open[n++]=r}return n}`
  // oxlint-disable-next-line typescript/no-implied-eval -- the source is fixed words and integers only, see generated-code.ts
  return loops.of(source, () => new Function('runtime', source)(runtime) as AddSettled)
}
