/** How much a bulk run knows of registries that are asked person by person: it asks nobody, and reads the answers that there are. */
import type { Queryable } from '../../db/queryable.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { relativesAsked } from '../../language/catalogue/assembly/reads.ts'
import { quote } from '../../warehouse/registry-table.ts'
import type { AnswersHeld, SourceState } from '../assembled.ts'

export interface HeldOf {
  /** ISO date. */
  readonly asOf: string
  /** Facts that are read. */
  readonly facts: ReadonlySet<string>
  /** References of households; null for all. */
  readonly only: ReadonlySet<number> | null
}

/** By registry that the facts read, over the living members of the households on the day. */
export async function answersHeld(
  db: Queryable,
  catalogue: Catalogue,
  { asOf, facts, only }: HeldOf,
): Promise<ReadonlyMap<string, AnswersHeld>> {
  const held = new Map<string, AnswersHeld>()
  for (const { id, answeredBy } of relativesAsked(catalogue, facts).keys()) {
    // INVARIANT: only registries that are asked are among them.
    if (answeredBy === undefined) continue
    const { rows } = await db.query<AnswersHeld>(
      `SELECT count(*)::int AS persons, min(answered_on)::text AS oldest, max(answered_on)::text AS newest FROM warehouse.${quote(answeredBy)} a
       WHERE EXISTS (SELECT FROM household_member m WHERE m.person_ref = a.person_ref AND m.valid_from <= $1::date AND (m.valid_to IS NULL OR m.valid_to > $1::date)
           AND ($2::bigint[] IS NULL OR m.household_ref = ANY ($2)))
         AND NOT EXISTS (SELECT FROM warehouse.cspd_death_info dead WHERE dead.person_ref = a.person_ref AND dead.death_date <= $1::date)`,
      [asOf, only === null ? null : [...only]],
    )
    if (rows[0]) held.set(id, rows[0])
  }
  return held
}

export const withAnswersHeld = (sources: readonly SourceState[], held: ReadonlyMap<string, AnswersHeld>): readonly SourceState[] =>
  held.size === 0
    ? sources
    : sources.map((source) => {
        const answers = held.get(source.registry)
        return answers ? { ...source, answers } : source
      })
