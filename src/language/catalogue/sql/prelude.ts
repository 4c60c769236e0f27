/**
 * What the body of an assembly statement takes as given. The prelude decides where the rows come from: typed record
 * sets on PostgreSQL, or tables of DuckDB; the body is the same text.
 *
 * The body reads: `members` (household_ref, person_ref, is_head, relationship_code, basis_code, is_jordanian; no fact id has an underscore), each registry by its
 * id as an unqualified table (person_ref, columns), `declared_household` (household_ref, "<fact>"...) and
 * `declared_person` (household_ref, person_ref, "<fact>"...; one row a member).
 */
export interface Prelude {
  /** Common table expressions, in order, without the word WITH. */
  readonly ctes: readonly string[]
  /** SQL date. */
  readonly asOf: string
  readonly asOfDay: number
  /** SQL boolean, never NULL: the registry is loaded and not past its grace. */
  readonly usable: (registry: string) => string
  /** SQL boolean: the person is identified by a National ID; NULL when no register has named the person. */
  readonly isJordanian: (personRef: string) => string
}
