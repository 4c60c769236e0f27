/** Many households side by side, as bulk assembly reads them, and where it writes their facts. */
import type { Relation } from '../catalogue.ts'
import type { Answer, RegistryRows } from './rows.ts'

type Numbers = { readonly [place: number]: number }

/** Relatives of one kind by member: `relatives[ranges[2 * m]] .. relatives[ranges[2 * m + 1] - 1]`. */
export interface KinRows {
  readonly ranges: Numbers
  readonly relatives: Numbers
}

/** Households and their members in order; the members of a household stand side by side. */
export interface ChunkRows {
  readonly asOf: number
  readonly households: number
  /** First member of each household, and one place more: the end of the last. */
  readonly firstMember: Numbers
  readonly basis: (household: number) => string
  readonly isHead: Numbers
  /** 1 for a Jordanian, 0 for another, NaN when no register has named the person. */
  readonly isJordanian: Numbers
  readonly relationship: (member: number) => string
  /** 1 where both parents are listed. */
  readonly parentsListed: Numbers
  /** In the order of what is read; ranges by member. */
  readonly registries: readonly RegistryRows[]
  /** Positions among the chunk's members. */
  readonly within: ReadonlyMap<Relation, KinRows>
  /** Positions in `ElsewhereColumns`. */
  readonly anywhere: ReadonlyMap<Relation, KinRows>
  /** Null: nobody declared anything. */
  readonly declaredHousehold: ((household: number) => Readonly<Record<string, Answer>> | undefined) | null
  readonly declaredPerson: ((member: number) => Readonly<Record<string, Answer>> | undefined) | null
}

/** Persons of a chunk as relatives of somebody else: nobody's household, nothing declared. */
export interface PersonRows {
  readonly asOf: number
  readonly persons: number
  readonly isJordanian: Numbers
  readonly registries: readonly RegistryRows[]
}

export type ValueArray = Float64Array | Float32Array

export interface ValueColumn {
  readonly lo: ValueArray
  /** The same as `lo` where a fact has no bounds, another array where it has. */
  readonly hi: ValueArray
}

/** By slot; undefined for facts that are not computed. Values with NaN at an end that is open. */
export type ValueColumns = readonly (ValueColumn | undefined)[]
