/** What a generated assembly reads: the household's persons, their registry rows as columns, and what they declared. */
import type { Relation } from '../catalogue.ts'
import type { RegistryColumn, RegistryShape } from '../registry-shape.ts'

/**
 * A cell as assembly computes with it: scaled integers, 0/1, day numbers, the position of a code in its column's list
 * (past the end for one that the list does not have), person references; NaN for NULL. Free text stays text.
 */
export type RowCell = number | string

/** A registry's rows of some persons, the rows of one person side by side. */
export interface RegistryRows {
  /** In the order of the registry's `columns` in ReadsOf. */
  readonly columns: readonly { readonly [row: number]: RowCell }[]
  /** Two places a person: the first row, and the one after the last. */
  readonly ranges: { readonly [place: number]: number }
}

/** What one registry is read for. */
export interface RegistryRead {
  readonly registry: RegistryShape
  readonly columns: readonly RegistryColumn[]
  /** Columns that are read of relatives outside the household too; null when none of their rows is read. */
  readonly relativesColumns: ReadonlySet<string> | null
}

/** What somebody declared: a scaled number, a flag, a code or an ISO date. */
export type Answer = string | number | boolean

export interface PersonRow {
  /** 1 for a Jordanian, 0 for another, NaN when no register has named the person. */
  readonly isJordanian: number
  readonly isHead: boolean
  readonly relationship: string
}

export interface HouseholdRows {
  readonly asOf: number
  readonly basis: string
  /** The members, then relatives anywhere (members among them once more: elsewhere they are nobody's household). */
  readonly persons: readonly PersonRow[]
  readonly members: number
  /** In the order of `registries` of what is read; those that are not usable may be empty. */
  readonly registries: readonly RegistryRows[]
  /** By member: positions in `persons` of those relatives in the household, and anywhere. */
  readonly within: (relation: Relation, member: number) => readonly number[]
  readonly anywhere: (relation: Relation, member: number) => readonly number[]
  /** By member: both parents are listed. */
  readonly parentsListed: (member: number) => boolean
  /** Declared answers by fact: scaled numbers, flags, ISO dates, codes; undefined where nothing was said. */
  readonly declaredHousehold: Readonly<Record<string, Answer>> | undefined
  readonly declaredPerson: (member: number) => Readonly<Record<string, Answer>> | undefined
}

/** Values while they are computed: NaN at an end that is open. */
export interface Ends {
  readonly lo: Float64Array
  readonly hi: Float64Array
}
