/** What an entity may read on a day, as its grants say: columns, facts, and whose rows. */

/**
 * `none`: rows about persons are withheld, aggregates alone are given. `person`: rows of a person whose National ID is given.
 * `applicants`: also rows of persons who applied to one of the programmes. `listing`: any rows, by the custodian's own permission.
 */
export type RowScope =
  | { readonly kind: 'none' | 'person' | 'listing' }
  | { readonly kind: 'applicants'; readonly programmes: readonly string[] }

export interface ReadRights {
  readonly entity: string
  /** Ids of a registry's columns that may be read; empty for a registry that is not granted, or is unknown. */
  readonly columns: (registry: string) => ReadonlySet<string>
  /** Facts whose values may be seen. */
  readonly facts: ReadonlySet<string>
  /** Facts that a programme's rule may use without anyone at the agency seeing the value. */
  readonly decideOnly: ReadonlySet<string>
  /** Of one column; without one, the narrowest of the registry's granted columns. */
  readonly rowScope: (registry: string, column?: string) => RowScope
}
