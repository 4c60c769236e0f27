/**
 * Functions of the assembly of many households: values stand in one column a slot, and each function runs over all rows, so that the
 * engine sees one short loop over plain arrays. The statements in the loop are those of one household.
 */
import type { Ends } from '../../operators.ts'
import type { Entity, Relation } from '../catalogue.ts'
import type { PassOptions, PassSources } from './assembly-levels.ts'
import type { Cell } from './fact-source.ts'
import { derivedBody, registryBody, relativesBody } from './pass-source.ts'

/** Columns that the statements name, each taken out of its list once before the loop. */
interface Named {
  readonly cell: (list: string, row: string) => Cell
  readonly column: (at: number) => string
  readonly declare: () => string
}

function named(isBounded: (list: string, slot: number) => boolean): Named {
  const names = new Map<string, string>()
  const name = (id: string, from: string): string => {
    names.set(id, from)
    return id
  }
  return {
    // A fact without bounds has one column for both ends.
    cell: (list, row) => (end: keyof Ends, slot) => {
      const side = isBounded(list, slot) ? end : 'lo'
      return `${name(`${list}${side}${slot}`, `${list}.${side}[${slot}]`)}[${row}]`
    },
    column: (at) => name(`C${at}`, `C[${at}]`),
    declare: () => [...names].map(([id, from]) => `const ${id}=${from};`).join(''),
  }
}

/** Whether others may exist that no registry lists: `J` is 1 for a Jordanian, `Q` 1 where both parents are listed. */
function openOf(relation: Relation): string {
  if (relation === 'members' || relation === 'otherMembers') return 'false'
  return relation === 'parents' || relation === 'siblings' ? 'Q[p]!==1' : 'J[p]!==1'
}

/** A fact's columns by the list that they are in: `W` what is computed, `M` the members, `Y` relatives anywhere. */
function boundedIn({ catalogue }: PassOptions['writing'], entity: Entity): (list: string, slot: number) => boolean {
  return (list, slot) => {
    const { types } = list === 'W' ? catalogue[entity] : catalogue.person
    return catalogue.facts.get(types[slot]?.id ?? '')?.bounded === true
  }
}

/** The loop over all rows; the names are complete once the body is written. */
const loop = (names: Named, fields: string, body: string): string =>
  `(X,from,to)=>{const {${fields},asOf}=X;${names.declare()}for(let p=from;p<to;p++){${body}}}`

const COVERED = { everyone: 'true', jordanians: 'J[p]===1', nonJordanians: 'J[p]===0' } as const

/** Every function takes the `Frame` of compile-chunk.ts, and the rows from which to which (exclusive) it computes. */
export const manyHouseholds: PassSources = {
  registry: (read, facts, { writing, constants, entity, dwelling }) => {
    const names = named(boundedIn(writing, entity))
    const body = registryBody(read, facts, { ...writing, own: names.cell('W', 'p') }, { column: names.column, constants })
    const asksEach = read.registry.answeredBy !== undefined
    // The dwelling is the head's; of a household, whether all its members are covered was worked out before.
    const unit =
      entity === 'person'
        ? `const f=2*p,t=f+2,V=${COVERED[read.registry.population]}${asksEach ? '&&A[2*p]<A[2*p+1]' : ''};`
        : dwelling
          ? 'if(E[p]<0)continue;const f=2*E[p],t=f+2,V=true;'
          : `const f=2*F[p],t=2*F[p+1],V=${read.registry.population === 'everyone' && !asksEach ? 'true' : 'G[p]===1'};`
    return loop(names, 'C,R,A,W,J,F,E,G', `${unit}${body}`)
  },
  relatives: (facts, { writing, constants, entity, relation, within }) => {
    const names = named(boundedIn(writing, entity))
    const cell = names.cell(within === 'anywhere' ? 'Y' : 'M', 'q')
    const each = (statements: string): string => {
      if (entity === 'household') return `for(let q=F[p];q<F[p+1];q++){${statements}}`
      if (relation === 'members' || relation === 'otherMembers')
        return `const h=O[p];for(let q=F[h];q<F[h+1];q++){if(q===p)continue;${statements}}`
      return `for(let k=D[2*p];k<D[2*p+1];k++){const q=P[k];${statements}}`
    }
    const body = relativesBody(facts, { ...writing, own: names.cell('W', 'p') }, { cell, each, constants })
    const open = entity === 'household' ? 'false' : openOf(relation)
    return loop(names, 'W,M,Y,F,O,D,P,J,Q', `const open=${open};${body}`)
  },
  derived: (facts, { writing, constants, entity }) => {
    const names = named(boundedIn(writing, entity))
    const body = derivedBody(facts, { ...writing, own: names.cell('W', 'p') }, constants)
    return loop(names, 'W', body)
  },
}
