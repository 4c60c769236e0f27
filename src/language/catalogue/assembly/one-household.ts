/** Functions of the assembly of one household: values of one person or household stand in two arrays by slot. */
import type { Cell } from './fact-source.ts'
import { derivedBody, registryBody, relativesBody } from './pass-source.ts'
import type { PassSources } from './assembly-levels.ts'

const own: Cell = (end, slot) => `${end}[${slot}]`
const ofRelative: Cell = (end, slot) => `${end === 'lo' ? 'A' : 'B'}[${slot}]`

export const oneHousehold: PassSources = {
  /** `(C,R,f,t,V,asOf,lo,hi)`: `t` is the place after the last person's. */
  registry: (read, facts, { writing, constants }) =>
    `(C,R,f,t,V,asOf,lo,hi)=>{${registryBody(read, facts, { ...writing, own }, { column: (at) => `C[${at}]`, constants })}}`,
  /** `(P,L,H,open,asOf,lo,hi)`: the persons at positions `P`, whose values are `L[position]` and `H[position]`. */
  relatives: (facts, { writing, constants }) => {
    const each = (statements: string): string => `for(let k=0;k<P.length;k++){const A=L[P[k]],B=H[P[k]];${statements}}`
    return `(P,L,H,open,asOf,lo,hi)=>{${relativesBody(facts, { ...writing, own }, { cell: ofRelative, each, constants })}}`
  },
  /** `(lo,hi,asOf)` */
  derived: (facts, { writing, constants }) => `(lo,hi,asOf)=>{${derivedBody(facts, { ...writing, own }, constants)}}`,
}
