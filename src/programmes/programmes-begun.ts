/** Whose each programme is or was: one that left force keeps its agency, which still answers for those whom it served. */
import type { Queryable } from '../db/queryable.ts'
import { isoOfDay } from '../kernel/date.ts'
import type { ProgrammeSource } from '../language/programme/schema.ts'
import type { Bundle } from './bundle.ts'

export type BegunProgramme = Pick<ProgrammeSource, 'agency' | 'unit'>

/** Programmes in force on the day as the bundle says; those that left force as their latest version said. */
export async function programmesBegun(
  db: Queryable,
  day: number,
  { programmes }: Pick<Bundle, 'programmes'>,
): Promise<ReadonlyMap<string, BegunProgramme>> {
  const { rows } = await db.query<BegunProgramme & { id: string }>({
    name: 'programmes-begun',
    // What was retired may have been taken back before it ever held: a version that ended is still active.
    text: `select distinct on (id) id, source::jsonb ->> 'agency' as agency, source::jsonb ->> 'unit' as unit from object_version
           where kind = 'programme' and status in ('active', 'retired') and effective_from <= $1::date
           order by id, status = 'active' desc, version desc`,
    values: [isoOfDay(day)],
  })
  return new Map<string, BegunProgramme>([
    ...rows.map(({ id, agency, unit }) => [id, { agency, unit }] as const),
    ...programmes.map(({ id, programme: { source } }) => [id, source] as const),
  ])
}
